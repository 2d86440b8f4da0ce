"""The page for operators: its commands for a back-up, carried out as they stand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql
from pytest_django import Settings

from adminmoves.models.app_role_rights import GRANTS
from adminmoves.vocabulary import MoveState
from migrations_portal.supervisor.account import child_account
from migrations_portal.supervisor.installation import APPLICATION
from migrations_portal.supervisor.postgres import find_install
from migrations_portal.supervisor.state import CHECKOUT, state_folder
from tests.archive.shelves import fill_with
from tests.builders import make_administration, put_on_record
from tests.cast import MakeMove
from tests.docs.pages import fenced, read, section
from tests.runtime.test_grants import RIGHTS
from tests.servers import as_owner, drop_database, with_database

pytestmark = pytest.mark.slow

CHAPTER = "Back-up and restore"
FACTS = """
    SELECT (SELECT array_agg((m.id, m.state, m.plan_hash)) FROM adminmoves_move m),
           (SELECT array_agg((d.storage_key, d.sha256)) FROM adminmoves_document d)
"""
EVENTS = "SELECT id, digest FROM adminmoves_event ORDER BY id"


def carry_out(block: str, folder: Path, state: Path, database: str) -> None:
    """As an operator does it: line after line, until one fails."""
    programs = find_install(child_account(), state_folder()) / "bin"
    env = {name: value for name, value in os.environ.items() if "ARCHIVE" not in name}
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", block],
        cwd=folder,
        env={
            **env,
            "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
            "PORTAL_STATE_DIR": str(state),
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], database),
            "DATABASE_OWNER_URL": with_database(
                os.environ["DATABASE_OWNER_URL"], database
            ),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def ask(database: str, question: str) -> list[tuple[Any, ...]]:
    with closing(as_owner(database)) as owner, owner.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def files(state: Path) -> dict[str, bytes]:
    paths = [p for part in ("evidence", "archive") for p in (state / part).rglob("*")]
    return {str(p.relative_to(state)): p.read_bytes() for p in paths if p.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an operator stands: in the code, with room for the back-up."""
    here = tmp_path / "portal"
    here.mkdir()
    for part in APPLICATION:
        (here / part).symlink_to(CHECKOUT / part)
    return here


@pytest.fixture
def state(tmp_path: Path, settings: Settings) -> Path:
    """A state folder that nothing was kept in yet."""
    state = tmp_path / "state"
    settings.MEDIA_ROOT = str(state / "evidence")
    archive = {
        **settings.STORAGES["archive"],
        "OPTIONS": {"location": state / "archive"},
    }
    settings.STORAGES = {**settings.STORAGES, "archive": archive}
    return state


@pytest.fixture
def empty_database(database_name: str) -> Iterator[str]:
    """As the page has it made: the roles are there, the database is empty."""
    name = f"{database_name}_restored"
    drop_database(name)
    with closing(as_owner("postgres")) as server, server.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    drop_database(name)


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_what_was_saved_comes_back_whole(
    a_move: MakeMove,
    folder: Path,
    state: Path,
    database_name: str,
    empty_database: str,
    tmp_path: Path,
) -> None:
    save, restore, *_with_docker = fenced(
        section(read("docs/operators.md"), CHAPTER), "sh"
    )
    administration = make_administration()
    fill_with(administration, 5, seed=1)
    put_on_record()
    a_move(MoveState.AWAITING_APPROVAL, administration=administration)
    (state / "evidence").mkdir(exist_ok=True)
    (state / "evidence" / "mail.eml").write_bytes(b"Subject: moved")
    there = tmp_path / "elsewhere"

    carry_out(save, folder, state, database_name)
    carry_out(restore, folder, there, empty_database)

    assert ask(empty_database, FACTS) == ask(database_name, FACTS)
    saved, restored = (ask(name, EVENTS) for name in (database_name, empty_database))
    # That it was verified is an event as well.
    assert restored[: len(saved)] == saved
    granted = {table: tuple(rights) for table, rights in ask(empty_database, RIGHTS)}
    assert granted == GRANTS
    assert len(files(there)) == 6
    assert files(there) == files(state)
    # Another user may serve it.
    assert (there / "static" / "staticfiles.json").stat().st_mode & 0o044 == 0o044


@pytest.mark.django_db(transaction=True)
def test_a_portal_without_a_file_can_be_saved(
    folder: Path, state: Path, database_name: str
) -> None:
    save, *_rest = fenced(section(read("docs/operators.md"), CHAPTER), "sh")

    carry_out(save, folder, state, database_name)

    assert (folder / "portal.dump").exists()


@pytest.mark.parametrize("variable", ["PORTAL_TOKEN_KEYS", "SECRET_KEY", "evidence/"])
def test_all_that_has_to_be_saved_is_named(variable: str) -> None:
    text = section(read("docs/operators.md"), CHAPTER)
    table = [line for line in text.partition("```")[0].splitlines() if "|" in line]

    assert any(variable in line.split("|")[1] for line in table)
