"""A move: one administration, one wanted place, one life cycle.

The transitions below are the whole state machine, in reading order
(architecture.md par. 3). They change this row in memory; the right, the lock,
the save and the trail are ``lifecycle``'s. The database holds the same machine
(``migrations/sql/move_jumps.sql``).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar, cast

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMModelMixin, transition

from adminmoves.cleaning import plain_dashes
from adminmoves.models.move_fields import MoveFields
from adminmoves.models.move_rules import CONSTRAINTS, INDEXES
from adminmoves.models.numbers import id_from_number, number_of, numbered, read_number
from adminmoves.vocabulary import (
    OPEN_STATES,
    SCHEDULED_LOOK,
    SENT_BACK_LOOK,
    STATES,
    Look,
    MoveState,
)

S = MoveState
Method = TypeVar("Method", bound=Callable[..., None])


def step(
    source: MoveState | Sequence[MoveState], target: MoveState
) -> Callable[[Method], Method]:
    """django-fsm's transition, keeping the method's type."""
    return cast(
        "Callable[[Method], Method]",
        transition(field="state", source=source, target=target),
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """The plan that a lead approves, bound by its hash, with the warnings they saw."""

    approver_id: int
    plan: dict[str, Any]
    plan_hash: str
    warnings: list[dict[str, Any]] = field(default_factory=list)
    not_before: datetime | None = None
    urgent: bool = False
    outside_windows: bool = False


class MoveQuerySet(models.QuerySet["Move"]):
    def with_estate(self) -> Self:
        """All that a line in a list shows, in one query."""
        return self.select_related(
            "administration__environment",
            "administration__connection",
            "from_environment",
            "to_environment",
            "from_connection",
            "to_connection",
            "requested_by",
        )

    def with_related(self) -> Self:
        """All that a step looks at, in one query."""
        return self.select_related(
            "administration__environment",
            "administration__connection",
            "to_environment",
            "to_connection",
            "proof__connection",
            "parties",
        )

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def waiting_for_approval(self) -> Self:
        return self.filter(state=S.AWAITING_APPROVAL)

    def due(self, now: datetime) -> Self:
        return self.filter(state=S.APPROVED).filter(
            Q(not_before=None) | Q(not_before__lte=now)
        )

    def to_ask(self, now: datetime) -> Self:
        """Waiting for a package that is to be asked by now."""
        return self.filter(state=S.AWAITING_BOOKKEEPING, ask_proof_at__lte=now)

    def wanting(self, connection_id: int, code_key: object) -> Self:
        """Open moves to a place."""
        return self.open().filter(to_connection_id=connection_id, to_code_key=code_key)


class Move(FSMModelMixin, MoveFields):
    """One administration on its way to one wanted place."""

    objects = MoveQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("migration")
        verbose_name_plural = _("migrations")
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        return self.number

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.to_code = plain_dashes(self.to_code)
        super().clean_fields(exclude)

    @property
    def number(self) -> str:
        """The number that people use, such as M-2026-00418."""
        return number_of(self.pk, self.created_at)

    id_from_number = staticmethod(id_from_number)
    numbered = staticmethod(numbered)

    def has_number(self, number: str) -> bool:
        year = timezone.localtime(self.created_at).year
        return read_number(number) == (year, self.pk)

    @property
    def is_sent_back(self) -> bool:
        return self.state == S.DRAFT and self.has_question

    @property
    def is_scheduled(self) -> bool:
        return (
            self.state == S.APPROVED
            and self.not_before is not None
            and self.not_before > timezone.now()
        )

    @property
    def look(self) -> Look:
        if self.is_sent_back:
            return SENT_BACK_LOOK
        if self.is_scheduled:
            return SCHEDULED_LOOK
        return STATES[MoveState(self.state)].look

    # --- the machine

    @step(source=S.DRAFT, target=S.AWAITING_BOOKKEEPING)
    def submit(self) -> None:
        self.submitted_at = self.ask_proof_at = timezone.now()
        self.has_question = False
        self.reason = {}

    @step(source=S.AWAITING_BOOKKEEPING, target=S.AWAITING_APPROVAL)
    def prove(self, proof_id: int) -> None:
        self.proof_id = proof_id
        self.ask_proof_at = None
        self.reason = {}

    @step(source=S.AWAITING_APPROVAL, target=S.APPROVED)
    def approve(self, approval: Approval) -> None:
        self.approved_by_id = approval.approver_id
        self.approved_at = timezone.now()
        self.plan = approval.plan
        # The office may have another mail domain than when it was submitted.
        self.to_address = approval.plan.get("to_address", self.to_address)
        self.plan_hash = approval.plan_hash
        self.warnings_seen = approval.warnings
        self.not_before = approval.not_before
        self.urgent = approval.urgent
        self.outside_windows = approval.outside_windows
        self.reason = {}

    @step(source=S.APPROVED, target=S.RUNNING)
    def start(self) -> None:
        self.started_at = timezone.now()
        self.ended_at = None
        self.reason = {}

    @step(source=S.RUNNING, target=S.COMPLETED)
    def finish(self) -> None:
        self.ended_at = timezone.now()

    @step(source=[S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL], target=S.DRAFT)
    def reopen(self) -> None:
        self._new_revision()

    @step(source=S.AWAITING_APPROVAL, target=S.DRAFT)
    def send_back(self) -> None:
        self._new_revision()
        self.has_question = True

    @step(source=S.AWAITING_APPROVAL, target=S.REJECTED)
    def reject(self) -> None:
        self.ended_at = timezone.now()

    @step(source=[S.AWAITING_APPROVAL, S.APPROVED], target=S.AWAITING_BOOKKEEPING)
    def expire_proof(self, reason: dict[str, object]) -> None:
        self._forget_approval()
        self.proof_id = None
        self.ask_proof_at = timezone.now()
        self.reason = reason

    @step(source=S.APPROVED, target=S.AWAITING_APPROVAL)
    def reapprove(self, reason: dict[str, object]) -> None:
        self._forget_approval()
        self.reason = reason

    @step(source=S.APPROVED, target=S.APPROVED)
    def reschedule(
        self,
        not_before: datetime | None,
        urgent: bool = False,
        outside_windows: bool = False,
    ) -> None:
        self.not_before = not_before
        self.urgent = urgent
        self.outside_windows = outside_windows

    @step(source=S.RUNNING, target=S.FAILED)
    def fail(self, reason: dict[str, object]) -> None:
        self.ended_at = timezone.now()
        self.reason = reason

    @step(source=S.RUNNING, target=S.STOPPED)
    def stop(self, reason: dict[str, object]) -> None:
        self.ended_at = timezone.now()
        self.reason = reason

    @step(source=S.RUNNING, target=S.IN_DOUBT)
    def doubt(self, reason: dict[str, object]) -> None:
        self.reason = reason

    @step(source=S.IN_DOUBT, target=S.RUNNING)
    def settle(self) -> None:
        self.reason = {}

    @step(source=[S.FAILED, S.STOPPED], target=S.APPROVED)
    def retry(self) -> None:
        self.started_at = self.ended_at = self.dispatched_at = None
        self.not_before = None
        self.outside_windows = False
        self.reason = {}

    @step(
        source=[
            S.DRAFT,
            S.AWAITING_BOOKKEEPING,
            S.AWAITING_APPROVAL,
            S.APPROVED,
            S.FAILED,
            S.STOPPED,
        ],
        target=S.WITHDRAWN,
    )
    def withdraw(self) -> None:
        self.ended_at = timezone.now()

    def _new_revision(self) -> None:
        self.revision += 1
        self.proof_id = None
        self.ask_proof_at = None

    def _forget_approval(self) -> None:
        self.approved_by_id = self.approved_at = self.dispatched_at = None
        self.plan_hash = ""
        self.urgent = self.outside_windows = False


def declared_jumps() -> list[tuple[str, str]]:
    """Every (from, to) of the machine above, for the trigger and its test."""
    jumps = {
        (source, target.target)
        for name in vars(Move)
        if (marked := getattr(getattr(Move, name), "_django_fsm", None))
        for source, target in marked.transitions.items()
    }
    return sorted((str(source), str(target)) for source, target in jumps)
