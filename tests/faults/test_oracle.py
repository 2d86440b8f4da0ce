"""What judges a round sees each thing that may not be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from psycopg2 import extensions, sql

from adminmoves.archive import cleaning
from adminmoves.models import CleanUp, Event, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill, fill_with, path_of
from tests.builders import make_administration, run, start
from tests.cast import MakeMove
from tests.execution.oracle import Promise, judge, promises

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Done = tuple[Move, list[Promise]]
Spoil = Callable[[Move, extensions.connection], None]


@pytest.fixture
def done(shelves: Path, a_move: MakeMove, owner: extensions.connection) -> Done:
    """A move with its archive that was carried out and cleaned up after."""
    administration = make_administration()
    fill_with(administration, 5)
    kind = MoveType.MOVE_ENVIRONMENT
    move = a_move(MoveState.APPROVED, move_type=kind, administration=administration)
    promised = promises(owner, shelves)
    run(move)
    CleanUp.objects.update(due_at=timezone.now())
    cleaning.clean(5)
    return Move.objects.get(pk=move.pk), promised


def behind_its_back(
    owner: extensions.connection, table: str, statement: str, *params: object
) -> None:
    """A change that the triggers of the table would refuse."""
    with owner.cursor() as cursor:
        for switch in ("DISABLE", "ENABLE"):
            off_or_on = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
            cursor.execute(off_or_on.format(sql.Identifier(table), sql.SQL(switch)))
            if switch == "DISABLE":
                cursor.execute(statement, params)


def other_bytes(move: Move, _owner: extensions.connection) -> None:
    assert move.administration is not None
    first = move.administration.archive.all()[0]
    path_of(first.storage_key).write_bytes(b"?" * first.size)


def no_file(move: Move, _owner: extensions.connection) -> None:
    assert move.administration is not None
    path_of(move.administration.archive.all()[0].storage_key).unlink()


def no_row(_move: Move, owner: extensions.connection) -> None:
    behind_its_back(
        owner,
        "adminmoves_document",
        "DELETE FROM adminmoves_document"
        " WHERE id = (SELECT min(id) FROM adminmoves_document)",
    )


def one_more(move: Move, _owner: extensions.connection) -> None:
    assert move.administration is not None
    fill(move.administration, b"again")


def told_twice(_move: Move, _owner: extensions.connection) -> None:
    event = Event.objects.get(code="MOVE_COMPLETED")
    event.pk = None
    event.save(force_insert=True)


def elsewhere(_move: Move, owner: extensions.connection) -> None:
    behind_its_back(
        owner,
        "adminmoves_administration",
        "UPDATE adminmoves_administration SET code = code || '0'",
    )


def closed(move: Move, owner: extensions.connection) -> None:
    behind_its_back(
        owner,
        "adminmoves_administration",
        "UPDATE adminmoves_administration SET closed_by_id = %s",
        move.pk,
    )


def not_cleaned(move: Move, _owner: extensions.connection) -> None:
    CleanUp.objects.create(move=move, due_at=timezone.now())


def nameless_file(move: Move, _owner: extensions.connection) -> None:
    assert move.administration is not None
    key = move.administration.archive.all()[0].storage_key
    path_of(f"{key}0").write_bytes(b"left")


def half_written_file(move: Move, _owner: extensions.connection) -> None:
    assert move.administration is not None
    key = move.administration.archive.all()[0].storage_key
    path_of(f"{key}.part-0a1b2c3d").write_bytes(b"le")


def rewritten_trail(_move: Move, owner: extensions.connection) -> None:
    behind_its_back(
        owner,
        "adminmoves_event",
        "UPDATE adminmoves_event SET actor_name = 'niemand'"
        " WHERE code = 'MOVE_APPROVED'",
    )


def test_nothing_is_wrong_with_a_move_that_went_well(
    done: Done, shelves: Path, owner: extensions.connection
) -> None:
    _move, promised = done

    verdict = judge(owner, shelves, promised)

    assert (verdict.wrong, verdict.documents) == ([], 5)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (other_bytes, "lost"),
        (no_file, "lost"),
        (no_row, "lost"),
        (one_more, "doubled"),
        (told_twice, "doubled"),
        (elsewhere, "untrue"),
        (closed, "stuck"),
        (not_cleaned, "stuck"),
        (nameless_file, "untrue"),
        (half_written_file, "untrue"),
        (rewritten_trail, "untrue"),
    ],
)
def test_it_sees(
    spoil: Spoil, kind: str, done: Done, shelves: Path, owner: extensions.connection
) -> None:
    move, promised = done

    spoil(move, owner)

    assert getattr(judge(owner, shelves, promised), kind) != []


def test_it_sees_a_move_that_is_still_under_way(
    a_move: MakeMove, shelves: Path, owner: extensions.connection
) -> None:
    move = a_move(MoveState.APPROVED)
    promised = promises(owner, shelves)
    start(move)

    assert judge(owner, shelves, promised).stuck != []
