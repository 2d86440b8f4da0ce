"""How large a request may be: looked at before anything of its body is read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from adminmoves.web.inputs import whole_number

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
ANONYMOUS_BYTES = 64 * KILOBYTE
FORM_BYTES = MEGABYTE
FILE_ADDRESSES = frozenset({"moves:form", "moves:check_draft", "moves:attest"})
"""Names of the addresses that take a file."""


class BodyLimitMiddleware:
    """Refuses by the length that a request gives of itself, with 413.

    A body without a length is no body to Django. Stands before whatever reads a form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, *_view: Any, **_arguments: Any
    ) -> HttpResponse | None:
        sent = whole_number(str(request.META.get("CONTENT_LENGTH", ""))) or 0
        if sent <= ANONYMOUS_BYTES:
            return None
        known = request.user.is_authenticated
        most = _limit(request) if known else ANONYMOUS_BYTES
        if sent <= most:
            return None
        page = {"known": known, "kilobytes": most // KILOBYTE}
        return render(request, "413.html", page, status=413)


def _limit(request: HttpRequest) -> int:
    """For somebody who is logged in. A file that is somewhat too large still comes
    through, so that the form can say so at its field."""
    address = request.resolver_match.view_name if request.resolver_match else ""
    if address in FILE_ADDRESSES:
        return file_bytes()
    return FORM_BYTES


def file_bytes() -> int:
    return (3 * settings.PORTAL_EVIDENCE_MAX_MB + 2) * MEGABYTE
