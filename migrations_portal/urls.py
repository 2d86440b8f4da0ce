"""The addresses: health, Django's admin, and everything of the portal."""

from django.urls import include, path

from adminmoves.admin import site
from migrations_portal.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("beheer/", site.urls),
    path("", include("adminmoves.urls")),
]
