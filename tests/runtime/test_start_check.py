"""Nothing that serves starts where a guard does not stand or the schema is another."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg2 import extensions

from migrations_portal.supervisor.ports import free_port
from migrations_portal.supervisor.programs import (
    asks_arguments,
    beat_arguments,
    web_arguments,
    worker_arguments,
)
from migrations_portal.supervisor.state import CHECKOUT

pytestmark = pytest.mark.workers
NEWER = (
    "INSERT INTO django_migrations (app, name, applied)"
    " VALUES ('adminmoves', %s, now())"
)
OLDER = "DELETE FROM django_migrations WHERE name = %s"
LATER = "9999_later"


def start(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_no_process_serves_a_schema_that_it_does_not_know(
    owner: extensions.connection, celery_env: dict[str, str]
) -> None:
    programs = [
        web_arguments(free_port()),
        worker_arguments("late"),
        asks_arguments("late"),
        beat_arguments(),
    ]
    with owner.cursor() as cursor:
        cursor.execute(NEWER, [LATER])
        try:
            ended = [start(celery_env, *arguments) for arguments in programs]
        finally:
            cursor.execute(OLDER, [LATER])

    assert all(done.returncode for done in ended)
    sentence = "the schema is newer than this code, it has adminmoves.9999_later"
    assert all(sentence in done.stderr for done in ended)
    assert all("docs/operators.md" in done.stderr for done in ended)


def test_a_database_that_is_away_does_not_end_a_start(tmp_path: Path) -> None:
    """Nothing can be done without it; /readyz asks for the guards when it is back."""
    env = {
        **os.environ,
        "DATABASE_URL": f"postgresql://portal_app:x@127.0.0.1:{free_port()}/portal",
        "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
    }

    done = start(env, "migrations_portal.wsgi")

    assert done.returncode == 0
    assert "The guards could not be looked at" in done.stderr
