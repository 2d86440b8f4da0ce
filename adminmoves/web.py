"""What every page shares: the typed request, who asks, and how a refusal looks."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.db import DataError, IntegrityError
from django.forms import Form
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from adminmoves import outside
from adminmoves.access import MAY, Actor, actor_in, can, question, require, standing_of
from adminmoves.errors import (
    ChangedMeanwhile,
    DomainError,
    NotAllowed,
    RuleHeld,
    StepRefused,
)
from adminmoves.menu import Entry, entries, waiting, waiting_retirements
from adminmoves.models import Move, Preferences
from adminmoves.models.question import Question
from adminmoves.refusals import refusal_of
from adminmoves.vocabulary import Action, Right, Role

logger = logging.getLogger(__name__)
P = ParamSpec("P")
Next = Callable[[HttpRequest], HttpResponse]

LANGUAGE_COOKIE = "taal"
THEME_COOKIE = "thema"
THEMES = ("system", "light", "dark")
TYPED = frozenset({"question", "reason"})
"""Fields of a decision in which people write."""


class PortalRequest(HttpRequest):
    """A request that has passed @portal_view and all our middleware."""

    user: User
    htmx: HtmxDetails
    actor: Actor
    request_id: str
    preferences: Preferences
    waiting: int


class RequestIdMiddleware:
    """Gives every request a short number that people can pass on."""

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
    """Makes a query plain, and knows no page at an address with an odd part."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.GET:
            query = request.GET.copy()
            outside.clean_query(query)
            request.GET = cast("Any", query)
        return self.get_response(request)

    def process_view(
        self, _request: HttpRequest, _view: Any, _args: Any, parts: Mapping[str, Any]
    ) -> None:
        if any(outside.is_odd(str(part)) for part in parts.values()):
            raise Http404

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """A value that no column holds came past all that cleans: refused in words,
        and an error of the log, since something of ours should have seen it."""
        if not isinstance(error, DataError):
            return None
        logger.error("A value came as far as the database.", exc_info=error)
        return render(request, "400.html", status=400)


class PreferencesMiddleware:
    """Language and theme: what the person set, else the cookie, else Dutch."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast("PortalRequest", request)
        stored = None
        if isinstance(request.user, User):
            standing = standing_of(request.user, _standing())
            stored = standing.preferences
            asked.waiting = sum(map(len, standing.beside))
            found = partial(actor_in, standing, request.user, asked.request_id)
            asked.actor = cast("Actor", SimpleLazyObject(found))
        asked.preferences = stored or preferences_by_cookie(request)
        language = asked.preferences.language
        translation.activate(language)
        response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response


@cache
def _standing() -> Question[User]:
    """Who asks, how they like it and what waits for them: one query for every page."""
    return question(waiting(), waiting_retirements())


def preferences_by_cookie(request: HttpRequest) -> Preferences:
    """Unsaved ones of whoever stored none."""
    language = request.COOKIES.get(LANGUAGE_COOKIE, "")
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Preferences(
        user=request.user if isinstance(request.user, User) else None,
        language=language if language in dict(settings.LANGUAGES) else "nl",
        theme=theme if theme in THEMES else "system",
    )


# A file that streams is an answer too.
View = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


def portal_view(needed: Action | Right) -> Callable[[View[P]], View[P]]:
    """Ask for a log-in and a right; tell a refusal in words, never as a fault."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: PortalRequest, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            require(request.actor, needed)
            try:
                return view(request, *args, **kwargs)
            except (StepRefused, RuleHeld) as refusal:
                return refused(request, refusal)
            except DomainError as refusal:
                return tell(request, refusal)
            except IntegrityError as error:
                # Each form should have told it at its field: this one did not.
                logger.exception("the database refused what no form did")
                return tell(request, RuleHeld(str(refusal_of(error))))

        return cast("View[P]", signed_in_first(guarded))

    return guard


