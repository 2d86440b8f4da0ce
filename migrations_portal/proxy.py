"""Who is at the other end, when a proxy stands in between."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The visitor's address: what our own proxy added, or the connection itself.

    Only the last address is the proxy's word; a visitor can write those before it.
    None where neither is an address, such as behind a socket in a file.
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
    # The zone of an address stands for a cable of this machine, and for no visitor.
    return str(found).partition("%")[0]
