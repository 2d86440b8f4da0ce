"""`make test`: the suite on throw-away servers."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from migrations_portal.supervisor.throwaway import (
    prepare,
    run_python,
    throw_away_settings,
)

CHROMIUM = (
    # The same engine without a window, for half the processor time: the same pages
    # took 5.7 seconds of it instead of 12.0.
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
MAX_PROCESSES = 4


def run_tests(arguments: Sequence[str]) -> int:
    """Run the chosen tests, or all but the slow ones; return pytest's exit code."""
    return _run_pytest([], arguments) if arguments else _run_all("not slow")


def run_slow_tests(arguments: Sequence[str]) -> int:
    """Run the tests marked slow; return pytest's exit code."""
    return _run_pytest(["slow"], arguments) if arguments else _run_all("slow")


def _run_all(mark: str) -> int:
    # A part of the suite starts faster without these processes.
    processes = str(min(os.cpu_count() or 1, MAX_PROCESSES))
    return _run_pytest([mark], ["-n", processes, "--dist=worksteal"])


def _run_pytest(marks: list[str], arguments: Sequence[str]) -> int:
    with throw_away_settings() as env:
        prepare(env)
        return run_python(
            ["-m", "pytest", *chosen_by(marks), *arguments],
            {
                **env,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                # Playwright runs an event loop in the thread of the database tests.
                "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            },
        )


def chosen_by(marks: list[str]) -> list[str]:
    """Choose by these marks, without what this machine cannot run, unless CI is set."""
    lacking = {} if os.environ.get("CI") else _lacking()
    for why in lacking.values():
        print(why)
    marks = [*marks, *(f"not {mark}" for mark in lacking)]
    return ["-m", " and ".join(marks)] if marks else []


def _lacking() -> dict[str, str]:
    """The marks of tests that this machine cannot run, each with the reason."""
    lacking = {}
    if not any(shutil.which(name) for name in CHROMIUM):
        lacking["browser"] = (
            "No Chromium: browser tests are left out. "
            "On Debian: apt-get install chromium."
        )
    if not can_mount():
        lacking["mounts"] = (
            "No right to mount: power cuts of a real disk are left out; those of a "
            "disk that is played are not. It takes root on Linux with loop devices."
        )
    return lacking


def can_mount() -> bool:
    """Whether a file can be mounted as a disk; most containers may not."""
    if os.geteuid() or not shutil.which("mkfs.ext4"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "disk.img")
        image.write_bytes(bytes(1024 * 1024))
        mounts = (
            ["mkfs.ext4", "-q", str(image)],
            ["mount", "-o", "loop", str(image), folder],
            ["umount", folder],
        )
        return all(
            subprocess.run(command, capture_output=True, check=False).returncode == 0
            for command in mounts
        )
