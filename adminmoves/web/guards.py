"""Who may open a page, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError
from django.forms import Form
from django.http import (
    HttpRequest,
    HttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from adminmoves.access import require
from adminmoves.errors import (
    ChangedMeanwhile,
    DomainError,
    RuleHeld,
    StepRefused,
)
from adminmoves.models.refusals import refusal_of
from adminmoves.vocabulary import Action, Right
from adminmoves.web.http import P, PortalRequest, came_from, go, logger

TYPED = frozenset({"question", "reason"})
"""Fields of a decision in which people write."""
# HttpResponseBase, since a file that streams is a response too.
View = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


def portal_view(needed: Action | Right) -> Callable[[View[P]], View[P]]:
    """Ask for a log-in and a right; show a refusal as a sentence, never as an error."""

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
                # A form should have refused it at its field: log that this one did not.
                logger.exception("the database refused what no form did")
                return tell(request, RuleHeld(str(refusal_of(error))))

        return cast("View[P]", signed_in_first(guarded))

    return guard


def signed_in_first(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Redirect to the log-in. A form that was sent is lost: after the log-in its page
    opens, never the address that it was sent to."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
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

    return guarded


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The reason on a page (HTTP 409): it changed meanwhile, or cannot be done now."""
    page = {"reason": str(refusal), "back": came_from(request)}
    return render(request, "409.html", page, status=409)


def tell(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Show the page of a refused form again, with the reason on top."""
    if request.method != "POST":
        return refused(request, refusal)
    messages.error(request, str(refusal))
    return go(request, came_from(request))


def tell_overtaken(form: Form, refusal: ChangedMeanwhile) -> None:
    """Add the refusal to the form, with what was typed: the page as it is now may have
    no place for that form."""
    form.add_error(None, str(refusal))
    for name in TYPED & form.cleaned_data.keys():
        typed = {"text": form.cleaned_data[name]}
        form.add_error(None, _("You wrote: “%(text)s”.") % typed)
