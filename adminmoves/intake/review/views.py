"""Read a draft through, submit it, and see what happens next."""

from dataclasses import replace
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from adminmoves.detail import four_eyes
from adminmoves.detail.queries import find_move
from adminmoves.errors import ChangedMeanwhile, CheckRefused
from adminmoves.intake.form.forms import read_version
from adminmoves.intake.review.actions import submit_move
from adminmoves.intake.review.page import ReviewPage
from adminmoves.vocabulary import MoveState, Right
from adminmoves.web import guards, http, inputs


@guards.portal_view(Right.DRAFT)
def review(request: http.PortalRequest, number: str) -> HttpResponse:
    """Read it all once more, tick the warnings, submit."""
    move = find_move(http.found(number))
    if move.state != MoveState.DRAFT:
        # A second click on the button that submits.
        is_sent_twice = request.method == "POST"
        page_name = "moves:submitted" if is_sent_twice else "moves:detail"
        return redirect(page_name, move.number)
    if move.requested_by_id != request.actor.user_id:
        return redirect("moves:form", move.number)
    # A box that is not ticked is not sent, so the page says that it has one.
    asks_informed = "asks_informed" in request.POST
    informed = "client_informed" in request.POST if asks_informed else None
    page = ReviewPage(move, inputs.texts_in(request.POST, "seen"), is_informed=informed)
    return submit(request, page) if request.method == "POST" else show(request, page)


def submit(request: http.PortalRequest, page: ReviewPage) -> HttpResponse:
    move = page.move
    try:
        submit_move(
            move.pk,
            actor=request.actor,
            seen=frozenset(page.ticked),
            version=read_version(request.POST),
            client_informed=page.is_informed,
        )
    except ChangedMeanwhile:
        page = replace(page, move=find_move(move.pk), meanwhile=True)
        return show(request, page, status=HTTPStatus.CONFLICT)
    except CheckRefused:
        return show(request, replace(page, move=find_move(move.pk), refused=True))
    return redirect("moves:submitted", move.number)


def show(
    request: http.PortalRequest, page: ReviewPage, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {"page": page, "form": page.form}
    return render(request, "intake/review.html", context, status=status)


@require_safe
@guards.portal_view(Right.DRAFT)
def submitted(request: http.PortalRequest, number: str) -> HttpResponse:
    move = find_move(http.found(number))
    if move.state == MoveState.DRAFT:
        return redirect("moves:form", move.number)
    page = {"move": move, "eyes": four_eyes.load_four_eyes(move, request.actor)}
    return render(request, "intake/submitted.html", page)
