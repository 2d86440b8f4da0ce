"""The after-care of a move as its page lists it."""

from dataclasses import dataclass
from datetime import datetime

from adminmoves.detail import queries
from adminmoves.models import Aftercare
from adminmoves.models.people import display_name
from adminmoves.rules.type_rules import AFTERCARE_LABELS


@dataclass(frozen=True, slots=True)
class AftercareItem:
    """One thing left to do afterwards; ``who`` did it, ``at`` that moment."""

    code: str
    label: str
    who: str
    at: datetime | None
    version: str


def load_aftercare(move_id: int) -> tuple[AftercareItem, ...]:
    return tuple(_item(row) for row in queries.aftercare().rows(move_id))


def _item(row: Aftercare) -> AftercareItem:
    # A code that is no longer in use keeps its rows: it shows as it was stored.
    label = str(AFTERCARE_LABELS.get(row.code, row.code))
    who = display_name(row.ticked_by)
    return AftercareItem(row.code, label, who, row.ticked_at, row.version)
