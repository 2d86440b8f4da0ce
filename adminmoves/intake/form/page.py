"""All that the page of the form shows, made before a template asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adminmoves.access import Actor, can
from adminmoves.bookkeeping.gateway import can_ask
from adminmoves.detail import four_eyes
from adminmoves.evidence.records import usable_proof
from adminmoves.intake.draft.statement import wants_attestation
from adminmoves.intake.form.checks import check_answers
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.intake.pickers.choices import (
    PickerResults,
    few_offices,
    find_administrations,
    find_offices,
)
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Event,
    Move,
    Proof,
)
from adminmoves.rules.checks.connection import NOTHING_FITS
from adminmoves.rules.preflight import BLOCKING, Report, Result
from adminmoves.vocabulary import Action, EventCode, MoveState, MoveType
from adminmoves.web import inputs


@dataclass
class FormPage:
    """The form as it stands. ``before``: the draft before what was sent was kept."""

    move: Move
    form: AnswersForm
    actor: Actor
    sent: Mapping[str, Any]
    before: Move | None = None
    report: Report = field(init=False)
    other_type: MoveType | None = field(init=False)

    def __post_init__(self) -> None:
        checked = check_answers(self.move, self.form)
        self.report = checked.report
        self.other_type = checked.other_type

    @property
    def administration(self) -> Administration | None:
        return self.move.administration

    @property
    def connection(self) -> BookkeepingConnection | None:
        return self.move.to_connection

    @property
    def query(self) -> str:
        return inputs.text_in(self.sent, "administration_query")

    @cached_property
    def results(self) -> PickerResults[Administration]:
        return find_administrations(self.query).with_chosen(self.administration)

    @cached_property
    def offices(self) -> PickerResults[Environment] | None:
        """None: a list is short enough. Else what was searched for, and the chosen."""
        if few_offices() is not None:
            return None
        found = find_offices(inputs.text_in(self.sent, "to_environment_query"))
        return found.with_chosen(self.move.to_environment)

    @property
    def wants_attestation(self) -> bool:
        return wants_attestation(self.connection)

    @property
    def can_ask(self) -> bool:
        return self.connection is not None and can_ask(self.connection)

    @cached_property
    def proof(self) -> Proof | None:
        """A proof of an earlier revision that still holds."""
        return usable_proof(self.move)

    @cached_property
    def proof_changed(self) -> bool:
        """A proof of the former place does not count for this one, or does again."""
        return self.before is not None and usable_proof(self.before) != self.proof

    @property
    def statement_emptied(self) -> bool:
        """What was stated was about another place, so it does not stand here now."""
        return self.form.is_statement_emptied

    @cached_property
    def able(self) -> tuple[str, ...]:
        """Who can still approve, once this person has filed it."""
        worked = set(four_eyes.who_worked(self.move)) if self.move.is_stored else set()
        return four_eyes.who_can_approve(but=worked | {self.actor.user_id or 0})

    @property
    def waits(self) -> bool:
        """It was submitted; the first answer that changes makes a draft of it."""
        return bool(self.move.state != MoveState.DRAFT)

    @property
    def was_started(self) -> bool:
        """What was sent made the draft, with its number."""
        before = self.before
        return before is not None and not before.is_stored and self.move.is_stored

    @property
    def was_reopened(self) -> bool:
        """What was sent made a draft of it."""
        before = self.before
        return before is not None and before.state != self.move.state

    @cached_property
    def loses_approval(self) -> bool:
        """Whether this person could approve it, and cannot once they edit it."""
        return can(self.actor, Action.APPROVE) and (
            self.actor.user_id not in four_eyes.who_worked(self.move)
        )

    @property
    def administration_changed(self) -> bool:
        return self._changed("administration_id")

    @property
    def office_changed(self) -> bool:
        return self.administration_changed or self._changed("to_environment_id")

    @property
    def connection_changed(self) -> bool:
        return self._changed("to_connection_id")

    @property
    def nothing_fits(self) -> Result | None:
        """Why there is no connection to choose at all."""
        found = self.report.of(BLOCKING)
        return next((result for result in found if result.say in NOTHING_FITS), None)

    @property
    def is_only_link(self) -> bool:
        """There is one to choose, and it is filled in."""
        if self.connection is None or "to_connection" not in self.form.fields:
            return False
        return len(self.form.fields["to_connection"].widget.choices) == len(("", "it"))

    @property
    def link_was_reset(self) -> bool:
        """The connection that was chosen does not belong to what is chosen now."""
        return (
            self.office_changed and self.connection_changed and self.connection is None
        )

    @cached_property
    def question(self) -> Event | None:
        """What a lead asked when the request came back."""
        if not self.move.is_sent_back:
            return None
        asked = self.move.events.filter(code=EventCode.MOVE_SENT_BACK)
        return asked.select_related("words").order_by("-pk").first()

    def _changed(self, name: str) -> bool:
        before = self.before
        return before is not None and getattr(before, name) != getattr(self.move, name)
