"""What every store promises, and what goes wrong with one."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from typing import Protocol

import pytest
from pytest_django import Settings

from adminmoves.archive.copying import next_chunk
from adminmoves.archive.marks import MARK
from adminmoves.archive.s3 import PART_BYTES
from adminmoves.archive.store import (
    CopyDiffers,
    Digest,
    FileStore,
    SourceDiffers,
    Store,
    archive_store,
)
from adminmoves.models import Attempt
from adminmoves.vocabulary import MoveState, MoveType
from migrations_portal.supervisor.state import CHECKOUT
from tests.archive.bucket import Bucket
from tests.archive.shelves import everything, files, fill_with
from tests.builders import make_administration
from tests.cast import MakeMove

LARGE = bytes(range(256)) * (PART_BYTES // 256) * 2 + b"and a rest"
both = pytest.mark.parametrize("store", ["folder", "bucket"], indirect=True)
in_folder = pytest.mark.parametrize("store", ["folder"], indirect=True)
in_s3 = pytest.mark.parametrize("store", ["bucket"], indirect=True)
every_size = pytest.mark.parametrize(
    "content", [b"", b"a document", LARGE], ids=["empty", "small", "large"]
)


class Trouble(Protocol):
    """What goes wrong from now on, in the way of this store."""

    def lie(self, lies: bool) -> None:
        """It keeps something else than it was given, and says that all is well."""

    def refuse(self, word: str) -> None:
        """It refuses whatever it is asked, with this word."""


class OfAFolder:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.lies = False
        write = FileStore.write

        def lying(store: FileStore, source: str, path: str) -> bool:
            written = write(store, source, path)
            if self.lies:
                with open(path, "r+b") as file:  # noqa: PTH123 - as short as a disk's lie
                    file.write(b"?")
            return written

        monkeypatch.setattr(FileStore, "write", lying)

    def lie(self, lies: bool) -> None:
        self.lies = lies

    def refuse(self, word: str) -> None:
        def refused(*_given: object) -> None:
            raise OSError(5, word)

        # Whatever it does begins with where it is.
        self.monkeypatch.setattr(FileStore, "path", refused)


class OfABucket:
    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def lie(self, lies: bool) -> None:
        self.bucket.lies = lies

    def refuse(self, word: str) -> None:
        for method in ("GET", "PUT", "POST"):
            self.bucket.refuses[method] = (403, word)


@pytest.fixture
def trouble(
    store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Trouble:
    if isinstance(store, FileStore):
        return OfAFolder(monkeypatch)
    return OfABucket(request.getfixturevalue("bucket"))


def digest_of(content: bytes) -> Digest:
    return Digest(len(content), hashlib.sha256(content).hexdigest())


@both
@every_size
def test_a_copy_is_the_same_file_at_another_key(store: Store, content: bytes) -> None:
    store.put("a/1", content)

    store.copy("a/1", "b/1", digest_of(content))

    assert everything() == {"a/1": content, "b/1": content}
    assert store.digest("b/1") == digest_of(content)


@both
def test_what_is_written_takes_the_place_of_what_stood_there(store: Store) -> None:
    store.put("a/1", b"before")
    store.put("a/2", b"other")
    store.put("a/1", b"after")
    store.copy("a/2", "a/1", digest_of(b"other"))

    assert everything() == {"a/1": b"other", "a/2": b"other"}


@both
def test_what_is_not_there_has_no_digest(store: Store) -> None:
    assert store.digest("a/1") is None


@both
def test_a_source_that_is_gone_is_named_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(SourceDiffers, match=r"^a/1$"):
        store.copy("a/1", "b/1", digest_of(b"a document"))

    assert everything() == {}


@both
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(b"A document", b"a document", id="other"),
        pytest.param(b"a docu", b"a document", id="shorter"),
        pytest.param(b"a document and more", b"a document", id="longer"),
        pytest.param(LARGE[:-1] + b"?", LARGE, id="large"),
        pytest.param(b"a document", LARGE, id="much shorter"),
        pytest.param(LARGE, b"a document", id="much longer"),
    ],
)
def test_a_damaged_source_is_named_and_never_stands_at_the_target(
    store: Store, found: bytes, expected: bytes
) -> None:
    store.put("a/1", found)

    with pytest.raises(SourceDiffers, match=r"^a/1$"):
        store.copy("a/1", "b/1", digest_of(expected))

    assert files() == {"a/1"}


@in_folder
def test_a_whole_source_is_never_called_damaged(
    store: Store, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a store that says the same of everything."""
    store.put("a/1", b"a document")
    trouble.lie(True)
    monkeypatch.setattr(type(store), "digest", lambda *_key: digest_of(b"another"))

    with pytest.raises(CopyDiffers, match=r"^b/1$"):
        store.copy("a/1", "b/1", digest_of(b"a document"))


@both
@pytest.mark.parametrize("content", [b"a document", LARGE], ids=["small", "large"])
def test_a_copy_that_does_not_come_back_is_named_and_can_be_made_again(
    store: Store, trouble: Trouble, content: bytes
) -> None:
    store.put("a/1", content)

    trouble.lie(True)
    with pytest.raises(CopyDiffers, match=r"^b/1$"):
        store.copy("a/1", "b/1", digest_of(content))
    assert store.digest("b/1") != digest_of(content)

    trouble.lie(False)
    store.copy("a/1", "b/1", digest_of(content))
    assert everything() == {"a/1": content, "b/1": content}


