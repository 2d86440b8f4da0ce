"""What every page shares: the typed request, its middleware, and redirects."""

import logging
import secrets
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DataError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from adminmoves.access import Actor, actor_in, question, user_context_of
from adminmoves.errors import (
    NotAllowed,
)
from adminmoves.models import Move, Preferences
from adminmoves.models.question import Question
from adminmoves.web import inputs
from adminmoves.web.menu import waiting, waiting_retirements

logger = logging.getLogger(__name__)
P = ParamSpec("P")
Next = Callable[[HttpRequest], HttpResponse]

LANGUAGE_COOKIE = "taal"
THEME_COOKIE = "thema"
THEMES = ("system", "light", "dark")


class PortalRequest(HttpRequest):
    """A request that has passed @portal_view and all our middleware."""

    user: User
    htmx: HtmxDetails
    actor: Actor
    request_id: str
    preferences: Preferences
    waiting: int


class RequestIdMiddleware:
    """Give every request a short number that people can pass on."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = secrets.token_hex(4)
        number = f"{token[:4]}-{token[4:]}"
        cast("PortalRequest", request).request_id = number
        response = self.get_response(request)
        response["X-Request-Id"] = number
        return response


def request_id(request: HttpRequest) -> str:
    """The number of this request, also before anybody has logged in."""
    return cast("PortalRequest", request).request_id


class OutsideMiddleware:
    """Clean the query string; answer 404 to an address with an odd part."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.GET:
            query = request.GET.copy()
            inputs.clean_query(query)
            request.GET = cast("Any", query)
        return self.get_response(request)

    def process_view(
        self, _request: HttpRequest, _view: Any, _args: Any, parts: Mapping[str, object]
    ) -> None:
        if any(inputs.is_odd(str(part)) for part in parts.values()):
            raise Http404

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Answer 400 to a value that no column can store, and log it as an error: a
        form or a cleaner should have refused it."""
        if not isinstance(error, DataError):
            return None
        logger.error("A value came as far as the database.", exc_info=error)
        return render(request, "400.html", status=400)


class PreferencesMiddleware:
    """Language and theme: what the person set, else the cookie, else Dutch."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        portal_request = cast("PortalRequest", request)
        stored = None
        if isinstance(request.user, User):
            context = user_context_of(request.user, _user_query())
            stored = context.preferences
            portal_request.waiting = sum(map(len, context.extra))
            # Lazy, since it raises NotAllowed for who has no role: the view asks.
            actor = partial(actor_in, context, request.user, portal_request.request_id)
            portal_request.actor = cast("Actor", SimpleLazyObject(actor))
        portal_request.preferences = stored or preferences_by_cookie(request)
        language = portal_request.preferences.language
        translation.activate(language)
        response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response


@cache
def _user_query() -> Question[User]:
    """The rights of a person, their preferences and what waits: one query per page."""
    return question(waiting(), waiting_retirements())


def preferences_by_cookie(request: HttpRequest) -> Preferences:
    """Unsaved preferences, for who has stored none."""
    language = request.COOKIES.get(LANGUAGE_COOKIE, "")
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Preferences(
        user=request.user if isinstance(request.user, User) else None,
        language=language if language in dict(settings.LANGUAGES) else "nl",
        theme=theme if theme in THEMES else "system",
    )


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect the whole page, also when htmx asked for a part of it."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def numbered(number: str) -> int:
    """The id in a number of a move, which may not exist."""
    move_id = Move.id_from_number(number)
    if move_id is None:
        raise Http404
    return move_id


def found(number: str) -> int:
    """The id of the move with that number; without one the page does not exist."""
    move_id = Move.objects.filter(Move.numbered(number)).values_list("pk").first()
    if move_id is None:
        raise Http404
    return move_id[0]


def version_in(request: HttpRequest) -> str:
    """The version that the page showed; empty where the form has none."""
    return inputs.text_in(request.POST, "version")


def version_to_show(request: HttpRequest, about: Move) -> str:
    """The version for the form of a page. A form that comes back with errors keeps the
    version that it was sent with, so that a change in between is still refused."""
    return version_in(request) if request.method == "POST" else about.version


def sent(request: HttpRequest) -> QueryDict | None:
    """The data of a form, also when it is empty; None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def came_from(request: HttpRequest) -> str:
    """The page of ours that this request came from, else the first page."""
    url = request.headers.get("Referer", "")
    return url if url and is_ours(request, url) else "/"


def actor_or_none(request: HttpRequest) -> Actor | None:
    """Who asks; None before log-in and without a role."""
    if not isinstance(request.user, User):
        return None
    actor = getattr(request, "actor", None)
    if actor is None:
        return None  # the request of a log-in itself has none yet
    try:
        # The first attribute evaluates the lazy object, which may refuse.
        return actor if actor.name else None
    except NotAllowed:
        return None
