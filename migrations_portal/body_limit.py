"""Limits the size of a request, before any of its body is read."""

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
    """Refuses a request with 413 by the length that it declares.

    Django reads no body without a length. Place it before all that reads a form.
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
        is_signed_in = request.user.is_authenticated
        max_bytes = _limit(request) if is_signed_in else ANONYMOUS_BYTES
        if sent <= max_bytes:
            return None
        page = {"is_signed_in": is_signed_in, "kilobytes": max_bytes // KILOBYTE}
        return render(request, "413.html", page, status=413)


def _limit(request: HttpRequest) -> int:
    """The limit for a person who is logged in.

    A file that is somewhat too large comes through, so that the form can refuse it at
    its field.
    """
    address = request.resolver_match.view_name if request.resolver_match else ""
    if address in FILE_ADDRESSES:
        return file_bytes()
    return FORM_BYTES


def file_bytes() -> int:
    return (3 * settings.PORTAL_EVIDENCE_MAX_MB + 2) * MEGABYTE
