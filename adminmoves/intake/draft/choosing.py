"""What can be chosen to begin with: a type, or a draft to go on with."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from adminmoves.access import Actor
from adminmoves.models import Move
from adminmoves.vocabulary import MOVE_TYPES, MoveState, MoveType

SHOWN_DRAFTS = 20
EMPTY_ANSWERS: Mapping[str, Any] = {
    "administration": None,
    "to_environment": None,
    "to_code": "",
    "parties__requester_name": "",
    "parties__requester_email": "",
    "parties__requester_ticket": "",
    "parties__note": "",
}
"""A draft with all of these has nothing in it, by the names of columns."""


@dataclass(frozen=True, slots=True)
class TypeChoice:
    value: MoveType
    help: Any


def choices_of_type() -> list[TypeChoice]:
    return [TypeChoice(kind, MOVE_TYPES[kind].help) for kind in MoveType]


def is_empty(draft: Move) -> bool:
    """Whether nothing is filled in, and nothing came along."""
    return all(
        attrgetter(column.replace("__", "."))(draft) == empty
        for column, empty in EMPTY_ANSWERS.items()
    )


def own_drafts(actor: Actor) -> list[Move]:
    """The actor's drafts that have an answer, the last edited one first."""
    drafts = Move.objects.with_estate().select_related("administration__environment")
    own = drafts.filter(state=MoveState.DRAFT, requested_by_id=actor.user_id)
    return list(own.exclude(**EMPTY_ANSWERS).order_by("-edited_at")[:SHOWN_DRAFTS])
