"""Real servers for tests: the database as owner and as app, Valkey, Celery."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg2 import extensions, sql
from pytest_django import DjangoDbBlocker, Settings

from adminmoves.archive.store import archive_store
from adminmoves.management.commands.grant_app_role import database_statements
from migrations_portal.supervisor.account import ourselves
from migrations_portal.supervisor.children import Child, Program
from migrations_portal.supervisor.ports import wait_for
from migrations_portal.supervisor.servers import role_in
from migrations_portal.supervisor.state import CHECKOUT
from migrations_portal.supervisor.valkey import Valkey, find_binary
from tests.flush import Flusher

Connect = Callable[[], extensions.connection]
Workers = Callable[..., list["Process"]]

# --- the database ---------------------------------------------------------------


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def as_owner(name: str) -> extensions.connection:
    connection = psycopg2.connect(with_database(os.environ["DATABASE_OWNER_URL"], name))
    connection.autocommit = True
    return connection


@pytest.fixture(scope="session")
def database_name(worker_id: str) -> str:
    return f"{urlsplit(os.environ['DATABASE_URL']).path[1:]}_{worker_id}"


@pytest.fixture(scope="session")
def django_db_setup(
    database_name: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database of this test process: made by the owner, used as the app role."""
    template = urlsplit(os.environ["DATABASE_URL"]).path[1:]
    copy_database(template, database_name)
    app = connections["default"]
    app.close()
    app.settings_dict["NAME"] = database_name
    owner = as_owner(database_name)
    flusher = Flusher(owner)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda _case: flusher.flush()
        )
        yield
    with django_db_blocker.unblock():
        connections.close_all()
    owner.close()
    drop_database(database_name)


def copy_database(template: str, name: str) -> None:
    """Copy the migrated template; one process at a time, as PostgreSQL wants."""
    drop_database(name)
    with closing(as_owner("postgres")) as server, server.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('test template'))")
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        # A copy does not carry the rights on the database itself.
        for statement in database_statements(role_in(os.environ["DATABASE_URL"]), name):
            cursor.execute(statement)


def drop_database(name: str) -> None:
    with closing(as_owner("postgres")) as server, server.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(name)
            )
        )


@pytest.fixture
def owner(
    transactional_db: None, database_name: str
) -> Iterator[extensions.connection]:
    """The owner's own connection to the test database, in autocommit."""
    connection = as_owner(database_name)
    yield connection
    connection.close()


@pytest.fixture
def app_sql(transactional_db: None, database_name: str) -> Iterator[Connect]:
    """Makes raw connections of the app role, without Django in between."""
    made: list[extensions.connection] = []

    def connect() -> extensions.connection:
        url = with_database(os.environ["DATABASE_URL"], database_name)
        made.append(psycopg2.connect(url))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


# --- the broker -----------------------------------------------------------------


class Broker:
    """This test process's Valkey: it can be stopped, started and wiped."""

    def __init__(self, folder: Path) -> None:
        url = urlsplit(settings.CELERY_BROKER_URL)
        self.url: str = settings.CELERY_BROKER_URL
        self.port = url.port or 0
        # The tests' own Valkey runs as whoever runs the tests.
        account = ourselves()
        server = Valkey(
            find_binary(account, folder),
            folder / "valkey",
            self.port,
            url.password or "",
            account,
        )
        self.child = Child(server.program(folder / "valkey.log"))

    def start(self) -> None:
        if self.child.process is None:
            self.child.start()
            assert wait_for(self.port, 10), "Valkey did not start"

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        """As a power cut: no time to save anything."""
        self.child.end_group()
        self.child.stop()

    def forget(self) -> None:
        """Lose all that was saved."""
        for file in (self.child.program.folder / "appendonlydir").glob("*"):
            file.unlink()


@pytest.fixture(scope="session")
def session_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture
def broker(session_broker: Broker) -> Iterator[Broker]:
    """A Valkey that runs and is empty; stopped again at the end."""
    session_broker.start()
    yield session_broker
    session_broker.stop()
    session_broker.forget()


# --- Celery ---------------------------------------------------------------------


class Process:
    """A real Celery process, with its log."""

    def __init__(self, name: str, arguments: list[str], env: dict[str, str]) -> None:
        self.log = Path(env["PORTAL_STATE_DIR"]) / f"{name}.log"
        self.child = Child(
            Program(
                name=name,
                command=[
                    sys.executable, "-m", "celery", "-A", "migrations_portal",
                    *arguments,
                ],
                env=env,
                account=ourselves(),
                folder=CHECKOUT,
                grace=1,
                log=self.log,
            )
        )  # fmt: skip
        self.child.start()

    @property
    def pid(self) -> int:
        assert self.child.process is not None
        return self.child.process.pid

    @property
    def popen(self) -> subprocess.Popen[bytes]:
        assert self.child.process is not None
        return self.child.process

    def wait_until(self, words: str, seconds: float = 30) -> None:
        """Wait until the log says these words."""
        deadline = time.monotonic() + seconds
        while words not in self.text():
            assert self.popen.poll() is None, f"it stopped:\n{self.text()}"
            assert time.monotonic() < deadline, f"never {words!r}:\n{self.text()}"
            time.sleep(0.1)

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self) -> None:
        """kill -9 of the process and all its children, and reap it."""
        self.child.end_group()
        if self.child.process is not None:
            self.child.process.wait()

    def end(self) -> None:
        self.kill()
        self.child.process = None


@pytest.fixture
def celery_env(
    transactional_db: None, database_name: str, broker: Broker, tmp_path: Path
) -> dict[str, str]:
    """The environment of a process that serves this test's database and broker."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], database_name),
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": broker.url,
        "PORTAL_STATE_DIR": str(tmp_path),
        "PORTAL_ARCHIVE_DIR": str(archive_store().location),
    }


@pytest.fixture
def shelves(celery_env: dict[str, str], tmp_path: Path, settings: Settings) -> Path:
    """An archive that this test and its workers have to themselves, empty."""
    folder = tmp_path / "archive"
    folder.mkdir()
    celery_env["PORTAL_ARCHIVE_DIR"] = str(folder)
    storage = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "archive": storage}
    return folder


@pytest.fixture
def workers(celery_env: dict[str, str]) -> Iterator[Workers]:
    """Start n real workers with prefork pools; PORTAL_… settings may be given."""
    started: list[Process] = []

    def start(n: int = 1, *, concurrency: int = 2, **changes: str) -> list[Process]:
        fresh = []
        for _ in range(n):
            name = f"worker{len(started) + 1}"
            arguments = [
                "worker", "-Q", "celery,asks",
                "--pool=prefork", f"--concurrency={concurrency}",
                f"--hostname={name}@localhost", "--loglevel=INFO",
                "--without-gossip", "--without-mingle",
            ]  # fmt: skip
            process = Process(name, arguments, {**celery_env, **changes})
            started.append(process)
            fresh.append(process)
        for process in fresh:
            process.wait_until(" ready.")
        return fresh

    yield start
    for process in started:
        process.end()


@pytest.fixture
def worker(workers: Workers) -> Process:
    """One real worker."""
    return workers(1)[0]


@pytest.fixture
def beat(celery_env: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    """A real beat, which rings the sweep."""
    process = Process(
        "beat", ["beat", "--loglevel=INFO"],
        {**celery_env, "PORTAL_SWEEP_SECONDS": "1", "PORTAL_HEARTBEAT_SECONDS": "1"},
    )  # fmt: skip
    process.wait_until("beat: Starting")
    yield process
    process.end()
