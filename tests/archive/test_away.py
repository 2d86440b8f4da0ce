"""An archive that is away is not damaged, and what stands at its place is not it."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from adminmoves.access import actor_for
from adminmoves.archive import cleaning, copying
from adminmoves.archive.marks import MARK, StoreAway
from adminmoves.archive.presence import require_archive
from adminmoves.archive.store import archive_store
from adminmoves.execution import runner, takeover
from adminmoves.execution.actions import stop_move
from adminmoves.models import Attempt, CleanUp, Event, Leftover, Move
from adminmoves.operations import readiness
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.bucket import Bucket
from tests.archive.shelves import contents, everything, files, fill_with, path_of
from tests.builders import make_administration, run, start
from tests.cast import MakeMove
from tests.overview.people import logged_in, page_words

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
S = MoveState


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MOST_DOCUMENTS", 4)


@pytest.fixture
def approved(a_move: MakeMove) -> Move:
    """To another office, with ten documents in a store that was used before."""
    administration = make_administration()
    fill_with(administration, 10)
    require_archive()
    return a_move(
        S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT, administration=administration
    )


def nothing(_root: Path) -> None:
    """An unmounted disk that took its folder along."""


def a_folder(root: Path) -> None:
    root.mkdir()


def anothers(root: Path) -> None:
    root.mkdir()
    (root / MARK).write_text(str(uuid.uuid4()))


def a_file(root: Path) -> None:
    root.write_bytes(b"")


INSTEAD = {each.__name__: each for each in (nothing, a_folder, anothers, a_file)}
GONE = r"No such file|Not a directory"
instead = pytest.mark.parametrize("instead", INSTEAD.values(), ids=INSTEAD)


@contextmanager
def away(instead: Callable[[Path], None]) -> Iterator[None]:
    """The archive is elsewhere; nothing comes to stand where it was."""
    root = path_of("")
    elsewhere = root.with_name("kept")
    root.rename(elsewhere)
    instead(root)
    before = what_is_at(root)
    yield
    assert what_is_at(root) == before
    if root.is_dir():
        shutil.rmtree(root)
    root.unlink(missing_ok=True)
    elsewhere.rename(root)


def what_is_at(root: Path) -> set[Path] | bool:
    return set(root.rglob("*")) if root.is_dir() else root.exists()


def again(move: Move) -> Move:
    return Move.objects.get(pk=move.pk)


def later(move: Move) -> None:
    """It is time to look again, and somebody goes on."""
    move.attempts.update(lease_until=timezone.now())
    taken = takeover.resume_yielded("worker-2")
    assert taken is not None
    runner.execute(taken)


def assert_waits(move: Move) -> Attempt:
    attempt = move.attempts.get()
    assert again(move).state == S.RUNNING
    assert attempt.waits_for["code"] == "archive_away"
    assert (attempt.worker, attempt.takeovers) == ("", 0)
    assert attempt.lease_until > timezone.now()
    return attempt


@instead
@pytest.mark.parametrize("chunks", [0, 1, 3, 5])
def test_a_run_waits_until_it_is_back_and_goes_on_by_itself(
    chunks: int, instead: Callable[[Path], None], approved: Move
) -> None:
    administration = approved.administration
    assert administration is not None
    before, attempt = contents(administration), start(approved)
    for _number in range(chunks):
        runner.execute(attempt, until=0)
        taken = takeover.resume_yielded("worker-1")
        assert taken is not None
        attempt = taken

    with away(instead):
        runner.execute(attempt)
        assert_waits(approved)
        later(approved)
        assert_waits(approved)
    later(approved)

    assert again(approved).state == S.COMPLETED
    assert contents(administration) == before
    assert approved.attempts.get().waits_for == {}
    assert not Event.objects.filter(code__in=["MOVE_FAILED", "RUN_TAKEN_OVER"]).exists()


@instead
@pytest.mark.parametrize("moment", ["digest", "write"])
def test_it_may_go_away_in_the_middle_of_a_chunk(
    moment: str,
    instead: Callable[[Path], None],
    approved: Move,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, gone = archive_store(), away(instead)
    real = getattr(store, moment)

    def then_gone(*arguments: str) -> object:
        found = real(*arguments)
        monkeypatch.undo()
        gone.__enter__()
        return found

    monkeypatch.setattr(store, moment, then_gone)
    runner.execute(start(approved))

    assert_waits(approved)
    gone.__exit__(None, None, None)
    later(approved)
    assert again(approved).state == S.COMPLETED


@instead
def test_a_move_that_is_due_does_not_start_and_says_why(
    instead: Callable[[Path], None], approved: Move, lead: User
) -> None:
    with away(instead):
        assert not runner.run(approved.pk, "worker-1")
        assert again(approved).state == S.APPROVED
        assert again(approved).reason["code"] == "archive_away"
        assert not approved.attempts.exists()
        page = page_words(logged_in(lead).get(move_page(approved)))
        assert "Het archief is nu niet bereikbaar" in page

    assert run(approved).state == S.COMPLETED


def test_a_run_that_waits_can_be_stopped(approved: Move, lead: User) -> None:
    attempt = start(approved)
    with away(nothing):
        runner.execute(attempt)
        stop_move(approved.pk, actor=actor_for(lead), reason="Duurt te lang.")
        later(approved)

    assert again(approved).state == S.STOPPED


@instead
def test_a_clean_up_that_sees_nothing_removes_nothing_and_says_so(
    instead: Callable[[Path], None], approved: Move, settings: Settings
) -> None:
    settings.PORTAL_ARCHIVE_KEEP_HOURS = 0
    run(approved)

    with away(instead):
        assert cleaning.clean(5) == 0
        job = CleanUp.objects.get()
        assert (job.removed, job.done_at) == (0, None)
        assert job.problem
        assert Leftover.objects.count() == 10
        assert not Event.objects.filter(code="ARCHIVE_CLEANED").exists()

    CleanUp.objects.update(lease_until=None)
    assert cleaning.clean(5) == 10
    assert Event.objects.get(code="ARCHIVE_CLEANED").params == {"files": 10}


def test_what_goes_away_while_it_is_cleaned_up_was_not_removed(
    approved: Move, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_ARCHIVE_KEEP_HOURS = 0
    run(approved)
    store, gone = archive_store(), away(nothing)

    def too_late(_keys: list[str]) -> int:
        gone.__enter__()
        return 0

    monkeypatch.setattr(store, "remove", too_late)
    cleaning.clean(5)
    monkeypatch.undo()

    assert CleanUp.objects.get().done_at is None
    gone.__exit__(None, None, None)
    CleanUp.objects.update(lease_until=None)
    assert cleaning.clean(5) == 10


def test_a_file_that_stays_is_named_and_tried_again_and_the_others_go(
    approved: Move, settings: Settings
) -> None:
    settings.PORTAL_ARCHIVE_KEEP_HOURS = 0
    run(approved)
    key = Leftover.objects.order_by("pk")[3].storage_key
    content = path_of(key).read_bytes()
    path_of(key).unlink()
    path_of(key).mkdir()

    assert cleaning.clean(5) == 0, "it ended in a refusal"
    job = CleanUp.objects.get()
    assert (job.removed, job.done_at) == (9, None)
    assert [left.storage_key for left in Leftover.objects.all()] == [key]

    path_of(key).rmdir()
    path_of(key).write_bytes(content)
    CleanUp.objects.update(lease_until=None)
    cleaning.clean(5)
    assert Event.objects.get(code="ARCHIVE_CLEANED").params == {"files": 10}


@instead
def test_people_are_told_where_they_look(
    instead: Callable[[Path], None], approved: Move, lead: User, administrator: User
) -> None:
    runner.execute(start(approved), until=0)
    with away(instead):
        later(approved)

        assert not archive_line().ok
        operations = page_words(
            logged_in(administrator).get(reverse("moves:operations"))
        )
        assert "Het archief is weg" in operations
        assert "wacht: het archief is nu niet bereikbaar" in operations
        assert "het archief is nu niet bereikbaar" in page_words(
            logged_in(lead).get(move_page(approved))
        )

    assert archive_line().ok
    operations = page_words(logged_in(administrator).get(reverse("moves:operations")))
    assert "Het archief is weg" not in operations


def test_a_store_is_marked_once_where_what_the_rows_tell_of_is_there() -> None:
    fill_with(make_administration(), 3)

    with away(a_folder), pytest.raises(StoreAway):
        require_archive()
    require_archive()

    mark = path_of(MARK).read_bytes()
    require_archive()
    assert path_of(MARK).read_bytes() == mark


@pytest.mark.parametrize("store", ["bucket"], indirect=True)
@pytest.mark.parametrize("how", ["forbidden", "emptied"])
def test_a_bucket_that_is_not_ours_or_not_for_us_is_waited_for(
    how: str, approved: Move, bucket: Bucket
) -> None:
    attempt = start(approved)
    objects = bucket.objects
    if how == "forbidden":
        bucket.refuses = dict.fromkeys(("GET", "PUT"), (403, "AccessDenied"))
    else:
        bucket.objects = {}

    runner.execute(attempt)
    assert_waits(approved)
    assert how == "forbidden" or bucket.objects == {}

    bucket.refuses, bucket.objects = {}, objects
    later(approved)
    assert again(approved).state == S.COMPLETED
    assert len(files()) == 20


@pytest.mark.parametrize("instead", [nothing, a_folder, a_file])
def test_nothing_is_written_where_it_went_away_right_after_it_was_seen(
    instead: Callable[[Path], None], approved: Move
) -> None:
    runner.prepare(start(approved))
    move = Move.objects.select_related("to_environment").get(pk=approved.pk)
    require_archive()

    with away(instead):
        with pytest.raises(OSError, match=GONE):
            copying.open_folder(move)
        with pytest.raises(OSError, match=GONE):
            archive_store().rewrite(MARK)

    copying.open_folder(move)


def test_a_folder_that_takes_no_more_files_is_waited_for(
    approved: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a disk that the system mounted read-only after an error."""
    before = everything()

    def read_only(*_given: object) -> None:
        raise OSError(30, "Read-only file system")

    attempt = start(approved)
    with monkeypatch.context() as patched:
        for name in ("put", "rewrite", "copy", "open_folder"):
            patched.setattr(archive_store(), name, read_only)
        runner.execute(attempt)
    assert_waits(approved)
    assert everything() == before

    later(approved)
    assert again(approved).state == S.COMPLETED


def move_page(move: Move) -> str:
    return reverse("moves:detail", args=[move.number])


def archive_line() -> readiness.HealthCheck:
    return next(line for line in readiness.lines() if line.check == "archive")
