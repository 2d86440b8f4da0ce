"""Begin a request: choose its type, go on with a draft, take one over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves.detail.queries import find_move
from adminmoves.intake.draft import actions
from adminmoves.intake.draft.choosing import choices_of_type, own_drafts
from adminmoves.intake.draft.forms import StartForm
from adminmoves.intake.draft.reverse import require_reversible
from adminmoves.intake.draft.statement import has_statement
from adminmoves.models import Move
from adminmoves.vocabulary import Action, Right
from adminmoves.web import guards, http, inputs


@require_safe
@guards.portal_view(Right.DRAFT)
def choose(request: http.PortalRequest) -> HttpResponse:
    """Choose one of the five types, or another one than before; or open a draft."""
    start = StartForm(request.GET)
    start.is_valid()
    draft = Move.numbered(inputs.text_in(request.GET, "concept"))
    retyped = Move.objects.with_estate().select_related("parties").filter(draft).first()
    begun = {"soort": start.intent, **start.along} if start.intent else {}
    page = {
        "begun_url": begun and reverse("moves:start_draft", query=begun),
        "nav": "choose",
        "types": choices_of_type(),
        "drafts": own_drafts(request.actor),
        "retyped": retyped,
        "has_statement": bool(retyped and has_statement(retyped.parties)),
        "administration": start.cleaned_data.get("administratie"),
        "after": start.cleaned_data.get("na"),
        "office": start.office,
        "turned_back": start.cleaned_data.get("terug"),
        "along": start.along,
    }
    return render(request, "intake/choose.html", page)


@guards.portal_view(Right.DRAFT)
def reverse_move(_request: http.PortalRequest, number: str) -> HttpResponse:
    """To the form of the way back; the first answer makes a draft of it."""
    first = find_move(http.found(number))
    require_reversible(first)
    return redirect(reverse("moves:start_draft", query={"terug": first.number}))


@require_POST
@guards.portal_view(Right.TAKE_OVER)
def take_over_draft(request: http.PortalRequest, number: str) -> HttpResponse:
    move = actions.take_over_draft(
        http.found(number), actor=request.actor, version=http.version_in(request)
    )
    messages.success(request, _("This draft is yours now."))
    return redirect("moves:form", move.number)


@guards.portal_view(Action.REOPEN)
def reopen(_request: http.PortalRequest, number: str) -> HttpResponse:
    """To the form, which says what editing costs; nothing is reopened by that."""
    move = find_move(http.found(number))
    page = "moves:form" if move.state in actions.REOPENS else "moves:detail"
    return redirect(page, move.number)
