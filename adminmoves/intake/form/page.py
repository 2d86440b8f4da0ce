"""All that the page of the form shows, made before a template asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adminmoves.access import Actor, can
from adminmoves.bookkeeping.gateway import can_ask
from adminmoves.detail import four_eyes
from adminmoves.detail.reversal import WayBack, way_back_of
from adminmoves.evidence.records import usable_proof
from adminmoves.intake.draft.statement import wants_attestation
from adminmoves.intake.form.checks import check_answers
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.intake.pickers.choices import (
    PickerResults,
    find_administrations,
    find_offices,
    listed_offices,
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
from adminmoves.scheduling.queue_status import QueueStatus, load_queue_status
from adminmoves.vocabulary import Action, EventCode, MoveState, MoveType
from adminmoves.web import inputs


@dataclass
class FormPage:
    """The form as it is now.

    ``sent``: the data of the request. ``before``: the draft before that was saved.
    ``along``: what came along to a draft that is not stored, as `StartForm.along`.
    """

    move: Move
    form: AnswersForm
    actor: Actor
    sent: Mapping[str, Any]
    before: Move | None = None
    along: Mapping[str, str] = field(default_factory=dict)
    report: Report = field(init=False)
    other_type: MoveType | None = field(init=False)

    def __post_init__(self) -> None:
        checked = check_answers(self.move, self.form)
        self.report = checked.report
        self.other_type = checked.other_type

    @property
    def queue_status(self) -> QueueStatus:
        return load_queue_status()

    @property
    def way_back(self) -> WayBack | None:
        return way_back_of(self.move)

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
        """What was searched for, and the chosen one; None if all offices are listed."""
        if listed_offices() is not None:
            return None
        # Too many for a list, so they are searched.
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
        """What was stated was about another place, so the form has emptied it."""
        return self.form.is_statement_emptied

    @cached_property
    def approvers(self) -> tuple[str, ...]:
        """The names of those who can approve it after this person has submitted it."""
        worked = set(four_eyes.who_worked(self.move)) if self.move.is_stored else set()
        return four_eyes.who_can_approve(but=worked | {self.actor.user_id or 0})

    @property
    def is_waiting(self) -> bool:
        """It was submitted; the first answer that changes makes a draft of it."""
        return bool(self.move.state != MoveState.DRAFT)

    @property
    def was_started(self) -> bool:
        """What was sent made the draft, with its number."""
        before = self.before
        return before is not None and not before.is_stored and self.move.is_stored

    @property
    def was_reopened(self) -> bool:
        """What was sent made a draft of it again."""
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
        # Another administration has another present office, which is not offered.
        return self.administration_changed or self._changed("to_environment_id")

    @property
    def connection_changed(self) -> bool:
        return self._changed("to_connection_id")

    @property
    def connection_was_reset(self) -> bool:
        """The connection that was chosen does not belong to what is chosen now."""
        return (
            self.office_changed and self.connection_changed and self.connection is None
        )

    @property
    def nothing_fits(self) -> Result | None:
        """Why there is no connection to choose at all."""
        blocking = self.report.of(BLOCKING)
        return next(
            (result for result in blocking if result.message_key in NOTHING_FITS), None
        )

    @property
    def is_only_connection(self) -> bool:
        """There is one to choose, and it is filled in."""
        if self.connection is None or "to_connection" not in self.form.fields:
            return False
        _choose, *connections = self.form.fields["to_connection"].widget.choices
        return len(connections) == 1

    @cached_property
    def question(self) -> Event | None:
        """With the words in which a lead sent the request back."""
        if not self.move.is_sent_back:
            return None
        sent_back = self.move.events.filter(code=EventCode.MOVE_SENT_BACK)
        return sent_back.select_related("words").order_by("-pk").first()

    def _changed(self, name: str) -> bool:
        before = self.before
        return before is not None and getattr(before, name) != getattr(self.move, name)
