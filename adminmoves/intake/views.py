"""Filing a request: choose, fill in, read through, submit."""

from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves.archive.marks import StoreAway
from adminmoves.detail import four_eyes
from adminmoves.detail.queries import find_move
from adminmoves.errors import ChangedMeanwhile, CheckRefused, NotAllowed, StepRefused
from adminmoves.evidence.files import EvidenceFull, EvidenceRefused
from adminmoves.intake import actions, picking
from adminmoves.intake.checking import look_at, tell, wrong_among
from adminmoves.intake.filling import has_statement
from adminmoves.intake.forms import SAID, AnswersForm, StartForm, read_version
from adminmoves.intake.listening import listen
from adminmoves.intake.meanwhile import (
    STATEMENT_EMPTIED,
    look_meanwhile,
    statement_emptied,
    statement_lost,
)
from adminmoves.intake.pages import FormPage, ReviewPage, choices_of_type, own_drafts
from adminmoves.intake.reconsider import RecountForm, WithdrawForm, was_submitted
from adminmoves.intake.reverse import (
    blank_reverse,
    require_way_back,
    start_reverse,
)
from adminmoves.models import Administration, Environment, Move
from adminmoves.vocabulary import Action, MoveState, MoveType, Right
from adminmoves.web import guards, http, inputs


@require_safe
@guards.portal_view(Right.DRAFT)
def choose(request: http.PortalRequest) -> HttpResponse:
    """Which of the five it is, or another one for a draft; or go on with a draft."""
    start = StartForm(request.GET)
    start.is_valid()
    draft = Move.numbered(inputs.text_in(request.GET, "concept"))
    retyped = Move.objects.with_estate().select_related("parties").filter(draft).first()
    page = {
        "nav": "choose",
        "types": choices_of_type(),
        "drafts": own_drafts(request.actor),
        "retyped": retyped,
        "has_statement": bool(retyped and has_statement(retyped.parties)),
        "administration": start.cleaned_data.get("administratie"),
        "after": start.cleaned_data.get("na"),
    }
    return render(request, "intake/choose.html", page)


@guards.portal_view(Right.DRAFT)
def start_draft(request: http.PortalRequest) -> HttpResponse:
    """A form before there is a draft: the first answer makes one, looking does not.

    The page stays at this address while it saves itself, and then names its draft.
    """
    if number := request.POST.get("draft"):
        move = find_move(http.found(number))
    elif (blank := blank_form(request)) is not None:
        move = blank
    else:
        messages.error(request, _("Choose one of the five types."))
        return redirect("moves:choose")
    if request.method != "POST":
        return show_form(request, move, AnswersForm(move=move))
    return live(request, move) if request.htmx else fill_in(request, move)


