"""A page that the database was too long busy with: stopped, and told in words."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg2.errors import QueryCanceled

from adminmoves.web import came_from

ROWS = "rows"
"""The part of a list that htmx swaps."""


class PatienceMiddleware:
    """Answers 503 where a statement was cancelled; its transaction is undone by then.

    Django writes the line of the log, with the path and without what was asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        cancelled = isinstance(error.__cause__, QueryCanceled)
        if not (cancelled and isinstance(error, OperationalError)):
            return None
        page = {"back": came_from(request)}
        in_list = request.headers.get("HX-Target") == ROWS
        shown = "partials/too_long.html" if in_list else "503.html"
        answer = render(request, shown, page, status=503)
        if in_list:
            # The page shows a refusal that says where it belongs.
            answer["HX-Retarget"] = f"#{ROWS}"
        return answer