def signed_in_first(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Ask who it is. What was sent is lost by then, and the page it stood on is not:
    after the log-in that opens, and never the address of a form, which is no page."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        here = request.get_full_path()
        if request.method == "POST":
            messages.warning(
                request, _("You were logged out, so nothing was saved. Log in again.")
            )
        if request.method == "POST" or "HX-Request" in request.headers:
            here = urlsplit(came_from(request))._replace(scheme="", netloc="").geturl()
        return go(request, redirect_to_login(here)["Location"])

    return asked


def show_list(
    request: PortalRequest,
    page: dict[str, Any],
    *,
    query: str,
    rows: str,
    whole: str,
    around: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """The rows alone for htmx, under the address ``query`` that shows them again.

    ``rows`` and ``whole`` are templates; ``around`` reads what only the whole shows.
    """
    if request.htmx and not request.htmx.history_restore_request:
        answer = render(request, rows, page)
        # What a page asks for by itself is no step to go back to.
        if not refreshes(request):
            answer["HX-Push-Url"] = request.path + query
    else:
        answer = render(request, whole, {**page, **around()})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def refreshes(request: PortalRequest) -> bool:
    """Whether the page asks by itself: ``partials/refresh.html``."""
    return request.htmx.trigger == "refresh"


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """It changed meanwhile, or cannot be done now: say who and what (HTTP 409)."""
    page = {"reason": str(refusal), "back": came_from(request)}
    return render(request, "409.html", page, status=409)


def tell(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """A refused form: back to the page it stood on, with the reason on top."""
    if request.method != "POST":
        return refused(request, refusal)
    messages.error(request, str(refusal))
    return go(request, came_from(request))


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
    """Which version of what it is about the page showed; empty where it says none."""
    return outside.text_in(request.POST, "version")


def version_to_show(request: HttpRequest, about: Move) -> str:
    """For the form of a page. One that comes back with errors keeps the version that
    was read, until somebody is told that there is another one."""
    return version_in(request) if request.method == "POST" else about.version


def tell_overtaken(form: Form, refusal: ChangedMeanwhile) -> None:
    """On the form that comes back; with what was typed, since the page as it is now
    may have no place for that form any more."""
    form.add_error(None, str(refusal))
    for name in TYPED & form.cleaned_data.keys():
        typed = {"text": form.cleaned_data[name]}
        form.add_error(None, _("You wrote: “%(text)s”.") % typed)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, also when that is nothing; None where it is only shown."""
    return request.POST if request.method == "POST" else None


def is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def came_from(request: HttpRequest) -> str:
    """The page of ours that this request came from, else the first page."""
    url = request.headers.get("Referer", "")
    return url if url and is_ours(request, url) else "/"


@dataclass(frozen=True, slots=True)
class Chrome:
    """What stands around a page. Without a role there is no menu."""

    language: str
    theme: str
    single_letter_keys: bool
    here: str
    name: str = ""
    role_label: str = ""
    pages: tuple[Entry, ...] = ()

    @property
    def other_theme(self) -> str:
        return "light" if self.theme == "dark" else "dark"

    @property
    def nav(self) -> list[Entry]:
        return [entry for entry in self.pages if entry.page.in_menu]

    @property
    def tabs(self) -> list[Entry]:
        return [entry for entry in self.pages if entry.page.in_tabs]

    @property
    def more(self) -> list[Entry]:
        """What a phone has no tab for."""
        return [entry for entry in self.nav if not entry.page.in_tabs]


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: evaluated only by templates that use it."""
    return {
        "chrome": SimpleLazyObject(partial(_chrome, request)),
        "may": SimpleLazyObject(partial(_rights, request)),
    }


def actor_or_none(request: HttpRequest) -> Actor | None:
    """Who asks; nobody before log-in and nobody without a role."""
    if not isinstance(request.user, User):
        return None
    actor = getattr(request, "actor", None)
    if actor is None:
        return None  # who logs in at this moment is not known yet
    try:
        # Touching it asks for the role, which may not be there.
        return actor if actor.name else None
    except NotAllowed:
        return None


def _rights(request: HttpRequest) -> dict[str, bool]:
    actor = actor_or_none(request)
    return {step.value: actor is not None and can(actor, step) for step in MAY}


def _chrome(request: HttpRequest) -> Chrome:
    prefs = cast("PortalRequest", request).preferences
    actor = actor_or_none(request)
    around = Chrome(
        language=translation.get_language() or "nl",
        theme=prefs.theme,
        single_letter_keys=prefs.single_letter_keys,
        # The answer to a form has no page of its own to return to.
        here=request.get_full_path() if request.method == "GET" else came_from(request),
    )
    if actor is None:
        return around
    return replace(
        around,
        name=actor.name,
        role_label=str(Role(actor.role).label),
        pages=tuple(entries(actor, cast("PortalRequest", request).waiting)),
    )
