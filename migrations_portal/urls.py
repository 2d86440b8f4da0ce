"""The addresses: health, Django's admin, and the portal."""

from django.urls import include, path

from adminmoves.admin import site
from migrations_portal.health import healthz, metrics, readyz

handler500 = "adminmoves.web.timeouts.went_wrong"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    # Before the admin, which takes every other address under /beheer/.
    path("", include("adminmoves.urls")),
    path("beheer/", site.urls),
]
