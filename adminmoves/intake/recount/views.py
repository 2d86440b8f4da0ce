"""Count the documents of an administration again, from a move."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from adminmoves.detail.queries import find_move
from adminmoves.errors import ChangedMeanwhile
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.intake.recount.forms import RecountForm
from adminmoves.models import Move
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http


@guards.portal_view(Right.RECOUNT)
def recount(request: http.PortalRequest, number: str) -> HttpResponse:
    move = find_move(http.found(number))
    if move.administration is None:
        return redirect("moves:form", move.number)
    answers = RecountForm(http.sent(request))
    if request.method != "POST" or not answers.is_valid():
        return show_recount(request, move, answers)
    try:
        recount_documents(
            move.administration.pk,
            answers.counts,
            actor=request.actor,
            ticket=answers.cleaned_data["ticket"],
            version=http.version_in(request),
        )
    except ChangedMeanwhile as refusal:
        answers.add_error(None, str(refusal))
        return show_recount(request, find_move(move.pk), answers, is_overtaken=True)
    messages.success(request, _("The new counts are kept."))
    return redirect("moves:form", move.number)


def show_recount(
    request: http.PortalRequest,
    move: Move,
    answers: RecountForm,
    is_overtaken: bool = False,
) -> HttpResponse:
    page: dict[str, object] = {"move": move, "form": answers}
    if request.method == "POST" and not is_overtaken:
        # The version that was read, not the one of now.
        page["version"] = http.version_in(request)
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return render(request, "intake/recount.html", page, status=status)
