"""Refusals of the database as a sentence and a remedy, for forms, files and pages."""

from adminmoves.models.refusals.diagnostics import REFUSALS, constraint_name, refusal_of
from adminmoves.models.refusals.estate import (
    BY_REQUEST,
    CLOSED,
    FORMER_ADDRESS,
    LONG_ADDRESS,
    NEEDS_BASE_URL,
    NO_API_ADDRESS,
    NO_BASE_URL,
    NO_COUNTRY,
    PLANNED_ADDRESS,
    RETIRED,
    TAKEN_ADDRESS,
    UNASKED_HOST,
    UNKNOWN_COUNTRY,
)
from adminmoves.models.refusals.refusal import Refusal

__all__ = [
    "BY_REQUEST",
    "CLOSED",
    "FORMER_ADDRESS",
    "LONG_ADDRESS",
    "NEEDS_BASE_URL",
    "NO_API_ADDRESS",
    "NO_BASE_URL",
    "NO_COUNTRY",
    "PLANNED_ADDRESS",
    "REFUSALS",
    "RETIRED",
    "TAKEN_ADDRESS",
    "UNASKED_HOST",
    "UNKNOWN_COUNTRY",
    "Refusal",
    "constraint_name",
    "refusal_of",
]
