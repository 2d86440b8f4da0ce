from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adminmoves.approval import actions, loans
from adminmoves.approval.bulk import BulkResult, decisions_in
from adminmoves.approval.decisions import Decision
from adminmoves.approval.forms import (
    ApproveForm,
    LendForm,
    RejectForm,
    RescheduleForm,
    SendBackForm,
)
from adminmoves.approval.queue import waiting_for_approval, waiting_retirements
from adminmoves.detail.page import load_detail
from adminmoves.detail.queries import find_move
from adminmoves.errors import ChangedMeanwhile, CheckRefused, DomainError
from adminmoves.models import ApprovalLoan, Move
from adminmoves.models.people import display_name
from adminmoves.scheduling.queue_status import load_queue_status
from adminmoves.vocabulary import Action, MoveState, Right
from adminmoves.web import guards, http, inputs
from adminmoves.web.lists import query

QUEUE = "queue"


@require_GET
@guards.portal_view(Action.APPROVE)
def queue(request: http.PortalRequest) -> HttpResponse:
    """All requests that wait, with the decision on one of them."""
    return _queue_page(request, inputs.text_in(request.GET, "m"))


@require_POST
@guards.portal_view(Action.APPROVE)
def approve(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = ApproveForm(request.POST, find_move(move_id))
    if not form.is_valid():
        return _form_page(request, number, form)
    try:
        move = actions.approve_move(
            Decision(
                move_id=move_id,
                plan_hash=form.cleaned_data["plan_hash"],
                seen=frozenset(form.cleaned_data["seen"]),
                not_before=form.not_before,
                priority=form.priority,
                window_override=form.window_override,
                version=http.version_in(request),
            ),
            actor=request.actor,
        )
    except CheckRefused as refusal:
        form.add_error("seen", str(refusal))
        return _form_page(request, number, form)
    except ChangedMeanwhile as refusal:
        return _conflict_page(request, number, form, refusal)
    return _redirect_after(
        request, move, _("%(number)s is approved.") % {"number": move}
    )


@require_POST
@guards.portal_view(Action.APPROVE)
def approve_many(request: http.PortalRequest) -> HttpResponse:
    """Requests that are refused stay ticked in the queue, with the reason."""
    try:
        decisions = decisions_in(request.POST)
    except Move.DoesNotExist:
        raise Http404 from None
    result = actions.approve_many(decisions, actor=request.actor)
    if result.refusals or not decisions:
        return _queue_page(request, "", result=result)
    messages.success(request, result.sentence)
    return http.go(request, reverse("moves:queue"))


@require_POST
@guards.portal_view(Action.SEND_BACK)
def send_back(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _form_page(request, number, form)
    try:
        move = actions.send_back_move(
            move_id,
            actor=request.actor,
            question=form.cleaned_data["question"],
            version=http.version_in(request),
        )
    except ChangedMeanwhile as refusal:
        return _conflict_page(request, number, form, refusal)
    message = _("%(number)s is sent back with your question.") % {"number": move}
    return _redirect_after(request, move, message)


@require_POST
@guards.portal_view(Action.REJECT)
def reject(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _form_page(request, number, form)
    try:
        move = actions.reject_move(
            move_id,
            actor=request.actor,
            reason=form.cleaned_data["reason"],
            version=http.version_in(request),
        )
    except ChangedMeanwhile as refusal:
        return _conflict_page(request, number, form, refusal)
    return _redirect_after(
        request, move, _("%(number)s is rejected.") % {"number": move}
    )


@require_POST
@guards.portal_view(Action.RESCHEDULE)
def reschedule(request: http.PortalRequest, number: str) -> HttpResponse:
    move_id = http.found(number)
    form = RescheduleForm(request.POST, find_move(move_id))
    if not form.is_valid():
        return _form_page(request, number, form)
    try:
        move = actions.reschedule_move(
            move_id,
            actor=request.actor,
            seen=form.cleaned_data["seen"],
            not_before=form.not_before,
            priority=form.priority,
            window_override=form.window_override,
        )
    except ChangedMeanwhile as refusal:
        form.add_error("when", str(refusal))
        return _form_page(request, number, form, HTTPStatus.CONFLICT)
    messages.success(request, _("%(number)s has another moment.") % {"number": move})
    return http.go(request, reverse("moves:detail", args=[move]))


@require_http_methods(["GET", "POST"])
@guards.portal_view(Right.LEND_APPROVAL)
def lend(request: http.PortalRequest) -> HttpResponse:
    """Lend the right to approve, and list the loans that run."""
    tomorrow = timezone.localtime() + timedelta(days=1)
    form = LendForm(request.POST or None, initial={"until": tomorrow})
    if form.is_valid():
        borrower = form.cleaned_data["borrower"]
        try:
            loans.lend_approval(
                borrower.pk,
                actor=request.actor,
                ends_at=form.cleaned_data["until"],
                reason=form.cleaned_data["reason"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            name = display_name(borrower)
            messages.success(request, _("%(name)s may approve now.") % {"name": name})
            return http.go(request, request.path)
    page = {"form": form, "loans": loans.running_loans(), "nav": QUEUE}
    return render(request, "approval/lend.html", page)


@require_POST
@guards.portal_view(Right.LEND_APPROVAL)
def end_loan(request: http.PortalRequest, loan_id: int) -> HttpResponse:
    try:
        loan = loans.end_loan(loan_id, actor=request.actor)
    except ApprovalLoan.DoesNotExist:
        raise Http404 from None
    name = display_name(loan.borrower)
    messages.success(request, _("%(name)s may not approve any more.") % {"name": name})
    return http.go(request, reverse("moves:lend"))


def _from_queue(request: HttpRequest) -> bool:
    return request.POST.get("from") == QUEUE


def _redirect_after(
    request: http.PortalRequest, move: Move, message: str
) -> HttpResponse:
    """To the next request if the decision came from the queue, else to the move."""
    messages.success(request, message)
    if not _from_queue(request):
        return http.go(request, reverse("moves:detail", args=[move]))
    following = query({"m": inputs.text_in(request.POST, "next")})
    return http.go(request, reverse("moves:queue") + following)


def _conflict_page(
    request: http.PortalRequest,
    number: str,
    form: forms.Form,
    refusal: ChangedMeanwhile,
) -> HttpResponse:
    guards.tell_overtaken(form, refusal)
    return _form_page(request, number, form, HTTPStatus.CONFLICT)


def _form_page(
    request: http.PortalRequest,
    number: str,
    form: forms.Form,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page of the form again, with its errors and all that was typed."""
    detail = load_detail(http.found(number), request.actor)
    page: dict[str, Any] = {"form": form}
    if status != HTTPStatus.CONFLICT:
        page |= {"version": http.version_in(request)}
    if _from_queue(request) and detail.move.state == MoveState.AWAITING_APPROVAL:
        return _queue_page(request, number, status=status, **page)
    page |= {"detail": detail, "nav": "list"}
    return render(request, "move/page.html", page, status=status)


def _queue_page(
    request: http.PortalRequest,
    number: str,
    *,
    result: BulkResult | None = None,
    status: int = HTTPStatus.OK,
    **page: Any,
) -> HttpResponse:
    waiting = waiting_for_approval(request.actor, number)
    if result:
        waiting = waiting.with_refusals(result.decisions, result.refusals)
    chosen, to_retire = waiting.choose(), waiting_retirements(request.actor)
    page |= {
        "queue": waiting,
        "queue_status": load_queue_status(),
        "to_retire": to_retire,
        "for_reader": waiting.for_reader + sum(not line.is_own for line in to_retire),
        "is_chosen": bool(number),
        "detail": load_detail(chosen.pk, request.actor) if chosen else None,
        "position": waiting.position(chosen.pk) if chosen else 0,
        "following": waiting.after(chosen.pk) if chosen else None,
        "result": result,
        "has_errors": result is not None,
        "nav": QUEUE,
    }
    return render(request, "approval/queue.html", page, status=status)
