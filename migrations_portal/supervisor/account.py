"""The account of the children: our own, or `nobody` if we are root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

from migrations_portal.supervisor.refusals import CannotStart

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The user of the children; `is_other` if it is not our own."""

    uid: int
    gid: int
    is_other: bool

    def identity(self) -> Identity:
        """The arguments of subprocess that start a child as this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def folder(self, path: Path) -> Path:
        """A folder that only this account may enter."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        self.own(path)
        return path

    def can_run(
        self, command: Sequence[str | Path], env: Mapping[str, str] = NO_VARIABLES
    ) -> bool:
        """Whether this account can run the command with exit code 0."""
        try:
            tried = subprocess.run(
                command,
                **self.identity(),
                cwd="/",
                env={"PATH": os.defpath, **env},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
        except (PermissionError, FileNotFoundError):
            return False
        return tried.returncode == 0


def ourselves() -> Account:
    return Account(os.geteuid(), os.getegid(), is_other=False)


def child_account() -> Account:
    """The account that servers and processes of the portal run as."""
    if os.geteuid() != 0:
        return ourselves()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as absent:
        raise CannotStart(
            "As root the servers run as the user 'nobody', which this machine does "
            "not have; start as a normal user."
        ) from absent
    return Account(nobody.pw_uid, nobody.pw_gid, is_other=True)


def copy_readable(source: Path, target: Path) -> None:
    """Copy one file so that every account can read it, and run it if it runs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)


def open_folders(folder: Path) -> None:
    """Let every account enter the folder and read what is in it; change nothing else.

    A file that its owner may run can be run by all.
    """
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        runs = path.is_dir() or mode & 0o100
        path.chmod(mode | (0o555 if runs else 0o444))
