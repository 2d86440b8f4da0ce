"""Writes files durably: on the disk, so that they survive a power cut.

A file that was written and closed, and its name, may be in memory only. A row that
refers to a file is committed after the file is on the disk.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePath
from typing import Any, cast

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

if sys.platform == "darwin":
    import fcntl


def _find_syncfs() -> Callable[[int], int] | None:
    """The system call of Linux; elsewhere every file gets its own fsync."""
    if not sys.platform.startswith("linux"):
        return None
    with suppress(AttributeError):
        return cast("Callable[[int], int]", ctypes.CDLL(None, use_errno=True).syncfs)
    return None


# 500 files of 16 KB: 0.03 s in one call, 0.5 s with fsync of each.
syncfs = _find_syncfs()


@contextmanager
def on_disk(root: str, paths: Collection[str]) -> Iterator[None]:
    """At the end these files are on the disk, and all names from them up to ``root``.

    Raises OSError where any of it could not be written.
    """
    # Opened before the writes: the kernel reports a write that failed in the background
    # to descriptors that were open then.
    top = os.open(root, os.O_RDONLY)
    try:
        yield
        if syncfs is None:
            _sync_each(root, paths)
        else:
            _sync_file_systems(top, {Path(path).parent for path in paths})
    finally:
        os.close(top)


class DurableStorage(FileSystemStorage):
    """Django's folder, whose files are on the disk as soon as they are saved."""

    def make(self) -> None:
        """Make the folder, if it is not there."""
        Path(self.location).mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> bytes | None:
        """Read a small file; None where there is none."""
        return read_file(self.path(key))

    def put(self, key: str, content: bytes) -> None:
        """Write a file, in the place of the old one if any."""
        path = Path(self.path(key))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content, f"{path}.new")

    def rewrite(self, key: str) -> None:
        """Write a file of the folder itself once more. Raises FileNotFoundError."""
        with opened(str(self.location)) as root:
            rewrite_file(root, key, f"{key}.new")

    def durable(self, keys: Collection[str]) -> AbstractContextManager[None]:
        """Files that are written to these keys inside it are on the disk after it."""
        return on_disk(str(self.location), [self.path(key) for key in keys])

    def _save(self, name: str, content: File[Any]) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc] # in no stub
        _sync_each(str(self.location), [self.path(saved)])
        return saved


@contextmanager
def opened(folder: str) -> Iterator[int]:
    """A folder as a descriptor: the same folder until the end, whatever is mounted at
    its path, or renamed, in the meantime."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def make_below(root: int, folder: str) -> None:
    """Make a folder, and those above it, below an opened one."""
    below = PurePath(folder)
    for each in (*reversed(below.parents[:-1]), below):
        with suppress(FileExistsError):
            os.mkdir(each, dir_fd=root)


def rewrite_file(root: int, key: str, part: str) -> None:
    """Write a small file of an opened folder once more. Raises FileNotFoundError."""
    reading = os.open(key, os.O_RDONLY, dir_fd=root)
    with os.fdopen(reading, "rb") as file:
        content = file.read()
    write_file(key, content, part, root)


def read_file(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return None


def write_file(
    path: str | Path, content: bytes, part: str, root: int | None = None
) -> None:
    """Write a file under another name first, so that never a part of it is seen.

    Both names stand below the opened folder ``root``, where one is given.
    """
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(part, flags, 0o600, dir_fd=root), "wb") as file:
            file.write(content)
        os.replace(part, path, src_dir_fd=root, dst_dir_fd=root)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=root)
        raise


def sync_folders(folders: Collection[Path]) -> None:
    """Sync the names in these folders; a folder that is gone is fine."""
    for folder in folders:
        with suppress(FileNotFoundError):
            _sync(folder)


def _sync_file_systems(top: int, folders: Collection[Path]) -> None:
    """Sync the file system of ``top``, and any others that the folders are on."""
    _sync_file_system(top)
    done = {os.fstat(top).st_dev}
    for folder in folders:
        opened = os.open(folder, os.O_RDONLY)
        try:
            device = os.fstat(opened).st_dev
            if device not in done:
                _sync_file_system(opened)
                done.add(device)
        finally:
            os.close(opened)


def _sync_file_system(opened: int) -> None:
    if syncfs is not None and syncfs(opened):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _sync_each(root: str, paths: Collection[str]) -> None:
    """Sync files, then their names, then the names of their folders."""
    for path in paths:
        _sync(path)
    above = {folder for path in paths for folder in _folders_above(path, root)}
    for folder in sorted(above, key=lambda folder: len(folder.parts), reverse=True):
        _sync(folder)
    if sys.platform == "darwin":
        _empty_the_drive(root)


def _folders_above(path: str, root: str) -> Iterator[Path]:
    folder = Path(path).parent
    while folder != Path(root) and folder != folder.parent:
        yield folder
        folder = folder.parent
    yield Path(root)


def _sync(path: str | Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


if sys.platform == "darwin":

    def _empty_the_drive(path: str) -> None:
        # On macOS fsync leaves the data in the memory of the drive.
        opened = os.open(path, os.O_RDONLY)
        try:
            fcntl.fcntl(opened, fcntl.F_FULLFSYNC)
        finally:
            os.close(opened)
