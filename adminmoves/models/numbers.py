"""The numbers of moves, such as M-2026-00418: the year it was made, and its id."""

import re
from datetime import MAXYEAR, MINYEAR, datetime

from django.db.models import Q
from django.utils import timezone

# As people write it: also without its zeros, and with a point that ends a sentence.
# Its digits fit the key of a row.
NUMBER = re.compile(r"#?M-([0-9]{4})-([0-9]{1,18})[.,;:]?", re.IGNORECASE)


def number_of(move_id: int, created_at: datetime) -> str:
    return f"M-{timezone.localtime(created_at).year}-{move_id:05}"


def read_number(text: str) -> tuple[int, int] | None:
    """The year and the id that a number names; None for another text."""
    found = NUMBER.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def id_from_number(text: str) -> int | None:
    found = read_number(text)
    return found[1] if found else None


def numbered(text: str) -> Q:
    """The move that a number names; none where its year is another one."""
    year, move_id = read_number(text) or (MINYEAR, 0)
    if not MINYEAR < year < MAXYEAR:
        return Q(pk__in=())
    first, last = (datetime(made, 1, 1) for made in (year, year + 1))  # noqa: DTZ001 - made aware below
    return Q(
        pk=move_id,
        created_at__gte=timezone.make_aware(first),
        created_at__lt=timezone.make_aware(last),
    )
