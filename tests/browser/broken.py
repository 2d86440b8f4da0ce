"""Addresses of a portal in which one page is broken."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("Broken on purpose, for the page that says so.")


urlpatterns = [
    path("stuk/", broken),
    path("", include("migrations_portal.urls")),
]
