"""The page on which an administration is retired or brought back."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from adminmoves.access import can
from adminmoves.errors import ChangedMeanwhile, DomainError, StepRefused
from adminmoves.models import Administration, Retirement
from adminmoves.retirement import actions
from adminmoves.retirement.forms import AskForm, DeclineForm
from adminmoves.retirement.obstacles import obstacles
from adminmoves.vocabulary import Action, RetirementKind, RetirementOutcome, Right
from adminmoves.web import guards, http, inputs

MAX_PAST = 20
DECLINE_PREFIX = "decline"
"""Two forms may stand on one page."""


@require_http_methods(["GET", "HEAD", "POST"])
@guards.portal_view(Right.READ_MOVES)
def retirement(request: http.PortalRequest, public_id: str) -> HttpResponse:
    """Ask; the page also shows what was asked and decided before."""
    administration = _administration(public_id)
    form = AskForm(http.sent(request))
    if not form.is_valid():
        return _page(request, administration, form=form)
    try:
        actions.ask_retirement(
            administration.pk,
            _kind_in(request, administration),
            actor=request.actor,
            reason=form.cleaned_data["reason"],
        )
    except ChangedMeanwhile as refusal:
        form.add_error("reason", str(refusal))
        page = _page(request, _administration(public_id), form=form)
        page.status_code = HTTPStatus.CONFLICT
        return page
    except StepRefused:
        # Somebody asked already, so this form is over: the guard says so.
        raise
    except DomainError as refusal:
        form.add_error("reason", str(refusal))
        return _page(request, administration, form=form)
    messages.success(request, _("Asked. A team lead decides on it."))
    return http.go(request, request.path)


@require_POST
@guards.portal_view(Action.APPROVE)
def approve_retirement(
    request: http.PortalRequest, public_id: str, retirement_id: int
) -> HttpResponse:
    retirement = _retirement(public_id, retirement_id)
    actions.approve_retirement(retirement.pk, actor=request.actor)
    sentence = (
        _("%(name)s is retired.")
        if retirement.retires
        else _("%(name)s is in use again.")
    )
    messages.success(request, sentence % {"name": retirement.administration.name})
    return _to_administration(request, public_id)


@require_POST
@guards.portal_view(Action.REJECT)
def decline_retirement(
    request: http.PortalRequest, public_id: str, retirement_id: int
) -> HttpResponse:
    retirement = _retirement(public_id, retirement_id)
    form = DeclineForm(request.POST, prefix=DECLINE_PREFIX)
    if not form.is_valid():
        return _page(request, _administration(public_id), decline=form)
    reason = form.cleaned_data["reason"]
    actions.decline_retirement(retirement.pk, actor=request.actor, reason=reason)
    messages.success(request, _("Declined. Nothing changed in the administration."))
    return _to_administration(request, public_id)


@require_POST
@guards.portal_view(Right.RETIRE)
def withdraw_retirement(
    request: http.PortalRequest, public_id: str, retirement_id: int
) -> HttpResponse:
    retirement = _retirement(public_id, retirement_id)
    actions.withdraw_retirement(retirement.pk, actor=request.actor)
    messages.success(request, _("Withdrawn. Nothing changed in the administration."))
    return _to_administration(request, public_id)


def _kind_in(
    request: http.PortalRequest, administration: Administration
) -> RetirementKind:
    """Raises ChangedMeanwhile if only the opposite can be asked now."""
    kind = inputs.text_in(request.POST, "kind")
    if kind != _possible_kind(administration):
        raise ChangedMeanwhile(
            _("This page shows an older state, so nothing was asked. Look at it again.")
        )
    return RetirementKind(kind)


def _possible_kind(administration: Administration) -> RetirementKind:
    if administration.retired_by_id is None:
        return RetirementKind.RETIRE
    return RetirementKind.BRING_BACK


def _page(
    request: http.PortalRequest,
    administration: Administration,
    form: forms.Form | None = None,
    decline: forms.Form | None = None,
) -> HttpResponse:
    past = administration.retirements.with_people()
    waiting = past.waiting().first()
    kind = RetirementKind(waiting.kind) if waiting else _possible_kind(administration)
    is_own = waiting is not None and waiting.requested_by_id == request.actor.user_id
    page = {
        "nav": "administrations",
        "administration": administration,
        "kind": kind,
        "retires": kind == RetirementKind.RETIRE,
        "waiting": waiting,
        "is_own": is_own,
        "may_decide": can(request.actor, Action.APPROVE) and not is_own,
        "obstacles": obstacles(administration, kind),
        "past": past.exclude(outcome=RetirementOutcome.WAITING)[:MAX_PAST],
        # The error summary is of "form", so of the form that was sent.
        "form": decline or form or AskForm(),
        "decline": decline or DeclineForm(prefix=DECLINE_PREFIX),
    }
    return render(request, "retirement/page.html", page)


def _administration(public_id: str) -> Administration:
    administrations = Administration.objects.with_place()
    return get_object_or_404(administrations, public_id=public_id)


def _retirement(public_id: str, retirement_id: int) -> Retirement:
    retirements = Retirement.objects.select_related("administration")
    try:
        return retirements.get(pk=retirement_id, administration__public_id=public_id)
    except Retirement.DoesNotExist:
        raise Http404 from None


def _to_administration(request: http.PortalRequest, public_id: str) -> HttpResponse:
    return http.go(request, reverse("moves:administration", args=[public_id]))
