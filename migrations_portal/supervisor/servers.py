"""The two servers of a running portal: our own, or the ones that were given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import redis

from migrations_portal.supervisor import postgres, valkey
from migrations_portal.supervisor.account import Account
from migrations_portal.supervisor.children import Child, leftover_ended
from migrations_portal.supervisor.ports import free_port, wait_for
from migrations_portal.supervisor.refusals import CannotStart

DATABASE = "portal"


@dataclass(frozen=True, slots=True)
class Urls:
    app: str
    owner: str
    broker: str

    @property
    def app_role(self) -> str:
        """The name of the app role, which a given server may have changed."""
        return role_in(self.app)


def role_in(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def given_urls(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The URLs of both database roles, when the environment gives them."""
    app, owner = environ.get("DATABASE_URL"), environ.get("DATABASE_OWNER_URL")
    if not app and not owner:
        return None
    if not app or not owner:
        raise CannotStart(
            "Set both DATABASE_URL (the app role) and DATABASE_OWNER_URL (the owner "
            "role), or neither."
        )
    return app, owner


def own_postgres(
    account: Account, state: Path, secrets: dict[str, str]
) -> postgres.Postgres:
    data = state / "postgresql-data"
    if not leftover_ended(data / "postmaster.pid"):
        raise CannotStart(
            "PostgreSQL of an earlier start still runs on this checkout's data; stop "
            f"it first (its process id is the first line of {data}/postmaster.pid)."
        )
    server = postgres.Postgres(
        install=postgres.find_install(account, state),
        data=data,
        port=free_port(),
        secrets=secrets,
        account=account,
    )
    server.initialise()
    return server


def own_valkey(account: Account, state: Path, secrets: dict[str, str]) -> valkey.Valkey:
    return valkey.Valkey(
        binary=valkey.find_binary(account, state),
        folder=state / "valkey-data",
        port=free_port(),
        password=secrets["valkey"],
        account=account,
    )


def wait_for_valkey(server: valkey.Valkey) -> None:
    if not wait_for(server.port, 10):
        raise CannotStart("Valkey did not start; see valkey.log in the state folder.")


def wait_for_postgres(server: postgres.Postgres, child: Child) -> None:
    try:
        server.create_roles(DATABASE, owner_makes_databases=False)
    except psycopg2.OperationalError as silent:
        child.stop()
        raise CannotStart(
            "PostgreSQL did not start; see postgresql.log in the state folder."
        ) from silent


def refuse_unreachable_database(url: str, name: str) -> None:
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError as refused:
        where = urlsplit(url)
        raise CannotStart(
            f"{name} leads to no database that lets us in ({where.hostname}:"
            f"{where.port or 5432}): {str(refused).splitlines()[0]}"
        ) from refused


def refuse_unreachable_broker(url: str) -> None:
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except redis.RedisError as refused:
        raise CannotStart(
            f"REDIS_URL leads to no server that lets us in: {refused}"
        ) from refused
