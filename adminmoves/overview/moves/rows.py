"""The rows of the list as they are shown, each made once for what it shows.

People look at the same newest rows all day. A row is kept under all that it tells;
whatever changes makes another row, so that nothing old is ever shown.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from adminmoves.models import Move

MOST_KEPT = 2000
MINUTE, DAY = 60, 86_400
_kept: dict[tuple[object, ...], SafeString] = {}


def rows(moves: Iterable[Move], percents: Mapping[int, int]) -> list[SafeString]:
    """In the order of ``moves``; ``percents`` says how far the running ones are."""
    language, today = get_language(), timezone.localdate()
    return [_row(move, percents.get(move.pk), language, today) for move in moves]


def _row(move: Move, done: int | None, language: str | None, today: date) -> SafeString:
    told = (language, today, done, *_told(move))
    row = _kept.get(told)
    if row is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        page = {"move": move, "done": done}
        row = _kept[told] = render_to_string("overview/list_row.html", page)
    return row


def _told(move: Move) -> tuple[object, ...]:
    """All that the template reads of a move, and the minute where it tells that."""
    age = int((timezone.now() - move.state_since).total_seconds())
    return (
        move.number,
        move.state,
        move.is_sent_back,
        move.is_scheduled,
        move.state_since,
        age // MINUTE if age < DAY else None,
        move.move_type,
        move.intent,
        move.from_code,
        move.to_code,
        move.requested_by.get_full_name(),
        move.requested_by.username,
        *_facts(move.administration, "name", "code"),
        *_places(move),
    )


def _places(move: Move) -> tuple[object, ...]:
    """Offices and connections: of now, from where, and to where."""
    books = move.administration
    offices = (
        books and books.environment,
        move.from_environment,
        move.to_environment,
    )
    links = (books and books.connection, move.from_connection, move.to_connection)
    return (
        *(fact for office in offices for fact in _facts(office, "pk", "office_code")),
        *(
            fact
            for link in links
            for fact in _facts(link, "pk", "package", "package_environment")
        ),
    )


def _facts(one: Model | None, *names: str) -> tuple[object, ...]:
    return tuple(getattr(one, name, None) for name in names)
