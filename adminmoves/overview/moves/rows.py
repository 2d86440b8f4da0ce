"""The rows of the list as they are shown, each made once for what it shows.

People look at the same newest rows all day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model
from django.utils import timezone
from django.utils.safestring import SafeString

from adminmoves.detail.comparison import place_now
from adminmoves.detail.progress import percent
from adminmoves.models import Move
from adminmoves.models.named import bring
from adminmoves.scheduling.queue import SHOWN_STATES, Wait, load_queue
from adminmoves.web.fragments import FragmentCache

MINUTE, DAY = 60, 86_400
NAMED = (
    "administration",
    "from_environment",
    "to_environment",
    "from_connection",
    "to_connection",
    "requested_by",
)
STANDS = ("administration__environment", "administration__connection")
NOT_SHOWN = ("plan", "warnings_seen", "reason")
"""Long, and no row of the list reads it."""
OFFICE = ("pk", "office_code", "is_active")
LINK = ("pk", "package", "package_environment", "country", "base_url", "is_active")
ROWS = FragmentCache("overview/list_row.html", max_size=2000)


@dataclass(frozen=True, slots=True)
class Now:
    """What a row tells of a move that waits for a worker or runs, at this moment.

    ``done``: percent; ``late``: it runs much longer than usual.
    """

    wait: Wait | None = None
    done: int | None = None
    late: bool = False


def rows(moves: Sequence[Move]) -> list[SafeString]:
    """In the order of ``moves``; one query, and one more where some wait or run."""
    _name(moves)
    now = _now(moves)
    return [_row(move, now.get(move.pk, Now())) for move in moves]


def _name(moves: Sequence[Move]) -> None:
    """A draft comes from where its administration stands now."""
    drafts = [move for move in moves if move.from_connection_id is None]
    others = [move for move in moves if move.from_connection_id is not None]
    bring((others, NAMED), (drafts, (*NAMED, *STANDS)), unread=("password",))


def _now(moves: Sequence[Move]) -> dict[int, Now]:
    shown = [move for move in moves if move.state in SHOWN_STATES]
    if not shown:
        return {}
    queue = load_queue(shown)
    return {
        move.pk: Now(
            wait=queue.wait(move),
            done=percent(run, move) if (run := queue.runs.get(move.pk)) else None,
            late=queue.is_late(move),
        )
        for move in shown
    }


def _row(move: Move, now: Now) -> SafeString:
    return ROWS.render((now, *_told(move)), move=move, now=now)


def _told(move: Move) -> tuple[object, ...]:
    """All that the template reads of a move, and the minute where it tells that."""
    age = int((timezone.now() - move.state_since).total_seconds())
    return (
        move.number,
        move.state,
        move.is_sent_back,
        move.is_scheduled,
        move.urgent,
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
    """Offices and connections: from where, and to where."""
    now = place_now(move)
    return (
        *_facts(now.environment, *OFFICE),
        *_facts(move.to_environment, *OFFICE),
        *_facts(now.connection, *LINK),
        *_facts(move.to_connection, *LINK),
    )


def _facts(one: Model | None, *names: str) -> tuple[object, ...]:
    return tuple(getattr(one, name, None) for name in names)
