"""``make faults``: a long round of faults on servers of its own, and its report.

``ROUND=short|long``, ``MOVES=500`` and ``SEED=…`` choose. PostgreSQL keeps its promises
here as in production, and a supervisor starts it again when a fault ends it.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import django

from migrations_portal.supervisor import postgres
from migrations_portal.supervisor.account import child_account
from migrations_portal.supervisor.children import Child
from migrations_portal.supervisor.ports import free_port
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import CHECKOUT, SECRETS, state_folder
from migrations_portal.supervisor.throwaway import (
    DATABASE,
    prepare,
    settings_env,
    throw_away_folder,
)

MOST_SECONDS = 2 * 60 * 60
"""After this a round is ended, whatever it was at."""


def main(arguments: list[str]) -> int:
    if arguments == ["round"]:
        django.setup()
        return int(import_module("tests.faults.long").main())
    # So that whatever was started is ended with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with throw_away_folder() as folder, database(folder) as (child, env):
            prepare(env)
            return watched(child, env)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - a command line
        return 1


@contextmanager
def database(folder: Path) -> Iterator[tuple[Child, dict[str, str]]]:
    """A PostgreSQL with its usual safety, and the environment of a round on it."""
    account = child_account()
    server = postgres.Postgres(
        install=postgres.find_install(account, state_folder()),
        data=folder / "postgresql",
        port=free_port(),
        secrets={name: secrets.token_urlsafe(24) for name in SECRETS},
        account=account,
    )
    server.initialise()
    child = Child(server.program(folder / "postgresql.log"))
    child.start()
    try:
        server.create_roles(DATABASE, owner_makes_databases=True)
        yield (
            child,
            {
                **settings_env(folder),
                "DATABASE_URL": server.url(postgres.APP, DATABASE),
                "DATABASE_OWNER_URL": server.url(postgres.OWNER, DATABASE),
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "FAULTS_POSTGRES": str(server.data),
            },
        )
    finally:
        child.stop()


def watched(child: Child, env: dict[str, str]) -> int:
    """Run the round, and start PostgreSQL again whenever it ends."""
    command = [sys.executable, "-m", "tests.faults", "round"]
    deadline = time.monotonic() + MOST_SECONDS
    with subprocess.Popen(command, cwd=CHECKOUT, env=env) as process:
        try:
            while process.poll() is None:
                child.watch()
                if time.monotonic() > deadline:
                    raise CannotStart("The round took too long; it was ended.")
                time.sleep(0.1)
        finally:
            process.terminate()
        return process.returncode


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    sys.exit(main(sys.argv[1:]))
