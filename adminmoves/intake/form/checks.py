"""The checks of what was typed, and at which field the form shows each of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.evidence.records import usable_proof
from adminmoves.intake.draft.statement import attestation_of, wants_attestation
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.models.keys import code_key
from adminmoves.rules.checks.base import Target
from adminmoves.rules.checks.connection import NOTHING_FITS
from adminmoves.rules.preflight import (
    BLOCKING,
    TODO,
    Report,
    Result,
    preflight,
)
from adminmoves.vocabulary import Moment, MoveType
from adminmoves.web.inputs import plain

NO_ADMINISTRATION = gettext_lazy("Choose the administration.")
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
class CheckedAnswers:
    """``target``: None as long as no administration is chosen."""

    target: Target | None
    report: Report

    @property
    def other_type(self) -> MoveType | None:
        """The type to which these answers belong, if that is another one."""
        for result in self.report.of(BLOCKING):
            if result.code == "type_fits" and result.message_key == "other_type":
                return MoveType(result.params["move_type"])
        return None


def check_answers(move: Move, form: AnswersForm) -> CheckedAnswers:
    """Check what was sent, also what cannot be saved (another package or office)."""
    target = _target_in(move, form)
    return CheckedAnswers(target, preflight(target) if target else Report(()))


def _target_in(move: Move, form: AnswersForm) -> Target | None:
    """The saved draft, with what was sent over it."""
    administration = move.administration
    if administration is None:
        return None
    connection, code = move.to_connection, move.to_code
    # What was typed is checked, even where it was not saved.
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
        has_statement=_is_saved(connection, code, move)
        and attestation_of(move) is not None,
    )


def _is_saved(connection: BookkeepingConnection | None, code: str, move: Move) -> bool:
    """Whether the place that is checked is the one that is saved, with a statement."""
    return connection == move.to_connection and code == move.to_code


def add_errors(form: AnswersForm, checked: CheckedAnswers) -> None:
    """Put at each field what holds the request back at submitting."""
    if checked.target is None:
        form.add_error("administration", NO_ADMINISTRATION)
        return
    for name in _missing_answers(form, checked.report):
        form.add_error(name, MISSING[name])
    for result in checked.report.holding(Moment.SUBMIT):
        at_field = field_for(form, result)
        if at_field is None:
            form.add_error(None, sentence_of(result))
        elif not form.errors.get(at_field) and not _is_answered(form, result, at_field):
            form.add_error(at_field, sentence_of(result))
    if _asks_statement(form, checked.target):
        for name, sentence in _missing_in_statement(form):
            form.add_error(name, sentence)


def wrong_fields(
    form: AnswersForm, report: Report, left: Collection[str]
) -> list[BoundField]:
    """The fields among ``left`` with a wrong value, their errors put at them.

    An empty field is no error before submitting, except the administration: without
    one there is nothing to check.
    """
    if form.move.administration is None and not form.errors.get("administration"):
        form.add_error("administration", NO_ADMINISTRATION)
    for result in report.of(BLOCKING):
        # That nothing fits, the page says in place of the field.
        name = None if result.message_key in NOTHING_FITS else field_for(form, result)
        if name and name in left and not form.errors.get(name):
            form.add_error(name, sentence_of(result))
    return [form[name] for name in form.errors if name in left]


def _missing_answers(form: AnswersForm, report: Report) -> Iterator[str]:
    """The names of all empty fields of a group; its check names only the first."""
    unanswered = {result.code for result in report.of(TODO)} & {"requester", "consent"}
    for name in MISSING:
        group = name.partition("_")[0]
        is_empty = name in form.fields and not form.cleaned_data.get(name)
        if group in unanswered and is_empty and name not in form.errors:
            yield name


def _asks_statement(form: AnswersForm, target: Target) -> bool:
    """Whether the page asked for a statement, and one counts that is not there yet."""
    was_shown = "moved_said_by" in form.data
    return (
        was_shown and target.proof is None and wants_attestation(target.to_connection)
    )


def field_for(form: AnswersForm, result: Result) -> str | None:
    """The field at which the form shows a result: its own, or one that the type asks
    instead; None if none is about it."""
    if result.field == "recount":
        return "administration"
    if result.field in form.fields:
        return result.field
    if result.field in TARGET_FIELDS:
        return next((name for name in TARGET_FIELDS if name in form.fields), None)
    return None


def anchor_of(form: AnswersForm, result: Result) -> str:
    """Where on the page of the form it is put right; "" if nowhere in particular."""
    if result.field == "recount":
        return "#id_recount"
    name = field_for(form, result)
    return f"#{form[name].id_for_label or f'field-{name}'}" if name else ""


def _is_answered(form: AnswersForm, result: Result, name: str) -> bool:
    """Whether it is to be done elsewhere: the field itself is filled in."""
    return result.outcome == TODO and bool(form[name].value())


def sentence_of(result: Result) -> str:
    """What is wrong and what to do; only what to do if something is missing."""
    if not result.remedy:
        return result.title
    if result.outcome == TODO:
        return result.remedy
    return f"{result.title}. {result.remedy}"


def _missing_in_statement(form: AnswersForm) -> Iterator[tuple[str, str]]:
    """Fields and their errors: a statement is whole, or not there at all."""
    answers = form.cleaned_data
    has_file = answers.get("moved_file") or (
        form.move.parties.moved_evidence and not answers.get("drop_file")
    )
    # The requester's ticket was filled in by itself, so it begins no statement.
    ticket = answers.get("moved_ticket")
    has_ticket = ticket and ticket != answers.get("requester_ticket")
    is_stated = answers.get("moved_said_by") or answers.get("moved_on")
    if not (is_stated or has_file or has_ticket):
        return
    if not answers.get("moved_said_by") and "moved_said_by" not in form.errors:
        yield "moved_said_by", _("Fill in who says so.")
    if not answers.get("moved_on") and "moved_on" not in form.errors:
        yield "moved_on", _("Fill in since when it is there.")
    where = answers.get("moved_ticket") or has_file
    if not where and not {"moved_ticket", "moved_file"} & form.errors.keys():
        yield "moved_ticket", _("Fill in a ticket number, or add a file.")
