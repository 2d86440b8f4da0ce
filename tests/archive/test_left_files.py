"""What a worker leaves that was killed or slept: no file stays that no row names."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.archive import cleaning, copying
from adminmoves.archive.keys import folder_after, key_in
from adminmoves.archive.presence import require_archive
from adminmoves.archive.store import PART, archive_store
from adminmoves.execution import runner, takeover
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import CleanUp, Document, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import contents, files, fill_with, path_of, write
from tests.builders import expire_lease, make_administration, run, start
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
Asleep = Callable[[str, int, Callable[[], None]], None]


@pytest.fixture
def approved(a_move: MakeMove, monkeypatch: pytest.MonkeyPatch) -> Move:
    """To another office, with ten documents, in chunks of four."""
    monkeypatch.setattr(copying, "MOST_DOCUMENTS", 4)
    administration = make_administration()
    fill_with(administration, 10)
    require_archive()
    return a_move(
        S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT, administration=administration
    )


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> Asleep:
    """Lets a worker stop at a moment of a file, until something else has happened."""

    def stop(moment: str, file: int, meanwhile: Callable[[], None]) -> None:
        store, seen = archive_store(), count(1)
        real = getattr(store, moment)

        def stopped(*arguments: Any) -> Any:
            found = real(*arguments)
            if next(seen) == file:
                meanwhile()
            return found

        monkeypatch.setattr(store, moment, stopped)

    return stop


def archive_of(move: Move) -> list[bytes]:
    assert move.administration is not None
    return contents(move.administration)


def half_written(move: Move) -> Path:
    """As a killed worker leaves it, beside the first document's copy."""
    first = Document.objects.order_by("pk")[0]
    target = path_of(key_in(folder_after(move, move.revision), first.pk))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}{PART}0a1b2c3d")
    part.write_bytes(b"half")
    return part


def give_up(move: Move, agent: User) -> None:
    """Another worker takes over and fails; it is withdrawn and cleaned up after."""
    expire_lease(move)
    other = takeover.resume_expired("worker-2")
    assert other is not None
    runner.fail(other, {"code": "not_alone_at_place", "count": 2})
    withdraw_move(move.pk, actor=actor_for(agent), reason="Niet meer nodig.")
    cleaning.clean(5)
    assert CleanUp.objects.get().done_at is not None


@pytest.mark.parametrize(
    ("moment", "store"),
    [
        ("digest", "folder"),
        ("write", "folder"),
        ("digest", "bucket"),
        ("_send", "bucket"),
    ],
    indirect=["store"],
)
@pytest.mark.parametrize("file", [1, 2])
def test_a_worker_that_wakes_up_after_the_clean_up_leaves_no_file(
    moment: str, file: int, approved: Move, agent: User, asleep: Asleep
) -> None:
    """``moment``: before a file is begun, or when it has no name yet."""
    old = files()

    asleep(moment, file, lambda: give_up(approved, agent))
    runner.execute(start(approved))

    assert Move.objects.get(pk=approved.pk).state == S.WITHDRAWN
    assert files() == old


def test_a_worker_that_wakes_up_before_it_copied_anything_begins_nothing(
    approved: Move, agent: User
) -> None:
    old = files()
    sleeper = start(approved)
    runner.prepare(sleeper)

    give_up(approved, agent)
    runner.execute(sleeper)

    assert files() == old


def test_what_a_worker_writes_while_the_clean_up_is_at_it_goes_too(
    approved: Move, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, store = files(), archive_store()
    remove = store.remove

    def too_early(keys: list[str]) -> int:
        removed = remove(keys)
        write(keys[0], b"a copy")
        return removed

    monkeypatch.setattr(cleaning, "FILES_AT_A_TIME", 5)
    monkeypatch.setattr(store, "remove", too_early)
    runner.prepare(start(approved))
    give_up(approved, agent)

    assert files() == old


def test_a_worker_that_wakes_up_after_another_was_done_spoils_nothing(
    approved: Move, asleep: Asleep
) -> None:
    before = archive_of(approved)

    def meanwhile() -> None:
        expire_lease(approved)
        other = takeover.resume_expired("worker-2")
        assert other is not None
        runner.execute(other)
        CleanUp.objects.update(due_at=timezone.now())
        cleaning.clean(5)

    asleep("write", 2, meanwhile)
    runner.execute(start(approved))

    done = Move.objects.get(pk=approved.pk)
    assert done.state == S.COMPLETED
    assert archive_of(done) == before
    assert files() == set(Document.objects.values_list("storage_key", flat=True))


def test_half_written_files_go_with_the_clean_up_of_a_completed_move(
    approved: Move,
) -> None:
    before, part = archive_of(approved), half_written(approved)
    done = run(approved)
    assert part.exists(), "another worker may be at it"

    CleanUp.objects.update(due_at=timezone.now())
    cleaning.clean(5)

    assert not part.exists()
    assert archive_of(done) == before
    assert files() == set(Document.objects.values_list("storage_key", flat=True))


@pytest.mark.parametrize("at_a_time", [500, 5, 1])
def test_half_written_files_go_with_those_of_a_move_that_was_given_up(
    approved: Move, agent: User, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "FILES_AT_A_TIME", at_a_time)
    old = files()
    runner.execute(start(approved), until=0)
    half_written(approved)
    attempt = takeover.resume_yielded("worker-2")
    assert attempt is not None
    runner.fail(attempt, {"code": "store_refused", "error": "No space left on device"})

    withdraw_move(approved.pk, actor=actor_for(agent), reason="Niet meer nodig.")
    cleaning.clean(5)

    job = CleanUp.objects.get()
    assert (job.files, job.removed) == (10, 4), "of those it may have written"
    assert job.done_at is not None
    assert files() == old
