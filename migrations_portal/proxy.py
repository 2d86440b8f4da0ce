"""Finds the address of a visitor behind a proxy."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address that our own proxy added, or that of the connection.

    The proxy adds the last one; a visitor can write those before it. None if neither is
    an address, such as with a Unix socket.
    """
    direct = _address(str(request.META.get("REMOTE_ADDR", "")))
    if not settings.PORTAL_HTTPS:
        return direct
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return _address(forwarded.rpartition(",")[2].strip()) or direct


def _address(text: str) -> str | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    # The zone of an address is an interface of this machine, not part of a visitor.
    return str(found).partition("%")[0]
