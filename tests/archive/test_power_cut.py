"""A power cut takes what was only in memory; no document and no row's word with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from adminmoves.access import actor_for
from adminmoves.archive import copying, durable
from adminmoves.archive.keys import folder_after, key_in
from adminmoves.archive.store import archive_store
from adminmoves.demo.archive import fill as fill_for_demonstration
from adminmoves.evidence.files import store_file
from adminmoves.execution import runner, takeover
from adminmoves.models import Document, DocumentCopy, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.power import Disk, Image
from tests.archive.shelves import contents, everything, fill_with, path_of
from tests.builders import expire_lease, make_administration, start
from tests.cast import MakeMove

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
S = MoveState
both_ways = pytest.mark.parametrize("at_once", [True, False], ids=["at once", "each"])
Harm = Callable[[Path], object]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MOST_DOCUMENTS", 4)


@pytest.fixture
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the system can have a whole file system on the disk in one call."""
    if not request.param:
        monkeypatch.setattr(durable, "syncfs", None)
    return bool(request.param)


def to_another_office(a_move: MakeMove) -> Move:
    """With ten documents: three chunks to copy, and three to compare."""
    administration = make_administration()
    fill_with(administration, 10)
    kind = MoveType.MOVE_ENVIRONMENT
    return a_move(S.APPROVED, move_type=kind, administration=administration)


def carry_out_chunks(move: Move, count: int) -> None:
    """Then its worker lets go, as one that had to step aside."""
    runner.execute(start(move), until=0)
    for _number in range(count - 1):
        taken = takeover.resume_yielded("worker-1")
        assert taken is not None
        runner.execute(taken, until=0)


def die(move: Move) -> None:
    """Whoever held the run is not heard of again."""
    move.attempts.update(worker="worker-1")
    expire_lease(move)


def go_on(move: Move) -> Move:
    taken = takeover.resume_expired("worker-2")
    assert taken is not None
    runner.execute(taken)
    return Move.objects.get(pk=move.pk)


def archive_of(move: Move) -> list[bytes]:
    assert move.administration is not None
    return contents(move.administration)


def untrue_rows() -> list[str]:
    """Copies that a row tells of and the store does not have."""
    store = archive_store()
    return [
        copy.storage_key
        for copy in DocumentCopy.objects.order_by("pk")
        if store.digest(copy.storage_key) != (copy.size, copy.sha256)
    ]


@both_ways
@pytest.mark.parametrize("chunks", range(1, 7))
def test_what_a_row_tells_of_is_still_there_after_a_power_cut(
    chunks: int, at_once: bool, a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = to_another_office(a_move)
    before = archive_of(move)
    disk = Disk(path_of(""), monkeypatch)
    disk.syncfs(0)

    carry_out_chunks(move, chunks)
    disk.cut()

    assert DocumentCopy.objects.count() == min(4 * chunks, 10)
    assert untrue_rows() == []
    die(move)
    assert go_on(move).state == S.COMPLETED
    assert archive_of(move) == before


@pytest.mark.mounts
@pytest.mark.parametrize("chunks", [1, 3, 5])
def test_what_a_row_tells_of_is_on_a_real_disk(
    chunks: int, a_move: MakeMove, image: Image
) -> None:
    move = to_another_office(a_move)
    before = archive_of(move)
    image.unmount()
    image.mount()

    carry_out_chunks(move, chunks)
    image.hold()
    image.cut()

    assert untrue_rows() == []
    die(move)
    assert go_on(move).state == S.COMPLETED
    assert archive_of(move) == before


@pytest.fixture
def image(tmp_path: Path, settings: Settings) -> Iterator[Image]:
    """A file system of this test's own, with its archive on it."""
    image = Image(tmp_path)
    archive = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(image.root)}}
    settings.STORAGES = {**settings.STORAGES, "archive": archive}
    yield image
    image.unmount()


HARMS: dict[str, Harm] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "another": lambda path: path.write_bytes(bytes(path.stat().st_size)),
}


def copies_of(move: Move) -> list[Path]:
    """Those that are larger than nothing."""
    folder = folder_after(move, move.revision)
    documents = Document.objects.filter(size__gt=1).order_by("pk")
    keys = [key_in(folder, document.pk) for document in documents]
    return [path for key in keys if (path := path_of(key)).exists()]


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
@pytest.mark.parametrize("died", [True, False], ids=["after a death", "in order"])
@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_copy_that_was_lost_after_its_row_is_made_again_before_the_switch(
    chunks: int, died: bool, harm: Harm, a_move: MakeMove
) -> None:
    move = to_another_office(a_move)
    before = archive_of(move)
    carry_out_chunks(move, chunks)
    for copy in copies_of(move)[:2]:
        harm(copy)

    if died:
        die(move)
        done = go_on(move)
    else:
        taken = takeover.resume_yielded("worker-2")
        assert taken is not None
        runner.execute(taken)
        done = Move.objects.get(pk=move.pk)

    assert done.state == S.COMPLETED
    assert archive_of(done) == before


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
@pytest.mark.parametrize("chunks", [5, 6])
def test_who_takes_over_looks_again_at_what_was_compared_before_the_death(
    chunks: int, harm: Harm, a_move: MakeMove
) -> None:
    move = to_another_office(a_move)
    before = archive_of(move)
    carry_out_chunks(move, chunks)
    harm(copies_of(move)[0])

    die(move)
    done = go_on(move)

    assert done.state == S.COMPLETED
    assert archive_of(done) == before


def test_a_document_that_is_lost_twice_is_not_called_moved(a_move: MakeMove) -> None:
    move = to_another_office(a_move)
    carry_out_chunks(move, 3)
    (copy,) = copies_of(move)[:1]
    document = Document.objects.get(pk=int(copy.name))
    copy.unlink()
    path_of(document.storage_key).unlink()

    die(move)
    failed = go_on(move)

    assert failed.state == S.FAILED
    assert failed.reason == {"code": "archive_damaged", "file": document.storage_key}
    assert Document.objects.get(pk=document.pk).storage_key == document.storage_key


@both_ways
def test_evidence_outlives_a_power_cut(
    at_once: bool,
    a_move: MakeMove,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    disk = Disk(tmp_path, monkeypatch)
    move = a_move(S.AWAITING_BOOKKEEPING)
    upload = SimpleUploadedFile("mail.txt", b"It was moved on Monday.")

    evidence = store_file(move, upload, actor=actor_for(move.requested_by))
    disk.cut()

    assert Path(evidence.file.path).read_bytes() == b"It was moved on Monday."


@both_ways
def test_documents_made_for_demonstration_outlive_a_power_cut(
    at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    administration = make_administration()
    archive_store().make()
    disk = Disk(path_of(""), monkeypatch)

    fill_for_demonstration(administration, 5)
    made = everything()
    disk.cut()

    assert everything() == made