@both
def test_a_store_that_refuses_says_so_in_the_words_of_the_system(
    store: Store, trouble: Trouble
) -> None:
    store.put("a/1", b"a document")
    trouble.refuse("QuotaExceeded")

    calls: tuple[Callable[[], object], ...] = (
        lambda: store.digest("a/1"),
        lambda: store.put("a/2", b"a document"),
        lambda: store.copy("a/1", "b/1", digest_of(b"a document")),
        lambda: store.remove(["a/1"]),
    )
    for ask in calls:
        with pytest.raises(OSError, match="QuotaExceeded") as refusal:
            ask()
        assert refusal.value.strerror == "QuotaExceeded"
    assert everything() == {"a/1": b"a document"}


@both
def test_what_is_removed_twice_is_removed(store: Store) -> None:
    for number in range(3):
        store.put(f"a/{number}", b"a document")

    store.remove(["a/0", "a/1"])
    store.remove(["a/0", "a/1", "never/there"])
    store.remove([])

    assert files() == {"a/2"}


@both
def test_who_copies_into_a_folder_that_was_closed_leaves_nothing(store: Store) -> None:
    content = digest_of(b"a document")
    store.put("a/0/1", b"a document")
    store.put("ab/0/1", b"a document")
    store.put(MARK, b"ours")
    store.open_folder("a/m-1", MARK)
    store.copy("a/0/1", "a/m-1/0/1", content)
    store.copy("a/0/1", "a/m-1/1/1000", content)

    store.close_folder("a/m-1")
    store.close_folder("a/m-1")
    assert files() == {"a/0/1", "ab/0/1"}
    with pytest.raises(FileNotFoundError):
        store.copy("a/0/1", "a/m-1/0/1", content)
    assert files() == {"a/0/1", "ab/0/1"}

    store.open_folder("a/m-1", MARK)
    store.copy("a/0/1", "a/m-1/0/1", content)
    assert files() == {"a/0/1", "ab/0/1", "a/m-1/0/1"}


# --- of a bucket alone


@in_s3
@pytest.mark.django_db
def test_a_run_says_how_far_it_is_after_each_hundred_documents(
    store: Store, a_move: MakeMove
) -> None:
    administration = make_administration()
    fill_with(administration, 101)
    kind = MoveType.MOVE_ENVIRONMENT
    move = a_move(MoveState.APPROVED, move_type=kind, administration=administration)

    first = next_chunk(move, Attempt())

    assert first is not None
    assert len(first.documents) == 100


@in_s3
def test_many_files_are_removed_a_thousand_at_a_time(
    store: Store, bucket: Bucket
) -> None:
    keys = [f"a/{number}" for number in range(2001)]
    bucket.objects = dict.fromkeys([*keys, "b/1"], b"a document")

    store.remove(keys)

    assert files() == {"b/1"}
    assert bucket.requests == ["POST delete"] * 3


@in_s3
def test_a_file_that_the_bucket_holds_on_to_is_a_refusal(
    store: Store, bucket: Bucket
) -> None:
    bucket.objects = {"a/1": b"a document", "a/2": b"a document"}
    bucket.stuck = {"a/2"}

    with pytest.raises(OSError, match="AccessDenied"):
        store.remove(["a/1", "a/2"])

    assert files() == {"a/2"}


@in_s3
def test_a_large_file_goes_in_parts_and_none_is_left_behind(
    store: Store, bucket: Bucket
) -> None:
    bucket.objects = {"a/1": LARGE}

    store.copy("a/1", "b/1", digest_of(LARGE))

    sent = [line for line in bucket.requests if line.startswith("PUT")]
    assert sent == ["PUT b/1"] * 3
    assert bucket.objects["b/1"] == LARGE
    assert bucket.uploads == {}


@in_s3
@pytest.mark.parametrize("content", [b"a document", LARGE], ids=["small", "large"])
def test_a_source_that_breaks_off_is_not_called_damaged(
    store: Store, bucket: Bucket, content: bytes
) -> None:
    """The way to it is broken, and the file is not."""
    bucket.objects = {"a/1": content}
    bucket.breaks_off = True

    with pytest.raises(OSError, match=r"Error"):
        store.copy("a/1", "b/1", digest_of(content))

    assert files() == {"a/1"}
    assert bucket.uploads == {}


@in_s3
@pytest.mark.parametrize("content", [b"a document", LARGE], ids=["small", "large"])
def test_what_is_damaged_on_the_way_is_never_kept(
    store: Store, bucket: Bucket, content: bytes
) -> None:
    bucket.objects = {"a/1": content}
    bucket.damages = True

    with pytest.raises(CopyDiffers, match=r"^b/1$"):
        store.copy("a/1", "b/1", digest_of(content))

    assert files() == {"a/1"}
    assert bucket.uploads == {}


@in_s3
def test_a_bucket_that_is_not_there_is_no_damaged_document(
    store: Store, bucket: Bucket, settings: Settings
) -> None:
    options = {"bucket_name": "another", "endpoint_url": bucket.endpoint}
    archive = {**settings.STORAGES["archive"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "archive": archive}

    with pytest.raises(OSError, match="NoSuchBucket"):
        archive_store().copy("a/1", "b/1", digest_of(b"a document"))


def test_the_portal_needs_no_boto_where_its_files_lie_in_a_folder() -> None:
    """All of it is loaded with these packages hidden."""
    hidden = "import sys; sys.modules.update(dict.fromkeys(('boto3', 'storages')));"
    load = (
        "import django; django.setup();"
        "from django.core.management import call_command;"
        "from adminmoves.archive.store import archive_store; archive_store().location;"
        "import adminmoves.execution.tasks; call_command('check')"
    )

    done = subprocess.run(
        [sys.executable, "-c", hidden + load], cwd=CHECKOUT, check=False
    )

    assert done.returncode == 0
