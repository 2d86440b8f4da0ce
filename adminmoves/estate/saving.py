"""Writes many subjects in few statements; finds the lines that are refused."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.db import DatabaseError, DataError, IntegrityError, models, transaction

from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.estate.addresses import taken_address
from adminmoves.estate.lines import line_about
from adminmoves.estate.matching import Change, Source
from adminmoves.estate.owners import taken_place, with_owner
from adminmoves.estate.rows import Fault
from adminmoves.models import Administration
from adminmoves.models.refusals import TAKEN_ADDRESS, Refusal, refusal_of

T = TypeVar("T")
CHUNK_ROWS = 2000


def chunks(items: Sequence[T], size: int = CHUNK_ROWS) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def write(
    source: Source, changes: Sequence[Change], progress: Callable[[str, int, int], None]
) -> list[Fault]:
    """Write all changes; return a fault for each line that the database refuses."""
    faults: list[Fault] = []
    for done, part in enumerate(chunks(changes), 1):
        faults.extend(_write(source, part))
        progress(source.file, min(done * CHUNK_ROWS, len(changes)), len(changes))
    return faults


def _write(source: Source, changes: Sequence[Change]) -> Iterator[Fault]:
    """Halve a refused part again and again, until each refused line is alone."""
    try:
        with transaction.atomic():
            _put(changes)
    except (DataError, IntegrityError) as refused:
        if len(changes) == 1:
            yield source.refusal(changes[0].line, _refusal(changes[0], refused))
            return
        middle = len(changes) // 2
        yield from _write(source, changes[:middle])
        yield from _write(source, changes[middle:])


def _refusal(change: Change, refused: DatabaseError) -> Refusal:
    refusal = refusal_of(refused)
    if refusal == TAKEN_ADDRESS and isinstance(change.subject, Administration):
        subject = change.subject
        return taken_place(subject) or taken_address(subject) or refusal
    return with_owner(refusal, change.subject)


def _put(changes: Sequence[Change]) -> None:
    """Insert the new ones in one statement, update the changed ones in another."""
    model: type[models.Model] = type(changes[0].subject)
    manager = model._default_manager  # noqa: SLF001 - Django's documented API
    new = [change.subject for change in changes if change.is_new]
    manager.bulk_create(new)
    changed = [change for change in changes if not change.is_new]
    if changed:
        manager.bulk_create(
            [change.subject for change in changed],
            update_conflicts=True,
            unique_fields=["public_id"],
            update_fields=sorted({name for change in changed for name in change.after}),
        )


def record(actor: Actor, changes: Sequence[Change]) -> None:
    """Write an event for each subject, in the order of their streams."""
    lines = sorted((_line(change) for change in changes), key=_stream_of)
    for part in chunks(lines):
        trail.record(actor, part)


def _stream_of(line: TrailEntry) -> tuple[str, str]:
    return line.stream, line.stream_id


def _line(change: Change) -> TrailEntry:
    params = {"before": change.before, "after": change.after}
    return line_about(change.subject, params)
