"""The addresses: health, Django's admin, and everything of the portal."""

from django.contrib import admin
from django.urls import include, path

from migrations_portal.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("beheer/", admin.site.urls),
    path("", include("adminmoves.urls")),
]
