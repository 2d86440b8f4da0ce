"""The columns of a move, and what they say together."""

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django_fsm import FSMField

from adminmoves.cleaning import require_calendar, require_code
from adminmoves.models.administration import Administration
from adminmoves.models.estate import BookkeepingConnection, Environment
from adminmoves.models.keys import CodeKey
from adminmoves.models.words import WordField
from adminmoves.vocabulary import MoveState, MoveType, Package

S = MoveState


@dataclass(frozen=True, slots=True)
class Wanted:
    """The administration and the wanted place of a complete move."""

    administration_id: int
    connection_id: int
    environment_id: int
    code: str
    code_key: str


class MoveFields(models.Model):
    """Written by the steps of ``Move`` and by the actions that edit a draft."""

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
        "adminmoves.Move",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversed_by",
        editable=False,
        db_index=False,
    )

    proof = models.ForeignKey(
        "adminmoves.Proof",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    ask_proof_at = models.DateTimeField(null=True, editable=False)

    submitted_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(
        null=True, blank=True, validators=[require_calendar]
    )
    # A lead says so, with a reason in the trail: it goes first; no window holds it.
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

    class Meta:
        abstract = True

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
