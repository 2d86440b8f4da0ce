"""Servers of one measurement, apart from those of a running portal."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from migrations_portal.supervisor import postgres
from migrations_portal.supervisor.account import Account, child_account
from migrations_portal.supervisor.children import Child
from migrations_portal.supervisor.ports import free_port, wait_for
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import SECRETS, state_folder
from migrations_portal.supervisor.throwaway import (
    DATABASE,
    prepare,
    run_python,
    settings_env,
    throw_away_folder,
)
from migrations_portal.supervisor.valkey import Valkey, find_binary

# These only shorten the filling; a commit is on the disk, as in production.
SETTINGS = ("max_wal_size=8GB", "maintenance_work_mem=512MB", "shared_buffers=1GB")
WITH_DJANGO = {
    "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
    "PORTAL_LOG_FORMAT": "json",
}


@dataclass(frozen=True, slots=True)
class Servers:
    """``env``: the environment of a part of the measurement."""

    folder: Path
    env: dict[str, str]


@contextmanager
def throw_away_servers() -> Iterator[Servers]:
    """Start PostgreSQL, with the schema as template, and Valkey, on loopback."""
    with throw_away_folder() as folder, ExitStack() as stack:
        account = child_account()
        env = {
            **settings_env(folder),
            **_postgres(folder, account, stack),
            "REDIS_URL": _valkey(folder, account, stack),
            **WITH_DJANGO,
        }
        prepare(env)
        if run_python(["-m", "migrations_portal.prepare", "static"], env):
            raise CannotStart("The set-up failed; the lines above say why.")
        yield Servers(folder, env)


def _postgres(folder: Path, account: Account, stack: ExitStack) -> dict[str, str]:
    server = postgres.Postgres(
        install=postgres.find_install(account, state_folder()),
        data=folder / "postgresql",
        port=free_port(),
        secrets={name: secrets.token_urlsafe(24) for name in SECRETS},
        account=account,
    )
    server.initialise()
    log = folder / "postgresql.log"
    _run(Child(server.program(log, *SETTINGS)), stack)
    server.create_roles(DATABASE, owner_makes_databases=True)
    return {
        "DATABASE_URL": server.url(postgres.APP, DATABASE),
        "DATABASE_OWNER_URL": server.url(postgres.OWNER, DATABASE),
        "BENCH_SUPERUSER_URL": server.url(postgres.SUPERUSER, DATABASE),
        "BENCH_POSTGRES_LOG": str(log),
    }


def _valkey(folder: Path, account: Account, stack: ExitStack) -> str:
    server = Valkey(
        find_binary(account, state_folder()),
        folder / "valkey",
        free_port(),
        secrets.token_urlsafe(24),
        account,
    )
    _run(Child(server.program(folder / "valkey.log")), stack)
    if not wait_for(server.port, 10):
        raise CannotStart("Valkey did not start.")
    return server.url


def _run(child: Child, stack: ExitStack) -> None:
    child.start()
    stack.callback(child.stop)
