"""Filing a request: choose, fill in, read through, submit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves import outside, web
from adminmoves.dossier import eyes
from adminmoves.dossier.reading import find_move
from adminmoves.errors import CheckRefused, NotAllowed, StepRefused
from adminmoves.evidence_file import EvidenceRefused, keep_file, why_full
from adminmoves.intake import actions, picking
from adminmoves.intake.checking import look_at, tell, wrong_among
from adminmoves.intake.forms import AnswersForm, StartForm
from adminmoves.intake.listening import listen
from adminmoves.intake.pages import FormPage, ReviewPage, choices_of_type, own_drafts
from adminmoves.intake.reconsider import RecountForm, WithdrawForm, was_submitted
from adminmoves.intake.reverse import start_reverse
from adminmoves.marks import StoreAway
from adminmoves.models import Administration, Environment, Move
from adminmoves.vocabulary import Action, MoveState, MoveType, Right

REOPENS = frozenset({MoveState.AWAITING_BOOKKEEPING, MoveState.AWAITING_APPROVAL})


@require_safe
@web.portal_view(Right.DRAFT)
def choose(request: web.PortalRequest) -> HttpResponse:
    """Which of the five it is; or go on with a draft."""
    along = {
        "administration": outside.text_in(request.GET, "administratie"),
        "after": Move.objects.filter(
            Move.numbered(outside.text_in(request.GET, "na"))
        ).first(),
    }
    start = StartForm(along)
    start.is_valid()
    page = {
        "nav": "choose",
        "types": choices_of_type(),
        "drafts": own_drafts(request.actor),
        "books": start.cleaned_data.get("administration"),
        "after": start.cleaned_data.get("after"),
    }
    return render(request, "intake/choose.html", page)


@require_POST
@web.portal_view(Right.DRAFT)
def start_draft(request: web.PortalRequest) -> HttpResponse:
    start = StartForm(request.POST)
    if not start.is_valid():
        messages.error(request, _("Choose one of the five types."))
        return redirect("moves:choose")
    intent = MoveType(start.cleaned_data["intent"])
    move = actions.start_draft(intent, actor=request.actor, answers=start.answers)
    return redirect("moves:form", move.number)


@require_POST
@web.portal_view(Right.DRAFT)
def reverse_move(request: web.PortalRequest, number: str) -> HttpResponse:
    """A draft that turns a completed move back; the form asks for the rest."""
    first = find_move(web.found(number))
    move = start_reverse(first.pk, actor=request.actor)
    messages.success(
        request,
        _("This draft turns %(n)s back. Fill in who asks for it now.")
        % {"n": first.number},
    )
    return redirect("moves:form", move.number)


@web.portal_view(Right.DRAFT)
def form(request: web.PortalRequest, number: str) -> HttpResponse:
    """The answers of a draft; everything that is sent is kept, as far as it can be."""
    move = find_move(web.found(number))
    if request.method == "POST":
        return fill_in(request, move)
    if move.state != MoveState.DRAFT:
        return redirect("moves:detail", move.number)
    if move.requested_by_id != request.actor.user_id:
        return render(request, "intake/colleague.html", {"move": move})
    return show_form(request, move, AnswersForm(move=move))


def fill_in(request: web.PortalRequest, move: Move) -> HttpResponse:
    answers = AnswersForm(request.POST, request.FILES, move=move)
    move = keep(request, move, answers)
    if request.POST.get("intent") in MoveType.values:
        return switch_type(request, move)
    asks = request.POST.keys() & {"search", "refresh"}
    saves = "save" in request.POST
    if not asks and not saves:
        tell(answers, look_at(move, answers))
    if asks or answers.errors:
        return show_form(request, move, answers)
    if saves:
        messages.success(request, _("Draft %(n)s is saved.") % {"n": move.number})
        return redirect("moves:choose")
    return redirect("moves:review", move.number)


def keep(request: web.PortalRequest, move: Move, answers: AnswersForm) -> Move:
    """Save what can be saved, and the draft as it is then."""
    answers.is_valid()
    kept = actions.edit_draft(move.pk, answers.answers, actor=request.actor)
    upload = answers.cleaned_data.get("moved_file")
    if upload and (full := why_full(kept, upload, actor=request.actor)):
        answers.add_error("moved_file", full)
    elif upload:
        try:
            file = keep_file(kept, upload, actor=request.actor)
        except (EvidenceRefused, StoreAway) as refused:
            answers.add_error("moved_file", str(refused))
        else:
            actions.edit_draft(kept.pk, {"moved_evidence": file}, actor=request.actor)
    answers.move = find_move(kept.pk)
    return answers.move


def switch_type(request: web.PortalRequest, move: Move) -> HttpResponse:
    """Another type with the same answers."""
    intent = MoveType(request.POST["intent"])
    move = actions.switch_type(move.pk, intent, actor=request.actor)
    messages.success(request, _("The type is now “%(type)s”.") % {"type": intent.label})
    return redirect("moves:form", move.number)


def show_form(
    request: web.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    page = FormPage(move, answers, request.actor, request.POST)
    return render(request, "intake/form.html", {"page": page, "form": answers})


@require_POST
@web.portal_view(Right.DRAFT)
def check_draft(request: web.PortalRequest, number: str) -> HttpResponse:
    """The checks while somebody types: saves, and answers in leaf parts."""
    before = find_move(web.found(number))
    answers = AnswersForm(request.POST, move=before)
    try:
        move = keep(request, before, answers)
    except (NotAllowed, StepRefused):
        return web.go(request, reverse("moves:form", args=[before.number]))
    page = FormPage(move, answers, request.actor, request.POST, before=before)
    left = outside.text_in(request.POST, "left").split()
    wrong = wrong_among(answers, page.report, left)
    told = {"page": page, "form": answers, "wrong": wrong}
    response = render(request, "intake/live.html", told)
    # The panel of the package asks after that, in a request of its own.
    response["HX-Trigger-After-Settle"] = "checked"
    return response


@require_safe
@web.portal_view(Right.DRAFT)
def package_says(request: web.PortalRequest, number: str) -> HttpResponse:
    """What the package says of a draft, as it was kept last. A part of the form."""
    move = find_move(web.found(number))
    if move.requested_by_id != request.actor.user_id or move.state != MoveState.DRAFT:
        return redirect("moves:form", move.number)
    return render(request, "intake/package.html", {"said": listen(move), "move": move})


@require_safe
@web.portal_view(Right.DRAFT)
def pick_administration(request: web.PortalRequest) -> HttpResponse:
    """What the picker finds, with the one that is chosen on top."""
    value = outside.text_in(request.GET, "administration")
    query = outside.text_in(request.GET, "administration_query")
    chosen = Administration.objects.with_place().filter(public_id=value).first()
    page = {
        "name": "administration",
        "value": value,
        "query": query,
        "results": picking.find_administrations(query).with_chosen(chosen),
    }
    return render(request, "partials/picker_results.html", page)


@require_safe
@web.portal_view(Right.DRAFT)
def pick_office(request: web.PortalRequest) -> HttpResponse:
    """What the picker finds, with the one that is chosen on top."""
    value = outside.text_in(request.GET, "to_environment")
    query = outside.text_in(request.GET, "to_environment_query")
    chosen = Environment.objects.filter(public_id=value).first()
    offices = picking.find_offices(query).with_chosen(chosen)
    page = {"value": value, "query": query, "offices": offices}
    return render(request, "intake/offices_found.html", page)


@web.portal_view(Right.DRAFT)
def review(request: web.PortalRequest, number: str) -> HttpResponse:
    """Read it all once more, tick the warnings, submit."""
    move = find_move(web.found(number))
    if move.requested_by_id != request.actor.user_id or move.state != MoveState.DRAFT:
        return redirect("moves:form", move.number)
    page = ReviewPage(move, outside.texts_in(request.POST, "seen"))
    if request.method == "POST":
        try:
            actions.submit_move(
                move.pk, actor=request.actor, seen=frozenset(page.ticked)
            )
        except CheckRefused:
            page = ReviewPage(find_move(move.pk), page.ticked, refused=True)
        else:
            return redirect("moves:submitted", move.number)
    return render(request, "intake/review.html", {"page": page, "form": page.form})


@require_safe
@web.portal_view(Right.DRAFT)
def submitted(request: web.PortalRequest, number: str) -> HttpResponse:
    move = find_move(web.found(number))
    if move.state == MoveState.DRAFT:
        return redirect("moves:form", move.number)
    page = {"move": move, "eyes": eyes.look(move, request.actor)}
    return render(request, "intake/submitted.html", page)


@require_POST
@web.portal_view(Right.TAKE_OVER)
def take_over_draft(request: web.PortalRequest, number: str) -> HttpResponse:
    move = actions.take_over_draft(web.found(number), actor=request.actor)
    messages.success(request, _("This draft is yours now."))
    return redirect("moves:form", move.number)


@web.portal_view(Action.REOPEN)
def reopen(request: web.PortalRequest, number: str) -> HttpResponse:
    """Tells first what it costs: who edits the request does not approve it."""
    if request.method == "POST":
        move = actions.reopen_move(web.found(number), actor=request.actor)
        messages.success(
            request, _("The request is a draft again, so you can edit it.")
        )
        return redirect("moves:form", move.number)
    move = find_move(web.found(number))
    if move.state not in REOPENS:
        return redirect("moves:detail", move.number)
    page = {
        "move": move,
        "eyes": eyes.look(move, request.actor),
        "able": eyes.who_can_approve(
            but={*eyes.who_worked(move), request.actor.user_id or 0}
        ),
    }
    return render(request, "intake/reopen.html", page)


@web.portal_view(Action.WITHDRAW)
def withdraw(request: web.PortalRequest, number: str) -> HttpResponse:
    """Asks first; what was submitted is withdrawn with a reason."""
    move = find_move(web.found(number))
    answers = WithdrawForm(web.sent(request), needs_reason=was_submitted(move))
    if request.method == "POST" and answers.is_valid():
        reason = answers.cleaned_data["reason"]
        actions.withdraw_move(move.pk, actor=request.actor, reason=reason)
        messages.success(request, _("%(n)s is withdrawn.") % {"n": move.number})
        if was_submitted(move):
            return redirect("moves:detail", move.number)
        return redirect("moves:choose")
    page = {"move": move, "form": answers, "is_draft": not was_submitted(move)}
    return render(request, "intake/withdraw.html", page)


@web.portal_view(Right.RECOUNT)
def recount(request: web.PortalRequest, number: str) -> HttpResponse:
    """Count the documents of a move's administration again."""
    move = find_move(web.found(number))
    if move.administration is None:
        return redirect("moves:form", move.number)
    answers = RecountForm(web.sent(request))
    if request.method == "POST" and answers.is_valid():
        actions.recount_documents(
            move.administration.pk,
            answers.counts,
            actor=request.actor,
            ticket=answers.cleaned_data["ticket"],
        )
        messages.success(request, _("The new counts are kept."))
        return redirect("moves:form", move.number)
    return render(request, "intake/recount.html", {"move": move, "form": answers})
