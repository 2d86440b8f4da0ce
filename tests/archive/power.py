"""What a power cut leaves of a folder: a disk whose memory is lost."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from adminmoves.archive import durable


class Disk:
    """Knows what was synchronised below a folder, by watching the calls that do it.

    A file is there after a cut if its name, the names of all folders above it and its
    content were; one whose content was not is empty.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.contents: dict[int, bytes] = {}
        self.names: dict[int, dict[str, int]] = {}
        monkeypatch.setattr(os, "fsync", self.fsync)
        if durable.syncfs is not None:
            monkeypatch.setattr(durable, "syncfs", self.syncfs)

    def fsync(self, opened: int) -> None:
        found = os.fstat(opened)
        if stat.S_ISDIR(found.st_mode):
            self.names[found.st_ino] = {
                name: os.stat(name, dir_fd=opened).st_ino for name in os.listdir(opened)
            }
        else:
            self.contents[found.st_ino] = os.pread(opened, found.st_size, 0)

    def syncfs(self, _opened: int) -> int:
        for path in (self.root, *self.root.rglob("*")):
            opened = os.open(path, os.O_RDONLY)
            self.fsync(opened)
            os.close(opened)
        return 0

    def cut(self) -> None:
        """Lose what was only in memory."""
        left = self._below(self.root.stat().st_ino, Path())
        shutil.rmtree(self.root)
        self.root.mkdir()
        for path, content in left.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(content)

    def _below(self, folder: int, path: Path) -> dict[Path, bytes]:
        found: dict[Path, bytes] = {}
        for name, inode in self.names.get(folder, {}).items():
            if inode in self.names:
                found |= self._below(inode, path / name)
            else:
                found[path / name] = self.contents.get(inode, b"")
        return found


class Image:
    """An ext4 file system in a file, mounted by Linux itself."""

    def __init__(self, folder: Path, megabytes: int = 64) -> None:
        self.image, self.root = folder / "disk.img", folder / "disk"
        self.copy = self.image.with_suffix(".kept")
        self.root.mkdir()
        with self.image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", str(self.image))
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.root))

    def unmount(self) -> None:
        _run("umount", str(self.root))

    def hold(self) -> None:
        """Keep what the disk holds now: all that a power cut would leave."""
        _run("cp", "--sparse=always", str(self.image), str(self.copy))

    def cut(self) -> None:
        """Go on with what was held; what the kernel had in memory is lost."""
        self.unmount()
        self.copy.replace(self.image)
        self.mount()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
