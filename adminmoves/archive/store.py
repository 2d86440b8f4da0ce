"""The store of the files: Django's storage "archive", whose copies are read back.

``FileStore`` is a folder, ``S3Store`` a bucket (s3.py).
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from django.core.files.storage import FileSystemStorage, storages

from adminmoves.archive.durable import (
    make_below,
    on_disk,
    opened,
    read_file,
    rewrite_file,
    sync_folders,
    write_file,
)

BLOCK = 1024 * 1024
PART = ".part-"
"""In the name of a file that is being written, or was left half-written."""


class Digest(NamedTuple):
    """Size in bytes, and SHA-256 in hex."""

    size: int
    sha256: str


class SourceDiffers(Exception):
    """The source is not what its row says: it is damaged, or gone."""


class CopyDiffers(Exception):
    """A copy reads back differently than it was written."""


class NotRemoved(OSError):
    """``stuck``: the error of each file that stays; ``removed``: how many went."""

    def __init__(self, removed: int, stuck: Mapping[str, OSError]) -> None:
        first = next(iter(stuck.values()))
        super().__init__(first.errno, first.strerror)
        self.removed, self.stuck = removed, stuck


class Store(Protocol):
    """A store of files. Every method raises OSError where the store refuses."""

    max_documents: int
    """Of one chunk, so that a chunk takes less than a lease."""

    @property
    def location(self) -> str: ...

    def make(self) -> None:
        """Make the place for the files, if it is not there."""

    def digest(self, key: str) -> Digest | None:
        """Read a file whole, for its size and SHA-256; None if it is missing."""

    def read(self, key: str) -> bytes | None:
        """Read a small file; None if it is missing."""

    def put(self, key: str, content: bytes) -> None:
        """Write a file, in the place of the old one if any."""

    def copy(self, source: str, target: str, expected: Digest) -> None:
        """Copy one file and read it back. Under ``target`` never appears a part of it.

        Raises SourceDiffers, CopyDiffers. The folder may not have been closed.
        """

    def rewrite(self, key: str) -> None:
        """Write a small file at the top once more; FileNotFoundError: it is not there.

        Nothing is written to what came to stand at the place of the store.
        """

    def open_folder(self, folder: str, mark: str) -> None:
        """Let copies be made in this folder of a move, until it is closed.

        Only where the file ``mark`` is at the top, or FileNotFoundError: nothing is
        made in what came to stand at the place of the store.
        """

    def close_folder(self, folder: str) -> None:
        """Remove the folder; a worker that still copies leaves nothing in it."""

    def remove_parts(self, folder: str) -> None:
        """Remove half-written files in this folder."""

    def durable(self, keys: Collection[str]) -> AbstractContextManager[None]:
        """Files written to these keys inside it survive a power cut after it."""

    def remove(self, keys: list[str]) -> int:
        """Remove these files; how many there were, since one may be gone already.

        Raises NotRemoved where some stay; the others are removed all the same.
        """


class FileStore(FileSystemStorage):
    """A folder. A file gets its key only after it was written whole and read back."""

    max_documents = 500

    def make(self) -> None:
        Path(self.location).mkdir(parents=True, exist_ok=True)

    def digest(self, key: str) -> Digest | None:
        return _digest_of(self.path(key))

    def read(self, key: str) -> bytes | None:
        return read_file(self.path(key))

    def put(self, key: str, content: bytes) -> None:
        path = Path(self.path(key))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content, _part_of(str(path)))

    def rewrite(self, key: str) -> None:
        """Write a file at the top once more; FileNotFoundError: it is not there."""
        with opened(str(self.location)) as root:
            rewrite_file(root, key, _part_of(key))

    def open_folder(self, folder: str, mark: str) -> None:
        """Let copies be made in this folder of a move, until it is closed.

        Raises FileNotFoundError where the file ``mark`` is not at the top.
        """
        # By descriptor: a disk may go away between the look and the making.
        with opened(str(self.location)) as root:
            os.stat(mark, dir_fd=root)
            make_below(root, folder)

    def close_folder(self, folder: str) -> None:
        path = Path(self.path(folder))
        if path.exists():
            shutil.rmtree(path)
            sync_folders([path.parent])
            self._tidy(path.parent)

    def remove_parts(self, folder: str) -> None:
        parts = list(Path(self.path(folder)).rglob(f"*{PART}*"))
        for part in parts:
            part.unlink(missing_ok=True)
        sync_folders({part.parent for part in parts})

    def copy(self, source: str, target: str, expected: Digest) -> None:
        """Copy one file; under ``target`` appears all of it or nothing.

        Raises SourceDiffers, CopyDiffers, and OSError where the disk refuses or the
        move's folder is not open.
        """
        path = self.path(target)
        # A name of its own per try: a worker that woke up late writes into no other's.
        part = _part_of(path)
        try:
            copied = _digest_of(part) if self.write(source, part) else None
            # A right copy proves a right source, so the source is not read again.
            if copied != expected:
                compare(_digest_of(self.path(source)), expected, SourceDiffers(source))
                compare(copied, expected, CopyDiffers(target))
            # Of millions of files: making a Path of each costs more than renaming it.
            os.replace(part, path)  # noqa: PTH105 - for the speed that the line above tells of
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    def write(self, source: str, path: str) -> bool:
        """Write a new file from a key. False: there is no file under that key."""
        try:
            reading = os.open(self.path(source), os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            writing = _create(path)
            try:
                for block in _blocks(reading):
                    _write(block, writing)
            finally:
                os.close(writing)
        finally:
            os.close(reading)
        return True

    def durable(self, keys: Collection[str]) -> AbstractContextManager[None]:
        return on_disk(str(self.location), [self.path(key) for key in keys])

    def remove(self, keys: list[str]) -> int:
        """Remove these files; how many there were. Raises NotRemoved."""
        paths = {key: Path(self.path(key)) for key in keys}
        removed, stuck = 0, dict[str, OSError]()
        for key, path in paths.items():
            try:
                path.unlink()
                removed += 1
            except FileNotFoundError:
                continue  # gone already
            except OSError as refused:
                stuck[key] = refused
        folders = {path.parent for path in paths.values()}
        sync_folders(folders)
        for folder in folders:
            self._tidy(folder)
        if stuck:
            raise NotRemoved(removed, stuck)
        return removed

    def _tidy(self, folder: Path) -> None:
        """Remove half-written files of a killed worker, and empty folders."""
        root = Path(self.path(""))
        with suppress(OSError):
            if not any(PART not in name.name for name in folder.iterdir()):
                for left in folder.iterdir():
                    left.unlink(missing_ok=True)
            while folder != root:
                folder.rmdir()
                folder = folder.parent


def archive_store() -> Store:
    return cast("Store", storages["archive"])


def compare(found: Digest | None, expected: Digest, otherwise: Exception) -> None:
    if found != expected:
        raise otherwise


def measure(blocks: Iterable[bytes]) -> Digest:
    size, sha256 = 0, hashlib.sha256()
    for block in blocks:
        size += len(block)
        sha256.update(block)
    return Digest(size, sha256.hexdigest())


def _part_of(path: str) -> str:
    return f"{path}{PART}{secrets.token_hex(4)}"


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        # One level only: the folder of the move may have been closed.
        Path(path).parent.mkdir(exist_ok=True)
        return os.open(path, flags, 0o600)


def _digest_of(path: str) -> Digest | None:
    try:
        reading = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return measure(_blocks(reading))
    finally:
        os.close(reading)


def _write(block: bytes, writing: int) -> None:
    done = os.write(writing, block)
    while done < len(block):
        done += os.write(writing, block[done:])


def _blocks(reading: int) -> Iterator[bytes]:
    """The rest of a file. A short block ends it, which saves a read on a small file."""
    while block := os.read(reading, BLOCK):
        yield block
        if len(block) < BLOCK:
            return
