"""Constraints and indexes of the table of moves (architecture.md par. 2 and 3)."""

from django.db import models
from django.db.models import Q

from adminmoves.vocabulary import (
    APPROVED_STATES,
    OPEN_STATES,
    PROVEN_STATES,
    MoveState,
    MoveType,
)

S = MoveState

CONSTRAINTS = (
    models.CheckConstraint(condition=Q(state__in=S.values), name="move_state_known"),
    models.UniqueConstraint(
        fields=["administration"],
        condition=Q(state__in=OPEN_STATES),
        name="one_open_move_per_administration",
    ),
    models.UniqueConstraint(
        fields=["to_connection", "to_code_key"],
        condition=Q(state__in=OPEN_STATES),
        name="one_open_move_per_wanted_place",
    ),
    models.UniqueConstraint(
        fields=["to_address"],
        condition=Q(state__in=OPEN_STATES),
        name="one_open_move_per_wanted_address",
    ),
    # A draft counts: two people would turn the same move back without knowing.
    models.UniqueConstraint(
        fields=["reverses"],
        condition=Q(reverses__isnull=False, state__in=[S.DRAFT, *OPEN_STATES]),
        name="one_open_reverse_per_move",
    ),
    models.CheckConstraint(
        condition=Q(state__in=[S.DRAFT, S.WITHDRAWN])
        | (
            Q(administration__isnull=False)
            & Q(to_connection__isnull=False)
            & Q(to_environment__isnull=False)
            & Q(from_connection__isnull=False)
            & Q(from_environment__isnull=False)
            & Q(submitted_at__isnull=False)
            & Q(move_type__in=MoveType.values)
            & ~Q(to_code="")
            & ~Q(from_code="")
        ),
        name="move_complete_when_submitted",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=PROVEN_STATES) | Q(proof__isnull=False),
        name="moved_in_the_package_first",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=APPROVED_STATES)
        | (
            Q(approved_by__isnull=False)
            & Q(approved_at__isnull=False)
            & Q(plan_hash__regex=r"^[0-9a-f]{64}$")
        ),
        name="move_approved_by_somebody",
    ),
    models.CheckConstraint(
        condition=Q(urgent=False, outside_windows=False) | Q(approved_by__isnull=False),
        name="move_haste_is_approved",
    ),
    models.CheckConstraint(
        condition=Q(to_code__regex=r"^\S{0,100}$"), name="move_code_shape"
    ),
)
INDEXES = (
    # Who has not touched what waits is told from the index alone, by its ids.
    models.Index(fields=["state", "state_since", "id"], name="move_state_since"),
    models.Index(
        fields=["not_before", "id"],
        condition=Q(state=S.APPROVED),
        name="move_due",
    ),
    models.Index(
        fields=["ask_proof_at"],
        condition=Q(state=S.AWAITING_BOOKKEEPING),
        name="move_ask_proof",
    ),
    models.Index(fields=["-state_since", "-id"], name="move_updated"),
    models.Index(fields=["requested_by", "-id"], name="move_of_person"),
    models.Index(fields=["from_environment", "-id"], name="move_from_office"),
    models.Index(fields=["to_environment", "-id"], name="move_to_office"),
    models.Index(
        fields=["from_environment", "-started_at"], name="move_office_started"
    ),
    models.Index(fields=["-ended_at"], name="move_ended"),
    # The charts count days of these from the index alone.
    models.Index(
        fields=["-ended_at"],
        include=["submitted_at"],
        condition=Q(state=S.COMPLETED),
        name="move_completed",
    ),
    # Few moves are turned back, so the others are not in it.
    models.Index(
        fields=["reverses"], condition=Q(reverses__isnull=False), name="move_reverses"
    ),
)
