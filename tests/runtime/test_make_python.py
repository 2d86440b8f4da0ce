"""The Makefile: which Python runs the suite, and which tests `make check` runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


def plan(tmp_path: Path, *arguments: str, target: str = "test") -> str:
    """What `make` would do in a folder whose .venv has the version of this Python."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    python(tmp_path / ".venv/bin/python", OURS)
    planned = subprocess.run(
        [shutil.which("make") or "make", "--dry-run", target, *arguments],
        cwd=tmp_path,
        # The suite may have been started by make, which hands on its own variables.
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return planned.stdout


def python(path: Path, version: str) -> Path:
    """A program that says the version of a Python, and does nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def test_another_python_gets_a_virtual_environment_of_its_own(tmp_path: Path) -> None:
    newer = python(tmp_path / "newer", "3.99")

    planned = plan(tmp_path, f"PYTHON={newer}")

    assert f"{newer} -m venv .venv-3.99" in planned
    assert ".venv-3.99/bin/python -m migrations_portal.supervisor test" in planned


@pytest.mark.parametrize("given", [[], ["PYTHON=./same"]])
def test_the_same_python_or_none_uses_the_one_there_is(
    tmp_path: Path, given: list[str]
) -> None:
    python(tmp_path / "same", OURS)

    planned = plan(tmp_path, *given)

    assert ".venv/bin/python -m migrations_portal.supervisor test" in planned
    assert ".venv-" not in planned


def test_check_runs_the_quick_and_the_slow_tests_whatever_part_was_chosen(
    tmp_path: Path,
) -> None:
    planned = plan(tmp_path, "ARGS=tests/docs", target="check").splitlines()

    assert [line.strip() for line in planned if "supervisor test" in line] == [
        ".venv/bin/python -m migrations_portal.supervisor test",
        ".venv/bin/python -m migrations_portal.supervisor test-slow",
    ]
