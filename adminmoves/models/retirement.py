"""Taking an administration out of use, or bringing it back: asked by one, decided by
another."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from adminmoves.models.administration import Administration
from adminmoves.models.words import WordField
from adminmoves.vocabulary import OPEN_STATES, MoveState, RetirementKind
from adminmoves.vocabulary import RetirementOutcome as Outcome

REASON_CHARS = 500


class RetirementQuerySet(models.QuerySet["Retirement"]):
    def waiting(self) -> Self:
        return self.filter(outcome=Outcome.WAITING)

    def with_people(self) -> Self:
        return self.select_related(
            "administration__environment",
            "administration__connection",
            "requested_by",
            "decided_by",
        )


class Retirement(models.Model):
    """One request to retire an administration, or to bring a retired one back.

    A trigger takes the administration out of use, or into it, when it is approved;
    nothing else does (migrations/sql/retirement.sql).
    """

    administration = models.ForeignKey(
        Administration, on_delete=models.PROTECT, related_name="retirements"
    )
    kind = WordField(max_length=20, choices=RetirementKind.choices)
    reason = models.CharField(max_length=REASON_CHARS)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    outcome = WordField(max_length=20, choices=Outcome.choices, default=Outcome.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = RetirementQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=RetirementKind.values), name="retirement_kind"
            ),
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"), name="retirement_reason"
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.WAITING, decided_by=None, decided_at=None)
                | Q(
                    outcome__in=[Outcome.APPROVED, Outcome.DECLINED, Outcome.WITHDRAWN],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="retirement_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.APPROVED, Outcome.DECLINED])
                | ~Q(decided_by=F("requested_by")),
                name="retirement_by_two",
            ),
            models.UniqueConstraint(
                fields=["administration"],
                condition=Q(outcome=Outcome.WAITING),
                name="one_waiting_retirement",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.administration_id}"

    @property
    def retires(self) -> bool:
        """Out of use; else back into it."""
        return self.kind == RetirementKind.RETIRE

    @property
    def is_waiting(self) -> bool:
        return self.outcome == Outcome.WAITING


def holds_administration() -> Q:
    """Moves for which their administration stays in use: the open ones, and drafts
    that were submitted before."""
    came_back = Q(state=MoveState.DRAFT, submitted_at__isnull=False)
    return Q(state__in=OPEN_STATES) | came_back
