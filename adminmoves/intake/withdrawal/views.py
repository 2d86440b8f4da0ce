"""Ask whether a request is to be withdrawn, then withdraw it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from adminmoves.detail.queries import find_move
from adminmoves.errors import ChangedMeanwhile
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.intake.withdrawal.forms import WithdrawForm
from adminmoves.models import Move
from adminmoves.vocabulary import Action, MoveState
from adminmoves.web import guards, http


@guards.portal_view(Action.WITHDRAW)
def withdraw(request: http.PortalRequest, number: str) -> HttpResponse:
    move = find_move(http.found(number))
    is_draft = move.state == MoveState.DRAFT
    answers = WithdrawForm(http.sent(request), needs_reason=not is_draft)
    if request.method != "POST" or not answers.is_valid():
        return show_withdraw(request, move, answers)
    try:
        withdraw_move(
            move.pk,
            actor=request.actor,
            reason=answers.cleaned_data["reason"],
            version=http.version_in(request),
        )
    except ChangedMeanwhile as refusal:
        answers.add_error(None, str(refusal))
        return show_withdraw(request, find_move(move.pk), answers, is_overtaken=True)
    messages.success(request, _("%(n)s is withdrawn.") % {"n": move.number})
    if is_draft:
        return redirect("moves:choose")
    return redirect("moves:detail", move.number)


def show_withdraw(
    request: http.PortalRequest,
    move: Move,
    answers: WithdrawForm,
    is_overtaken: bool = False,
) -> HttpResponse:
    version = move.version if is_overtaken else http.version_to_show(request, move)
    page = {
        "move": move,
        "form": answers,
        "is_draft": move.state == MoveState.DRAFT,
        "version": version,
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return render(request, "intake/withdraw.html", page, status=status)
