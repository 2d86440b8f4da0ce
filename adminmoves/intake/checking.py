"""The checks of what stands in the form, and where in the form they are told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.evidence.records import usable_proof
from adminmoves.intake.forms import SAID, AnswersForm
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.rules.checks.base import Target
from adminmoves.rules.checks.connection import NOTHING_FITS
from adminmoves.rules.preflight import (
    BLOCKING,
    TODO,
    Report,
    Result,
    code_key,
    preflight,
)
from adminmoves.vocabulary import Moment, MoveType
from adminmoves.web.inputs import plain

NO_BOOKS = gettext_lazy("Choose the administration.")
MISSING = {
    "requester_name": gettext_lazy(
        "Fill in which superuser of the present office asks for this."
    ),
    "requester_email": gettext_lazy("Fill in the e-mail address of who asks."),
    "requester_ticket": gettext_lazy("Fill in the number of the ticket."),
    "consent_name": gettext_lazy("Fill in which superuser of the new office consents."),
    "consent_email": gettext_lazy("Fill in the e-mail address of who consents."),
    "consent_on": gettext_lazy("Fill in on which day the consent was given."),
    "consent_ticket": gettext_lazy("Fill in the number of the ticket."),
    "consent_accepts_costs": gettext_lazy(
        "Confirm that the new office accepts the terms and costs."
    ),
}
TARGET_FIELDS = ("to_code", "to_connection", "to_environment")


@dataclass(frozen=True, slots=True)
class Looked:
    """What the checks say of the answers in a form."""

    wish: Target | None
    report: Report

    @property
    def other_type(self) -> MoveType | None:
        """The type to which these answers belong, where that is another one."""
        for result in self.report.of(BLOCKING):
            if result.code == "type_fits" and result.say == "other_type":
                return MoveType(result.params["move_type"])
        return None


def look_at(move: Move, form: AnswersForm) -> Looked:
    """Check what was sent, also what cannot be kept (another package or office)."""
    wish = wish_in(move, form)
    return Looked(wish, preflight(wish) if wish else Report(()))


def wish_in(move: Move, form: AnswersForm) -> Target | None:
    """The wish of the form: the kept draft, with what was sent over it."""
    administration = move.administration
    if administration is None:
        return None
    connection, code = move.to_connection, move.to_code
    if form.is_bound:
        connection = form.chosen("to_connection") or connection
        if "to_code" in form.fields:
            typed = plain(form["to_code"].value() or "")
            code = form.cleaned_data.get("to_code", typed)
    return Target(
        administration=administration,
        intent=MoveType(move.intent),
        to_environment=move.to_environment,
        to_connection=connection,
        to_code=code,
        to_code_key=code_key(administration.package, code),
        parties=move.parties,
        move=move if move.is_stored else None,
        proof=usable_proof(move),
    )


def tell(form: AnswersForm, looked: Looked) -> None:
    """Say at each field what holds the request back at submitting."""
    if looked.wish is None:
        form.add_error("administration", NO_BOOKS)
        return
    for name in missing_answers(form, looked.report):
        form.add_error(name, MISSING[name])
    for result in looked.report.holding(Moment.SUBMIT):
        place = field_for(form, result)
        if place is None:
            form.add_error(None, told(result))
        elif not form.errors.get(place) and not is_answered(form, result, place):
            form.add_error(place, told(result))
    if asks_statement(form, looked.wish):
        for name, words in missing_of_said(form):
            form.add_error(name, words)


def wrong_among(
    form: AnswersForm, report: Report, left: Collection[str]
) -> list[BoundField]:
    """The fields that were left with a wrong value, each with what is wrong.

    What is only empty is not wrong yet: that is told at submitting. Only without an
    administration there is nothing to check.
    """
    if form.move.administration is None and not form.errors.get("administration"):
        form.add_error("administration", NO_BOOKS)
    for result in report.of(BLOCKING):
        place = None if result.say in NOTHING_FITS else field_for(form, result)
        if place and place in left and not form.errors.get(place):
            form.add_error(place, told(result))
    return [form[name] for name in form.errors if name in left]


def missing_answers(form: AnswersForm, report: Report) -> Iterator[str]:
    """Every field of a group that is still empty, not only the first of them."""
    unanswered = {result.code for result in report.of(TODO)} & {"requester", "consent"}
    for name in MISSING:
        group = name.partition("_")[0]
        is_empty = name in form.fields and not form.cleaned_data.get(name)
        if group in unanswered and is_empty and name not in form.errors:
            yield name


def asks_statement(form: AnswersForm, wish: Target) -> bool:
    """Whether the form asks who says that it was moved: not where that is proven."""
    was_shown = "moved_said_by" in form.data
    return was_shown and wish.proof is None and wants_attestation(wish.to_connection)


def wants_attestation(connection: BookkeepingConnection | None) -> bool:
    return (
        connection is not None
        and connection.demand == BookkeepingConnection.Demand.ATTESTATION
    )


def field_for(form: AnswersForm, result: Result) -> str | None:
    """Where it is told: at its own field, else at the nearest one that is asked."""
    if result.field == "recount":
        return "administration"
    if result.field in form.fields:
        return result.field
    if result.field in TARGET_FIELDS:
        return next((name for name in TARGET_FIELDS if name in form.fields), None)
    return None


def anchor_of(form: AnswersForm, result: Result) -> str:
    """Where on the page of the form it is put right; empty: nowhere in particular."""
    if result.field == "recount":
        return "#id_recount"
    place = field_for(form, result)
    return f"#{form[place].id_for_label or f'field-{place}'}" if place else ""


def is_answered(form: AnswersForm, result: Result, place: str) -> bool:
    """What is "still to do" elsewhere is not told at a field that is filled in."""
    return result.outcome == TODO and bool(form[place].value())


def told(result: Result) -> str:
    """What is wrong and what to do; where something is only missing, what to do."""
    if not result.remedy:
        return result.title
    return (
        result.remedy if result.outcome == TODO else f"{result.title}. {result.remedy}"
    )


def missing_of_said(form: AnswersForm) -> Iterator[tuple[str, str]]:
    """An attestation is whole, or not there at all."""
    answers = form.cleaned_data
    has_file = answers.get("moved_file") or (
        form.move.parties.moved_evidence and not answers.get("drop_file")
    )
    # The requester's ticket stands there by itself.
    ticket = answers.get("moved_ticket")
    has_ticket = ticket and ticket != answers.get("requester_ticket")
    begun = has_file or has_ticket or any(answers.get(name) for name in SAID[:2])
    if not begun:
        return
    if not answers.get("moved_said_by") and "moved_said_by" not in form.errors:
        yield "moved_said_by", _("Fill in who says so.")
    if not answers.get("moved_on") and "moved_on" not in form.errors:
        yield "moved_on", _("Fill in since when it is there.")
    where = answers.get("moved_ticket") or has_file
    if not where and not {"moved_ticket", "moved_file"} & form.errors.keys():
        yield "moved_ticket", _("Fill in a ticket number, or add a file.")
