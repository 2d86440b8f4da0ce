from http import HTTPStatus

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from adminmoves.detail.page import load_detail
from adminmoves.errors import ChangedMeanwhile
from adminmoves.execution import actions
from adminmoves.execution.forms import SettleForm, StopForm
from adminmoves.models import Aftercare
from adminmoves.vocabulary import Action, Right
from adminmoves.web import guards, http, inputs


@require_POST
@guards.portal_view(Action.RETRY)
def retry(request: http.PortalRequest, number: str) -> HttpResponse:
    move = actions.retry_move(
        http.found(number), actor=request.actor, version=http.version_in(request)
    )
    messages.success(request, _("%(number)s is in the queue again.") % {"number": move})
    return http.go(request, reverse("moves:detail", args=[move]))


@require_POST
@guards.portal_view(Action.SETTLE)
def settle(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _page_with(request, move_id, form)
    version = http.version_in(request)
    try:
        move = actions.settle_move(
            move_id, actor=request.actor, version=version, **form.cleaned_data
        )
    except ChangedMeanwhile as refusal:
        return _overtaken(request, move_id, form, refusal)
    messages.success(request, _("Your answer is recorded, the worker goes on."))
    return http.go(request, reverse("moves:detail", args=[move]))


@require_POST
@guards.portal_view(Right.STOP_RUN)
def stop(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = StopForm(request.POST)
    if not form.is_valid():
        return _page_with(request, move_id, form)
    version = http.version_in(request)
    try:
        actions.stop_move(
            move_id, actor=request.actor, version=version, **form.cleaned_data
        )
    except ChangedMeanwhile as refusal:
        return _overtaken(request, move_id, form, refusal)
    messages.success(request, _("It stops at the next safe point and is rolled back."))
    return http.go(request, reverse("moves:detail", args=[number]))


@require_POST
@guards.portal_view(Right.TICK_AFTERCARE)
def tick_aftercare(request: http.PortalRequest, number: str) -> HttpResponse:
    """Tick one thing off, or untick it; htmx gets the list, others the page."""
    move_id = http.found(number)
    code = inputs.text_in(request.POST, "item")
    done, version = request.POST.get("done") == "yes", http.version_in(request)
    refusal_message = ""
    try:
        actions.tick_aftercare(
            move_id, code, actor=request.actor, done=done, version=version
        )
    except Aftercare.DoesNotExist:
        raise Http404 from None
    except ChangedMeanwhile as refusal:
        if not request.htmx:
            raise
        refusal_message = str(refusal)
    if request.htmx:
        return _aftercare(request, move_id, refusal_message)
    return http.go(request, f"{reverse('moves:detail', args=[number])}#aftercare")


def _aftercare(
    request: http.PortalRequest, move_id: int, refusal_message: str
) -> HttpResponse:
    """Render the list as it is; with a message a click was refused (HTTP 409)."""
    page = {
        "detail": load_detail(move_id, request.actor),
        "refusal_message": refusal_message,
    }
    answer = render(request, "execution/aftercare.html", page)
    if refusal_message:
        answer.status_code = HTTPStatus.CONFLICT
        answer["HX-Retarget"] = "#aftercare"
    return answer


def _overtaken(
    request: http.PortalRequest, move_id: int, form: Form, refusal: ChangedMeanwhile
) -> HttpResponse:
    guards.tell_overtaken(form, refusal)
    return _page_with(request, move_id, form, HTTPStatus.CONFLICT)


def _page_with(
    request: http.PortalRequest,
    move_id: int,
    form: Form,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page of the move, with what was filled in and what is missing."""
    detail = load_detail(move_id, request.actor)
    page: dict[str, object] = {"detail": detail, "form": form, "nav": "list"}
    if status != HTTPStatus.CONFLICT:
        page |= {"version": http.version_in(request)}
    return render(request, "move/page.html", page, status=status)
