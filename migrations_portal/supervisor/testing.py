"""`make test`: the suite on throw-away servers."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from migrations_portal.supervisor import postgres
from migrations_portal.supervisor.account import child_account
from migrations_portal.supervisor.children import Child
from migrations_portal.supervisor.ports import free_port
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import CHECKOUT, SECRETS, state_folder

DATABASE = "portal_test"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with what it needs; its exit code is ours."""
    with throw_away_folder() as folder, database_urls(folder) as urls:
        env = {**os.environ, **urls, **test_settings(folder)}
        prepare(env)
        selection = browser_selection()
        command = [sys.executable, "-m", "pytest", *selection, *arguments]
        return subprocess.run(command, cwd=CHECKOUT, env=env, check=False).returncode


def test_settings(folder: Path) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_STATE_DIR": str(folder),
        "PORTAL_HTTPS": "no",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=state_folder()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database_urls(folder: Path) -> Iterator[dict[str, str]]:
    """The URLs of both roles: of the given server, or of one for this run only."""
    if os.environ.get("DATABASE_OWNER_URL"):
        yield {}
        return
    account = child_account()
    server = postgres.Postgres(
        install=postgres.find_install(account, state_folder()),
        data=folder / "pgdata",
        port=free_port(),
        secrets={name: secrets.token_urlsafe(24) for name in SECRETS},
        account=account,
    )
    server.initialise()
    child = Child(server.program(folder / "postgresql.log", *postgres.THROW_AWAY))
    child.start()
    try:
        server.create_roles(DATABASE, owner_makes_databases=True)
        yield {
            "DATABASE_URL": server.url(postgres.APP, DATABASE),
            "DATABASE_OWNER_URL": server.url(postgres.OWNER, DATABASE),
        }
    finally:
        child.stop()


def prepare(env: dict[str, str]) -> None:
    """Make the template that every test database is copied from."""
    owner = {
        **env,
        "DATABASE_URL": env["DATABASE_OWNER_URL"],
        "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
    }
    for command in (["migrate", "--verbosity=0", "--skip-checks"], ["grant_app_role"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=CHECKOUT,
            env=owner,
            check=False,
        )
        if done.returncode:
            raise CannotStart(f"manage.py {command[0]} failed; see the lines above.")


def browser_selection() -> list[str]:
    """Leave the browser tests out where there is no browser, unless CI wants them."""
    if os.environ.get("CI") or any(shutil.which(name) for name in CHROMIUM):
        return []
    print(
        "No Chromium: browser tests are left out; apt-get install chromium adds them."
    )
    return ["-m", "not browser"]
