"""Pages for a database that was busy for too long or is away.

A database that restarts is away for seconds. A request in these seconds gets 503 and a
page that needs no database. A request that only reads is tried once more before that,
since its connection may be one of before the restart.
"""

import sys
from collections.abc import Callable, Iterator

import psycopg2
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error
from psycopg2.errors import QueryCanceled

from adminmoves.web.http import came_from

ROWS = "rows"
"""The part of a list that htmx swaps."""
SECONDS_TO_WAIT = 10
AWAY = "Portal-Away"
"""A header of an answer that could not be given because the database is away."""
AWAY_CODES = ("08", "53", "57P")
"""Classes of PostgreSQL's codes: connections, no room for one, and shutting down."""
READS = frozenset({"GET", "HEAD"})
SECRET = ("password", "wachtwoord")
"""Fields with these in their name never go back into a page."""


class QueryTimeoutMiddleware:
    """Answer 503 where a statement was cancelled and its transaction rolled back.

    Django writes the line of the log, with the path and without the query string.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        if not _was_cancelled(error):
            return None
        page = {"back": came_from(request)}
        in_list = request.headers.get("HX-Target") == ROWS
        shown = "partials/too_long.html" if in_list else "503.html"
        answer = render(request, shown, page, status=503)
        if in_list:
            # The page shows a refusal that says where it belongs.
            answer["HX-Retarget"] = f"#{ROWS}"
        return answer


class RetryMiddleware:
    """Repeat a request that only reads, where its connection was cut."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if AWAY in answer.headers and request.method in READS:
            connections.close_all()
            answer = self.get_response(request)
        return answer


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nothing else answered: Django's ``handler500``.

    Not in a middleware's ``process_exception``, which sees only what a view raised: the
    session and the user are read before that.
    """
    behind = list(_behind(sys.exc_info()[1]))
    if any(is_away(error) for error in behind):
        return _away(request)
    if any(_was_cancelled(error) for error in behind):
        page = {"back": came_from(request)}
        return HttpResponse(render_to_string("too_long.html", page), status=503)
    answer: HttpResponse = server_error(request)
    return answer


def is_away(error: BaseException) -> bool:
    """Whether there is no database to speak to at this moment."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if not isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError):
        return False
    return cause.pgcode is None or cause.pgcode.startswith(AWAY_CODES)


def _was_cancelled(error: BaseException) -> bool:
    cancelled = isinstance(error.__cause__, QueryCanceled)
    return cancelled and isinstance(error, OperationalError)


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and the errors during whose handling it was raised."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _away(request: HttpRequest) -> HttpResponse:
    is_part = "HX-Request" in request.headers
    page = {
        "again": request.get_full_path() if request.method in READS else "",
        "wait": SECONDS_TO_WAIT,
        "sent": [] if is_part else _sent(request),
        "here": request.get_full_path(),
        "back": came_from(request),
    }
    shown = "partials/away.html" if is_part else "away.html"
    answer = HttpResponse(render_to_string(shown, page), status=503)
    answer["Retry-After"] = str(SECONDS_TO_WAIT)
    answer[AWAY] = "database"
    answer["Cache-Control"] = "no-store"
    return answer


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that were sent, for a form that sends them again with one click. Empty
    where a file or a password was among them: a page cannot carry those."""
    if request.method != "POST":
        return []
    try:
        lists, files = list(request.POST.lists()), bool(request.FILES)
    except (UnreadablePostError, OSError):
        return []
    if files or any(word in name for name, _values in lists for word in SECRET):
        return []
    return [(name, str(value)) for name, values in lists for value in values]
