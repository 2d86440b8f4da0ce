"""The order in which a timeline shows its events."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import dropwhile

from adminmoves.models import Event
from adminmoves.vocabulary import EventCode

RUN_CODES = frozenset({EventCode.MOVE_STARTED, EventCode.RUN_STEPS_DONE})
MAX_APART = timedelta(seconds=1)
"""Events of one transaction are no further apart."""


def until_state(newest_first: Sequence[Event], state: str) -> Sequence[Event]:
    """Without the events that came after the move was read, in that ``state``.

    The events are read later, and a run may have ended in between: a page that says
    "queued" would tell in its timeline that the move is completed.
    """
    newest = next((event.after for event in newest_first if event.after), state)
    if newest == state:
        return newest_first
    as_read = list(dropwhile(lambda event: event.after != state, newest_first))
    return as_read or newest_first


def order_events(newest_first: Iterable[Event]) -> tuple[Event, ...]:
    """The same events, with the move of an administration after the steps of its run.

    One transaction writes them in the order of their streams, the administration's
    first, so that the numbers of the events do not tell which came first.
    """
    ordered: list[Event] = []
    for event in newest_first:
        place = len(ordered)
        if event.code == EventCode.ADMINISTRATION_MOVED:
            while place and _is_of_same_run(ordered[place - 1], event):
                place -= 1
        ordered.insert(place, event)
    return tuple(ordered)


def _is_of_same_run(later: Event, moved: Event) -> bool:
    return later.code in RUN_CODES and _apart(later, moved) <= MAX_APART


def _apart(later: Event, earlier: Event) -> timedelta:
    if later.at is None or earlier.at is None:
        return timedelta.max
    return later.at - earlier.at
