"""A move: one administration, one wanted place, one life cycle.

The transitions below are the whole state machine, in reading order
(architecture.md par. 3). They change this row in memory; the right, the lock,
the save and the trail are ``lifecycle``'s. The database holds the same machine
(``migrations/sql/move_jumps.sql``).
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, Self, TypeVar, cast

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adminmoves.cleaning import plain_dashes, require_calendar, require_code
from adminmoves.models.administration import Administration
from adminmoves.models.estate import BookkeepingConnection, Environment
from adminmoves.models.keys import CodeKey
from adminmoves.models.move_rules import CONSTRAINTS, INDEXES
from adminmoves.models.words import WordField
from adminmoves.vocabulary import (
    OPEN_STATES,
    SCHEDULED_LOOK,
    SENT_BACK_LOOK,
    STATES,
    Look,
    MoveState,
    MoveType,
    Package,
)

S = MoveState
F_ = TypeVar("F_", bound=Callable[..., None])
NUMBER = re.compile(r"#?M-([0-9]{4})-([0-9]{1,18})[.,;:]?", re.IGNORECASE)
"""As people write it: also without its zeros, and with a point that ends a sentence."""
"""No longer than what fits the key of a row."""


def step(
    source: MoveState | Sequence[MoveState], target: MoveState
) -> Callable[[F_], F_]:
    """django-fsm's transition, keeping the method's type."""
    return cast(
        "Callable[[F_], F_]", transition(field="state", source=source, target=target)
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """What a lead said yes to: the plan by its hash, and what was warned of."""

    approver_id: int
    plan: dict[str, Any]
    plan_hash: str
    warnings: list[dict[str, Any]] = field(default_factory=list)
    not_before: datetime | None = None
    urgent: bool = False
    outside_windows: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a complete move is about: which administration, and to which place."""

    administration_id: int
    connection_id: int
    environment_id: int
    code: str
    code_key: str


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

    def whole(self) -> Self:
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


def number_of(move_id: int, created_at: datetime) -> str:
    return f"M-{timezone.localtime(created_at).year}-{move_id:05}"


class Move(FSMModelMixin, models.Model):
    """One administration on its way to one wanted place."""

    state = FSMField(
        default=S.DRAFT, choices=S.get_choices, protected=True, editable=False
    )
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    revision = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1)], editable=False
    )
    # Counts the saved changes of the answers: a page sends back the one it showed.
    draft_version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    has_question = models.BooleanField(default=False, editable=False)
    intent = WordField(max_length=40, choices=MoveType.choices)
    move_type = WordField(
        max_length=40, choices=MoveType.choices, blank=True, editable=False
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(default=timezone.now, editable=False)

    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, related_name="moves", null=True
    )
    package = WordField(max_length=20, choices=Package.choices, blank=True)
    to_environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+", null=True
    )
    to_connection = models.ForeignKey(
        BookkeepingConnection, on_delete=models.PROTECT, related_name="+", null=True
    )
    to_code = models.CharField(max_length=100, blank=True, validators=[require_code])
    to_code_key = models.GeneratedField(
        expression=CodeKey(F("package"), F("to_code")),
        output_field=models.CharField(max_length=100),
        db_persist=True,
    )
    to_address = models.CharField(max_length=320, blank=True, editable=False)
    # Answers that the present type does not ask, for when another one asks them again.
    laid_aside = models.JSONField(default=dict, db_default={}, editable=False)

    # Where it comes from: stored at submit, frozen at start.
    from_environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="+", null=True
    )
    from_connection = models.ForeignKey(
        BookkeepingConnection, on_delete=models.PROTECT, related_name="+", null=True
    )
    from_code = models.CharField(max_length=100, blank=True, editable=False)
    from_address = models.CharField(max_length=320, blank=True, editable=False)

    # The completed move that this one turns back.
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversed_by",
        editable=False,
        db_index=False,
    )

    proof = models.ForeignKey(
        "Proof", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    ask_proof_at = models.DateTimeField(null=True, editable=False)

    submitted_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(
        null=True, blank=True, validators=[require_calendar]
    )
    # Said by a lead, with a reason in the trail: it goes first; no window holds it.
    urgent = models.BooleanField(default=False, db_default=False, editable=False)
    outside_windows = models.BooleanField(
        default=False, db_default=False, editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    plan = models.JSONField(default=dict, editable=False)
    plan_hash = models.CharField(max_length=64, blank=True, editable=False)
    warnings_seen = models.JSONField(default=list, editable=False)
    dispatched_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    # Why it failed, stopped, waits again or is in doubt: a code and its parameters.
    reason = models.JSONField(default=dict, editable=False)

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

    @staticmethod
    def id_from_number(number: str) -> int | None:
        found = NUMBER.fullmatch(number.strip())
        return int(found[2]) if found else None

    @staticmethod
    def numbered(number: str) -> Q:
        """The move that a number names: its id, and the year in which it was made."""
        found = NUMBER.fullmatch(number.strip())
        if not found or not MINYEAR < int(found[1]) < MAXYEAR:
            return Q(pk__in=())
        year, move_id = int(found[1]), int(found[2])
        first, last = (datetime(made, 1, 1) for made in (year, year + 1))  # noqa: DTZ001 - made aware below
        return Q(
            pk=move_id,
            created_at__gte=timezone.make_aware(first),
            created_at__lt=timezone.make_aware(last),
        )

    def has_number(self, number: str) -> bool:
        found = NUMBER.fullmatch(number.strip())
        year = timezone.localtime(self.created_at).year
        named = found and (int(found[1]), int(found[2]))
        return named == (year, self.pk)

    @property
    def wanted(self) -> Wanted:
        """Of a submitted move; the database holds that it is complete."""
        ids = (self.administration_id, self.to_connection_id, self.to_environment_id)
        if None in ids:
            raise ValueError(f"{self} is a draft that is not complete")
        return Wanted(
            *cast("tuple[int, int, int]", ids), self.to_code, self.to_code_key
        )

    @property
    def version(self) -> str:
        """Whose it is, its answers, and since when it has its state.

        A page sends back the one that it showed, so that nobody decides on another.
        """
        since = self.state_since.isoformat()
        return f"{self.requested_by_id} {self.draft_version} {since}"

    @property
    def timing(self) -> str:
        """When it may run, as a form carries it to tell whether that was changed."""
        moment = self.not_before.isoformat() if self.not_before else ""
        return f"{self.version} {moment} {self.urgent:d}{self.outside_windows:d}"

    @property
    def is_stored(self) -> bool:
        """False while it is only a form that nobody filled something in."""
        return not self._state.adding

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
    def expire_proof(self, reason: dict[str, Any]) -> None:
        self._forget_approval()
        self.proof_id = None
        self.ask_proof_at = timezone.now()
        self.reason = reason

    @step(source=S.APPROVED, target=S.AWAITING_APPROVAL)
    def reapprove(self, reason: dict[str, Any]) -> None:
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
    def fail(self, reason: dict[str, Any]) -> None:
        self.ended_at = timezone.now()
        self.reason = reason

    @step(source=S.RUNNING, target=S.STOPPED)
    def stop(self, reason: dict[str, Any]) -> None:
        self.ended_at = timezone.now()
        self.reason = reason

    @step(source=S.RUNNING, target=S.IN_DOUBT)
    def doubt(self, reason: dict[str, Any]) -> None:
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