def blank_form(request: http.PortalRequest) -> Move | None:
    """A draft that is not stored, with what comes along; None without a type."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = {"soort": sent.get("intent"), **sent.dict()}
    start = StartForm(asked)
    is_valid = start.is_valid()
    if first := start.cleaned_data.get("terug"):
        return blank_reverse(find_move(first.pk), actor=request.actor)
    if not is_valid:
        return None
    intent = MoveType(start.cleaned_data["soort"])
    return actions.blank_draft(intent, actor=request.actor, answers=start.answers)


@guards.portal_view(Right.DRAFT)
def reverse_move(_request: http.PortalRequest, number: str) -> HttpResponse:
    """To the form of the way back; the first answer makes a draft of it."""
    first = find_move(http.found(number))
    require_way_back(first)
    return redirect(f"{reverse('moves:start_draft')}?terug={first.number}")


@guards.portal_view(Right.DRAFT)
def form(request: http.PortalRequest, number: str) -> HttpResponse:
    """The answers of a draft; everything that is sent is kept, as far as it can be.

    Of what waits already too: only an answer that changes makes a draft of it again.
    """
    move = find_move(http.found(number))
    if request.method == "POST":
        return fill_in(request, move)
    is_draft = move.state == MoveState.DRAFT
    if not is_draft and move.state not in actions.REOPENS:
        return redirect("moves:detail", move.number)
    if is_draft and move.requested_by_id != request.actor.user_id:
        return render(request, "intake/colleague.html", {"move": move})
    return show_form(request, move, AnswersForm(move=move))


def fill_in(request: http.PortalRequest, move: Move) -> HttpResponse:
    answers = AnswersForm(request.POST, request.FILES, move=move)
    try:
        if "take_over" in request.POST:
            version = inputs.text_in(request.POST, "taken_version")
            actions.take_over_draft(move.pk, actor=request.actor, version=version)
        move = keep(request, move, answers)
    except (NotAllowed, StepRefused):
        if not worked_on(request, move):
            raise
        return show_meanwhile(request, move, answers)
    if request.POST.keys() & {"over", "take_over"}:
        messages.success(request, _("Draft %(n)s is saved.") % {"n": move.number})
        return redirect("moves:form", move.number)
    return go_on(request, move, answers)


def go_on(
    request: http.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    """Where a button of the form leads, now that its answers are kept."""
    if request.POST.get("intent") in MoveType.values:
        return switch_type(request, move)
    if "retype" in request.POST:
        return redirect(f"{reverse('moves:choose')}{which_draft(move)}")
    if move.state != MoveState.DRAFT:
        messages.info(
            request, _("Nothing was changed, so the request waits as it did.")
        )
        return redirect("moves:detail", move.number)
    asks = request.POST.keys() & {"search", "refresh"}
    if not asks and "save" not in request.POST:
        tell(answers, look_at(move, answers))
    if asks or answers.errors:
        return show_form(request, move, answers)
    return leave_form(request, move)


def leave_form(request: http.PortalRequest, move: Move) -> HttpResponse:
    """What was sent is right, or may be kept as it is."""
    if not move.is_stored:
        messages.info(request, _("Nothing is filled in yet, so nothing was saved."))
        return redirect("moves:choose")
    if "save" in request.POST:
        messages.success(request, _("Draft %(n)s is saved.") % {"n": move.number})
        return redirect("moves:choose")
    return redirect("moves:review", move.number)


def which_draft(move: Move) -> str:
    return f"?concept={move.number}" if move.is_stored else ""


@transaction.atomic
def keep(request: http.PortalRequest, move: Move, answers: AnswersForm) -> Move:
    """Save what can be saved, and the draft as it is then.

    Raises ChangedMeanwhile where the page showed an older one.
    """
    answers.is_valid()
    version = read_version(request.POST)
    before = move
    if not move.is_stored:
        if not answers.has_answer:
            return move
        move = store(request, move)
        version = move.draft_version
    given = answers.answers
    save = partial(actions.edit_draft, move.pk, actor=request.actor, version=version)
    try:
        kept = save(given, upload=answers.cleaned_data.get("moved_file"))
    except (EvidenceFull, EvidenceRefused, StoreAway) as refused:
        answers.add_error("moved_file", str(refused))
        kept = save(given)
    show_what_followed(request, before, kept, answers, given)
    answers.move = find_move(kept.pk)
    return answers.move


def worked_on(request: http.PortalRequest, move: Move) -> bool:
    """Whoever did has a page open that shows an older state."""
    return bool(move.contributors.filter(user_id=request.user.pk).exists())


def show_what_followed(
    request: http.PortalRequest,
    before: Move,
    kept: Move,
    answers: AnswersForm,
    given: dict[str, Any],
) -> None:
    """What was filled in or emptied by itself is shown as it is kept."""
    connection = kept.to_connection
    if (
        connection
        and connection != given.get("to_connection")
        and "to_connection" in given
    ):
        answers.put("to_connection", connection.public_id)
    if statement_emptied(before.parties, kept.parties, answers):
        gone = [name for name in SAID if not getattr(kept.parties, name)]
        answers.empty_statement(gone)
        if not request.htmx:
            messages.warning(request, STATEMENT_EMPTIED)


def store(request: http.PortalRequest, blank: Move) -> Move:
    """The draft of which the form was shown."""
    if blank.reverses_id:
        return start_reverse(blank.reverses_id, actor=request.actor)
    return actions.start_draft(MoveType(blank.intent), actor=request.actor)


def show_meanwhile(
    request: http.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    """Both states, and nothing saved: the page stays as it is.

    HTTP 409, or 403 where it is a colleague's draft.
    """
    fresh = find_move(move.pk)
    meanwhile = look_meanwhile(fresh, answers, request.actor)
    status = 403 if meanwhile.by else 409
    if request.htmx:
        context = {"meanwhile": meanwhile}
        answer = render(request, "intake/meanwhile.html", context, status=status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#meanwhile", "outerHTML"
        return answer
    form_page = FormPage(fresh, answers, request.actor, request.POST)
    page = {"page": form_page, "form": answers, "meanwhile": meanwhile}
    return render(request, "intake/form.html", page, status=status)


@require_POST
@guards.portal_view(Right.DRAFT)
def retype(request: http.PortalRequest, number: str) -> HttpResponse:
    """Another type for a draft, chosen on the page of the types."""
    move = find_move(http.found(number))
    if request.POST.get("intent") not in MoveType.values:
        return redirect("moves:form", move.number)
    return switch_type(request, move, version=read_version(request.POST))


def switch_type(
    request: http.PortalRequest, move: Move, version: int | None = None
) -> HttpResponse:
    """Another type with the same answers."""
    intent = MoveType(request.POST["intent"])
    if not move.is_stored:
        return redirect(f"{reverse('moves:start_draft')}?soort={intent}")
    kept = actions.switch_type(move.pk, intent, actor=request.actor, version=version)
    messages.success(request, _("The type is now “%(type)s”.") % {"type": intent.label})
    if statement_lost(move.parties, kept.parties):
        messages.warning(request, STATEMENT_EMPTIED)
    return redirect("moves:form", kept.number)


def show_form(
    request: http.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    page = FormPage(move, answers, request.actor, request.POST)
    return render(request, "intake/form.html", {"page": page, "form": answers})


@require_POST
@guards.portal_view(Right.DRAFT)
def check_draft(request: http.PortalRequest, number: str) -> HttpResponse:
    """The checks while somebody types: saves, and answers in leaf parts."""
    return live(request, find_move(http.found(number)))


def live(request: http.PortalRequest, before: Move) -> HttpResponse:
    answers = AnswersForm(request.POST, move=before)
    try:
        move = keep(request, before, answers)
    except (NotAllowed, StepRefused):
        if not worked_on(request, before):
            return http.go(request, reverse("moves:form", args=[before.number]))
        return show_meanwhile(request, before, answers)
    page = FormPage(move, answers, request.actor, request.POST, before=before)
    left = inputs.text_in(request.POST, "left").split()
    wrong = wrong_among(answers, page.report, left)
    context = {"page": page, "form": answers, "wrong": wrong}
    response = render(request, "intake/live.html", context)
    # The panel of the package asks after that, in a request of its own.
    response["HX-Trigger-After-Settle"] = "checked"
    if page.was_started:
        response["HX-Replace-Url"] = reverse("moves:form", args=[move.number])
    return response


@require_safe
@guards.portal_view(Right.DRAFT)
def package_says(request: http.PortalRequest, number: str) -> HttpResponse:
    """What the package says of a draft, as it was kept last. A part of the form."""
    move = find_move(http.found(number))
    if move.requested_by_id != request.actor.user_id or move.state != MoveState.DRAFT:
        # Saving tells who went on with it; a part of this page is no whole one.
        form = redirect("moves:form", move.number)
        return HttpResponse(status=204) if request.htmx else form
    return render(request, "intake/package.html", {"said": listen(move), "move": move})


@require_safe
@guards.portal_view(Right.DRAFT)
def pick_administration(request: http.PortalRequest) -> HttpResponse:
    """What the picker finds, with the one that is chosen on top."""
    value = inputs.text_in(request.GET, "administration")
    query = inputs.text_in(request.GET, "administration_query")
    chosen = Administration.objects.with_place().filter(public_id=value).first()
    page = {
        "name": "administration",
        "value": value,
        "query": query,
        "results": picking.find_administrations(query).with_chosen(chosen),
    }
    return render(request, "partials/picker_results.html", page)


@require_safe
@guards.portal_view(Right.DRAFT)
def pick_office(request: http.PortalRequest) -> HttpResponse:
    """What the picker finds, with the one that is chosen on top."""
    value = inputs.text_in(request.GET, "to_environment")
    query = inputs.text_in(request.GET, "to_environment_query")
    chosen = Environment.objects.filter(public_id=value).first()
    offices = picking.find_offices(query).with_chosen(chosen)
    page = {"value": value, "query": query, "offices": offices}
    return render(request, "intake/offices_found.html", page)


@guards.portal_view(Right.DRAFT)
def review(request: http.PortalRequest, number: str) -> HttpResponse:
    """Read it all once more, tick the warnings, submit."""
    move = find_move(http.found(number))
    if move.state != MoveState.DRAFT:
        sent_twice = request.method == "POST"
        leads = "moves:submitted" if sent_twice else "moves:detail"
        return redirect(leads, move.number)
    if move.requested_by_id != request.actor.user_id:
        return redirect("moves:form", move.number)
    informed = None
    if "asks_informed" in request.POST:
        informed = "client_informed" in request.POST
    page = ReviewPage(move, inputs.texts_in(request.POST, "seen"), is_informed=informed)
    if request.method != "POST":
        return show_review(request, page)
    try:
        actions.submit_move(
            move.pk,
            actor=request.actor,
            seen=frozenset(page.ticked),
            version=read_version(request.POST),
            client_informed=informed,
        )
    except ChangedMeanwhile:
        page = replace(page, move=find_move(move.pk), meanwhile=True)
        return show_review(request, page, status=409)
    except CheckRefused:
        page = replace(page, move=find_move(move.pk), refused=True)
        return show_review(request, page)
    return redirect("moves:submitted", move.number)


def show_review(
    request: http.PortalRequest, page: ReviewPage, status: int = 200
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


@guards.portal_view(Action.WITHDRAW)
def withdraw(request: http.PortalRequest, number: str) -> HttpResponse:
    """Asks first; what was submitted is withdrawn with a reason."""
    move = find_move(http.found(number))
    answers = WithdrawForm(http.sent(request), needs_reason=was_submitted(move))
    if request.method == "POST" and answers.is_valid():
        try:
            actions.withdraw_move(
                move.pk,
                actor=request.actor,
                reason=answers.cleaned_data["reason"],
                version=http.version_in(request),
            )
        except ChangedMeanwhile as refusal:
            answers.add_error(None, str(refusal))
            return show_withdraw(request, find_move(move.pk), answers, overtaken=True)
        messages.success(request, _("%(n)s is withdrawn.") % {"n": move.number})
        if was_submitted(move):
            return redirect("moves:detail", move.number)
        return redirect("moves:choose")
    return show_withdraw(request, move, answers)


def show_withdraw(
    request: http.PortalRequest,
    move: Move,
    answers: WithdrawForm,
    overtaken: bool = False,
) -> HttpResponse:
    page = {
        "move": move,
        "form": answers,
        "is_draft": not was_submitted(move),
        "version": move.version if overtaken else http.version_to_show(request, move),
    }
    status = HTTPStatus.CONFLICT if overtaken else HTTPStatus.OK
    return render(request, "intake/withdraw.html", page, status=status)


@guards.portal_view(Right.RECOUNT)
def recount(request: http.PortalRequest, number: str) -> HttpResponse:
    """Count the documents of a move's administration again."""
    move = find_move(http.found(number))
    if move.administration is None:
        return redirect("moves:form", move.number)
    answers = RecountForm(http.sent(request))
    if request.method == "POST" and answers.is_valid():
        try:
            actions.recount_documents(
                move.administration.pk,
                answers.counts,
                actor=request.actor,
                ticket=answers.cleaned_data["ticket"],
                version=http.version_in(request),
            )
        except ChangedMeanwhile as refusal:
            answers.add_error(None, str(refusal))
            return show_recount(request, find_move(move.pk), answers, overtaken=True)
        messages.success(request, _("The new counts are kept."))
        return redirect("moves:form", move.number)
    return show_recount(request, move, answers)


def show_recount(
    request: http.PortalRequest,
    move: Move,
    answers: RecountForm,
    overtaken: bool = False,
) -> HttpResponse:
    page: dict[str, Any] = {"move": move, "form": answers}
    if request.method == "POST" and not overtaken:
        page |= {"version": http.version_in(request)}
    status = HTTPStatus.CONFLICT if overtaken else HTTPStatus.OK
    return render(request, "intake/recount.html", page, status=status)
