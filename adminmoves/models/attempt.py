"""A run of a move: its lease, its ledger, and what is left to do by people."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from adminmoves.models.clock import ClockTimestamp
from adminmoves.models.move import Move
from adminmoves.models.words import WordField
from adminmoves.vocabulary import MoveState, Outcome, StepCode


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def unclaimed(self) -> Self:
        """Runs that no worker holds now."""
        return self.filter(
            ended_at=None,
            lease_until__lt=ClockTimestamp(),
            move__state=MoveState.RUNNING,
        )

    def expired(self) -> Self:
        """Runs whose worker is silent for longer than its lease."""
        return self.unclaimed().exclude(worker="")

    def yielded(self) -> Self:
        """Runs whose worker stepped aside; the one that waits longest first."""
        return self.unclaimed().filter(worker="").order_by("heartbeat_at")


class Attempt(models.Model):
    """One try to carry out a move. Takeover after a death goes on with the same one.

    The lease (token, expiry) fences: writes of the run are refused by the
    database unless they show the token of the open attempt and it is not expired.
    """

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    token = models.UUIDField(default=uuid.uuid4)
    # Empty: whoever had it let go of it, and it waits for its next turn.
    worker = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField()
    takeovers = models.PositiveIntegerField(default=0)
    before_image = models.JSONField(default=dict)
    # An undo keeps its direction and reason here, so that a takeover goes on with it.
    undo_outcome = WordField(max_length=20, choices=Outcome.choices, blank=True)
    undo_reason = models.JSONField(default=dict)
    # How far the archive is, in documents and bytes; ``cursor``: the last one copied,
    # ``compared``: the last copy that was read again after all were copied.
    documents = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    copied = models.PositiveIntegerField(default=0)
    copied_size = models.PositiveBigIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0)
    compared = models.PositiveBigIntegerField(default=0)
    copying_since = models.DateTimeField(null=True)
    # What it waits for meanwhile: a code with parameters, told by ``reasons``.
    waits_for = models.JSONField(default=dict)
    # A person asked to stop; the worker does so at the next safe point.
    stop_asked_at = models.DateTimeField(null=True)
    stop_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    outcome = WordField(max_length=20, choices=Outcome.choices, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=["move", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["move"], condition=Q(ended_at=None), name="one_open_attempt"
            ),
        )
        indexes = (
            models.Index(
                fields=["lease_until"],
                condition=Q(ended_at=None),
                name="attempt_lease",
            ),
        )

    def __str__(self) -> str:
        return f"Attempt {self.number} of move {self.move_id}"


class Effect(models.Model):
    """A line of the ledger: this step of this attempt was done. Append-only."""

    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="effects"
    )
    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="effects")
    step = WordField(max_length=30, choices=StepCode.choices)
    undone = models.BooleanField(default=False)
    worker = models.CharField(max_length=200)
    done_at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["attempt", "step", "undone"], name="effect_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} of attempt {self.attempt_id}"


class Aftercare(models.Model):
    """One thing that people still have to do after a move (domain.md par. 4)."""

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="aftercare")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ticked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["move", "code"], name="aftercare_once"),
        )

    def __str__(self) -> str:
        return f"{self.code} of move {self.move_id}"

    @property
    def version(self) -> str:
        """Since when it is ticked off, as a page sends it back."""
        return self.ticked_at.isoformat() if self.ticked_at else "open"
