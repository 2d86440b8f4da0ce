"""Who is at the other end, when a proxy stands in between."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address: what our own proxy added, or the connection itself.

    Only the last address is the proxy's word; a visitor can write those before it.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.PORTAL_HTTPS:
        return direct
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return forwarded.rpartition(",")[2].strip() or direct
