"""Verifies the trail, and names the first wrong row of each stream.

The database compares everything in one statement, so that an event that is written
meanwhile does not look like a fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.models.sql import fetch_as, sql_beside

KINDS: Mapping[str, Promise] = {
    "changed": gettext_lazy("was changed after it was written"),
    "relinked": gettext_lazy("does not follow on the event before it"),
    "removed": gettext_lazy("is missing"),
    "last_removed": gettext_lazy("is missing, it was the last one or among the last"),
    "stream_removed": gettext_lazy("is missing, and so is the rest of its stream"),
    "stream_unknown": gettext_lazy(
        "is missing: there is no trail of this migration at all"
    ),
    "untold": gettext_lazy(
        "is missing: the migration is in another state than its trail says"
    ),
    "headless": gettext_lazy("has no head: it was inserted, or the head was removed"),
    "inserted": gettext_lazy("was inserted"),
    "swapped": gettext_lazy("stands in another order than it was written in"),
    "words": gettext_lazy("has other words than it was written with"),
}

FAULTS = sql_beside(__file__, "chain")
TOTALS = sql_beside(__file__, "chain_totals")


class ChainFault(NamedTuple):
    """The first wrong row of a stream, a row of chain.sql.

    ``event_id`` is None if the event is missing.
    """

    stream: str
    stream_id: str
    position: int
    event_id: int | None
    kind: str

    def __str__(self) -> str:
        event = f" ({_('event')} {self.event_id})" if self.event_id else ""
        place = f"{self.stream} {self.stream_id} #{self.position}"
        return f"{place}{event} {KINDS[self.kind]}"


@dataclass(frozen=True, slots=True)
class Verification:
    """``emptied``: the number of events whose words were removed, as is allowed."""

    events: int
    streams: int
    emptied: int
    faults: tuple[ChainFault, ...]


def verify() -> Verification:
    with connection.cursor() as cursor:
        cursor.execute(FAULTS)
        faults = tuple(fetch_as(cursor, ChainFault))
        cursor.execute(TOTALS)
        return fetch_as(cursor, partial(Verification, faults=faults))[0]
