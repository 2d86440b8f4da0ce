"""The form of a request: show it, save it, and go where its buttons lead."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adminmoves.detail.queries import find_move
from adminmoves.errors import NotAllowed, StepRefused
from adminmoves.intake.draft import actions
from adminmoves.intake.draft.forms import StartForm
from adminmoves.intake.draft.reverse import blank_reverse
from adminmoves.intake.draft.statement import emptied_fields
from adminmoves.intake.form.checks import add_errors, check_answers, wrong_fields
from adminmoves.intake.form.forms import AnswersForm, read_version
from adminmoves.intake.form.meanwhile import compare_with_saved
from adminmoves.intake.form.package_answer import ask_package
from adminmoves.intake.form.page import FormPage
from adminmoves.intake.form.saving import STATEMENT_EMPTIED, save_answers
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType, Right
from adminmoves.web import guards, http, inputs


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
    return autosave(request, move) if request.htmx else fill_in(request, move)


def blank_form(request: http.PortalRequest) -> Move | None:
    """A draft that is not stored, with what comes along; None without a type."""
    start = read_start(request)
    if first := start.cleaned_data.get("terug"):
        first = find_move(first.pk)
        return blank_reverse(first, actor=request.actor, intent=start.intent)
    if start.intent is None:
        return None
    return actions.blank_draft(
        start.intent,
        actor=request.actor,
        answers=start.answers,
        answered_type=start.answered_type,
    )


def read_start(request: http.PortalRequest) -> StartForm:
    """With what a form begins that has no draft yet."""
    data = request.POST if request.method == "POST" else request.GET
    start = StartForm({"soort": data.get("intent"), **data.dict()})
    start.is_valid()
    return start


def begun_with(request: http.PortalRequest, intent: MoveType) -> dict[str, str]:
    """The query of an address at which a form of that type begins with the same."""
    return {"soort": intent, **read_start(request).along}


@guards.portal_view(Right.DRAFT)
def form(request: http.PortalRequest, number: str) -> HttpResponse:
    """The answers of a draft, or of a request that waits."""
    move = find_move(http.found(number))
    if request.method == "POST":
        return fill_in(request, move)
    is_draft = move.state == MoveState.DRAFT
    # What is approved, runs or has ended is read, not edited.
    if not is_draft and move.state not in actions.REOPENS:
        return redirect("moves:detail", move.number)
    if is_draft and move.requested_by_id != request.actor.user_id:
        return render(request, "intake/colleagues_draft.html", {"move": move})
    return show_form(request, move, AnswersForm(move=move))


def show_form(
    request: http.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    along = {} if move.is_stored else read_start(request).along
    page = FormPage(move, answers, request.actor, request.POST, along=along)
    return render(request, "intake/form.html", {"page": page, "form": answers})


def fill_in(request: http.PortalRequest, move: Move) -> HttpResponse:
    """Save what was sent, then do what its button asks."""
    answers = AnswersForm(request.POST, request.FILES, move=move)
    version = read_version(request.POST)
    try:
        if "take_over" in request.POST:
            taken = inputs.text_in(request.POST, "taken_version")
            actions.take_over_draft(move.pk, actor=request.actor, version=taken)
        move = save_answers(move, answers, actor=request.actor, version=version)
    except (NotAllowed, StepRefused):
        if not is_contributor(request, move):
            raise
        return show_meanwhile(request, move, answers)
    if answers.is_statement_emptied:
        messages.warning(request, STATEMENT_EMPTIED)
    if request.POST.keys() & {"over", "take_over"}:
        messages.success(request, _("Draft %(n)s is saved.") % {"n": move.number})
        return redirect("moves:form", move.number)
    return go_on(request, move, answers)


def go_on(
    request: http.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    """Go where a button of the form leads, now that its answers are saved."""
    if request.POST.get("intent") in MoveType.values:
        return switch_type(request, move)
    if "retype" in request.POST:
        stored = {"concept": move.number} if move.is_stored else None
        about = stored or begun_with(request, MoveType(move.intent))
        return redirect(reverse("moves:choose", query=about))
    if move.state != MoveState.DRAFT:
        messages.info(
            request, _("Nothing was changed, so the request waits as it did.")
        )
        return redirect("moves:detail", move.number)
    # These buttons work without a script: they only show the page anew.
    refreshes = request.POST.keys() & {"search", "refresh"}
    if not refreshes and "save" not in request.POST:
        add_errors(answers, check_answers(move, answers))
    if refreshes or answers.errors:
        return show_form(request, move, answers)
    return leave_form(request, move)


def leave_form(request: http.PortalRequest, move: Move) -> HttpResponse:
    """What was sent is right, or may be saved as it is."""
    if not move.is_stored:
        messages.info(request, _("Nothing is filled in yet, so nothing was saved."))
        return redirect("moves:choose")
    if "save" in request.POST:
        messages.success(request, _("Draft %(n)s is saved.") % {"n": move.number})
        return redirect("moves:choose")
    return redirect("moves:review", move.number)


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
        begun = begun_with(request, intent)
        return redirect(reverse("moves:start_draft", query=begun))
    saved = actions.switch_type(move.pk, intent, actor=request.actor, version=version)
    messages.success(request, _("The type is now “%(type)s”.") % {"type": intent.label})
    if emptied_fields(move.parties, saved.parties):
        messages.warning(request, STATEMENT_EMPTIED)
    return redirect("moves:form", saved.number)


@require_POST
@guards.portal_view(Right.DRAFT)
def check_draft(request: http.PortalRequest, number: str) -> HttpResponse:
    """The checks while somebody types: saves, and answers in parts of the page."""
    return autosave(request, find_move(http.found(number)))


def autosave(request: http.PortalRequest, before: Move) -> HttpResponse:
    answers = AnswersForm(request.POST, move=before)
    version = read_version(request.POST)
    try:
        move = save_answers(before, answers, actor=request.actor, version=version)
    except (NotAllowed, StepRefused):
        if not is_contributor(request, before):
            # A script cannot show a refusal in a part of the page: go to the whole one.
            return http.go(request, reverse("moves:form", args=[before.number]))
        return show_meanwhile(request, before, answers)
    page = FormPage(move, answers, request.actor, request.POST, before=before)
    left = inputs.text_in(request.POST, "left").split()
    wrong = wrong_fields(answers, page.report, left)
    context = {"page": page, "form": answers, "wrong_fields": wrong}
    response = render(request, "intake/live.html", context)
    # The panel of the package asks after that, in a request of its own.
    response["HX-Trigger-After-Settle"] = "checked"
    if page.was_started:
        response["HX-Replace-Url"] = reverse("moves:form", args=[move.number])
    return response


def is_contributor(request: http.PortalRequest, move: Move) -> bool:
    """Their page then shows an older state; anybody else never had one."""
    return bool(move.contributors.filter(user_id=request.user.pk).exists())


def show_meanwhile(
    request: http.PortalRequest, move: Move, answers: AnswersForm
) -> HttpResponse:
    """Both states, and nothing saved: the page stays as it is.

    HTTP 409, or 403 where it is a colleague's draft.
    """
    fresh = find_move(move.pk)
    meanwhile = compare_with_saved(fresh, answers, request.actor)
    status = HTTPStatus.FORBIDDEN if meanwhile.by else HTTPStatus.CONFLICT
    if request.htmx:
        context = {"meanwhile": meanwhile}
        response = render(
            request, "intake/changed_meanwhile.html", context, status=status
        )
        response["HX-Retarget"], response["HX-Reswap"] = (
            "#changed-meanwhile",
            "outerHTML",
        )
        return response
    form_page = FormPage(fresh, answers, request.actor, request.POST)
    page = {"page": form_page, "form": answers, "meanwhile": meanwhile}
    return render(request, "intake/form.html", page, status=status)


@require_safe
@guards.portal_view(Right.DRAFT)
def package_says(request: http.PortalRequest, number: str) -> HttpResponse:
    """What the package says of a draft as it was saved last. A part of the form."""
    move = find_move(http.found(number))
    if move.requested_by_id != request.actor.user_id or move.state != MoveState.DRAFT:
        # Saving says who went on with it; a part of this page is no whole one.
        if request.htmx:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return redirect("moves:form", move.number)
    context = {"answer": ask_package(move), "move": move}
    return render(request, "intake/package_answer.html", context)
