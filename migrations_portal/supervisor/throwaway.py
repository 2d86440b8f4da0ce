"""Servers and settings for one run of the tests, the checks or the benchmarks."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from migrations_portal.supervisor import postgres, servers
from migrations_portal.supervisor.account import child_account
from migrations_portal.supervisor.children import Child
from migrations_portal.supervisor.ports import LOOPBACK, free_port
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import (
    CHECKOUT,
    SECRETS,
    state_folder,
    token_key,
)

DATABASE = "portal_test"
PREFIX = "test-"


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """Make a folder and remove it at the end, also after an error."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=state_folder()))
    # As root, the user of PostgreSQL must be able to enter it.
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away_settings() -> Iterator[dict[str, str]]:
    """The environment of a run, with a database of its own."""
    with throw_away_folder() as folder, _database_urls(folder) as (app, owner):
        yield {
            **settings_env(folder),
            "DATABASE_URL": app,
            "DATABASE_OWNER_URL": owner,
        }


def settings_env(folder: Path) -> dict[str, str]:
    """The variables that the settings need, without a server."""
    # With it every process would compile all modules again, and there are hundreds.
    given = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {
        **given,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_TOKEN_KEYS": token_key(secrets.token_urlsafe(32)),
        "DATABASE_URL": f"postgresql://{postgres.APP}@{LOOPBACK}:1/{DATABASE}",
        "PORTAL_STATE_DIR": str(folder),
        "PORTAL_HTTPS": "no",
    }


def run_python(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=env, check=False).returncode


@contextmanager
def _database_urls(folder: Path) -> Iterator[tuple[str, str]]:
    """The URLs of both roles: of the given server, or of one for this run."""
    given = servers.given_urls(os.environ)
    if given:
        yield given
        return
    account = child_account()
    server = postgres.Postgres(
        install=postgres.find_install(account, state_folder()),
        data=folder / "postgresql",
        port=free_port(),
        secrets={name: secrets.token_urlsafe(24) for name in SECRETS},
        account=account,
    )
    server.initialise()
    log = folder / "postgresql.log"
    child = Child(server.program(log, *postgres.THROW_AWAY))
    child.start()
    try:
        server.create_roles(DATABASE, owner_makes_databases=True)
        yield server.url(postgres.APP, DATABASE), server.url(postgres.OWNER, DATABASE)
    finally:
        child.stop()


def prepare(env: Mapping[str, str]) -> None:
    """Bring the schema and the generated files up to date."""
    owner = {**env, "DATABASE_URL": env["DATABASE_OWNER_URL"]}
    role = servers.role_in(env["DATABASE_URL"])
    for part, variables in ((["owner", role], owner), (["files"], env)):
        if run_python(["-m", "migrations_portal.prepare", *part], variables):
            raise CannotStart("The set-up failed; the lines above say why.")
