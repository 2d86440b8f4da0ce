"""`make run`: one command, and what it promises about processes and data."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest

from migrations_portal.supervisor.portal import healthy
from tests.runtime.portals import (
    Portal,
    a_checkout,
    a_portal,
    alive,
    environment,
    state_of,
    supervisor,
    wait_until,
)

# Some start the portal three times, on an empty database.
pytestmark = [pytest.mark.workers, pytest.mark.timeout(300)]

WHO = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
"""
SERVING = ("gunicorn", "celery -A migrations_portal worker", "beat")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout in which nothing runs."""
    with a_checkout(tmp_path_factory.mktemp("run")) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that goes on running from test to test."""
    folder = tmp_path_factory.mktemp("portal")
    with a_checkout(folder) as checkout, a_portal(checkout) as portal:
        yield portal


def process(portal: Portal, words: str) -> int:
    """The first process of the portal whose command has these words."""
    return min(pid for pid, line in portal.children().items() if words in line)


def serving(portal: Portal) -> dict[str, list[int]]:
    """The processes of each program that serves."""
    lines = portal.children()
    return {words: [pid for pid in lines if words in lines[pid]] for words in SERVING}


def owner_of(process: Path) -> int | None:
    """The user of a process; None when it has ended."""
    try:
        return process.stat().st_uid
    except FileNotFoundError:
        return None


def test_children_serve_as_the_app_role_and_never_as_root(portal: Portal) -> None:
    # One that died in another test may be on its way back.
    wait_until(lambda: all(serving(portal).values()), portal.text)
    wait_until(portal.is_ready, portal.text)

    assert portal.shell(WHO) == "portal_app"
    lines = portal.children()
    for pid in [pid for pids in serving(portal).values() for pid in pids]:
        environ = environment(pid)
        assert "//portal_app:" in environ["DATABASE_URL"]
        assert not [value for value in environ.values() if "portal_owner" in value]
    # A connection of the database may end while we look.
    owners = {owner_of(Path(f"/proc/{pid}")) for pid in lines} - {None}
    assert owners
    assert 0 not in owners


@pytest.mark.parametrize("words", ["gunicorn", "celery", "postgres", "valkey-server"])
def test_a_child_that_dies_is_started_again(portal: Portal, words: str) -> None:
    wait_until(portal.is_ready, portal.text)
    before = process(portal, words)

    os.kill(before, signal.SIGKILL)

    def is_back() -> bool:
        lines = portal.children()
        return before not in lines and any(words in line for line in lines.values())

    wait_until(is_back, portal.text, 30)
    wait_until(portal.is_ready, portal.text)


def test_after_ctrl_c_no_process_is_left_and_the_data_is_kept(checkout: Path) -> None:
    with a_portal(checkout) as portal:
        portal.shell(
            "from django.contrib.auth.models import User;"
            "User.objects.create(username='kept')"
        )
        started = portal.children()

        assert portal.interrupt() == 0
        assert alive(started) == []

    with a_portal(checkout) as again:
        answer = again.shell(
            "from django.contrib.auth.models import User;"
            "print(User.objects.filter(username='kept').count())"
        )

    assert answer == "1"


def test_after_kill_9_of_the_supervisor_no_process_is_left(checkout: Path) -> None:
    with a_portal(checkout) as portal:
        started = portal.children()

        # A request that never ends keeps its process busy.
        with socket.create_connection(("127.0.0.1", portal.port)) as asking:
            asking.sendall(b"GET / HTTP/1.1\r\n")
            portal.kill()

            wait_until(lambda: alive(started) == [], lambda: str(alive(started)), 5)

    with a_portal(checkout) as again:
        assert healthy(again.port)


def test_while_postgresql_is_away_no_page_is_a_fault(portal: Portal) -> None:
    wait_until(portal.is_ready, portal.text)
    url = f"http://127.0.0.1:{portal.port}/inloggen/"
    os.kill(process(portal, "postgres"), signal.SIGKILL)

    seen = set[tuple[int, str | None]]()

    def is_back() -> bool:
        seen.add(ask(url))
        return portal.is_ready()

    wait_until(is_back, portal.text, 60)

    assert seen <= {(200, None), (503, "10")}
    assert ask(url) == (200, None)


def ask(url: str) -> tuple[int, str | None]:
    """The status of a page, and when to come back."""
    try:
        with urlopen(url, timeout=30) as answer:  # noqa: S310 - of our own portal
            return answer.status, answer.headers["Retry-After"]
    except HTTPError as refused:
        return refused.code, refused.headers["Retry-After"]


def test_every_static_file_has_the_name_of_its_content(portal: Portal) -> None:
    """So browsers store it for ever, and never mix parts of two versions."""
    wait_until(portal.is_ready, portal.text)
    seen: dict[str, str | None] = {}
    found = static_files_in(portal, "/inloggen/")

    while found:
        path = found.pop()
        with urlopen(f"http://127.0.0.1:{portal.port}{path}") as answer:
            seen[path] = answer.headers["Cache-Control"]
        if path.endswith((".js", ".css")):
            found |= static_files_in(portal, path) - set(seen)

    assert {Path(path).suffix for path in seen} >= {".js", ".css", ".woff2"}
    assert set(seen.values()) == {"max-age=315360000, public, immutable"}


def static_files_in(portal: Portal, path: str) -> set[str]:
    """The paths of the static files that a page, a script or a sheet names."""
    url = f"http://127.0.0.1:{portal.port}{path}"
    with urlopen(url) as answer:
        text = answer.read().decode()
    names = re.findall(r"""["']((?:/static/|\.{1,2}/)[\w./-]+)["']""", text)
    return {urlsplit(urljoin(url, name)).path for name in names}


def test_a_second_supervisor_of_a_checkout_is_refused(portal: Portal) -> None:
    second = refused(portal.checkout)

    assert second == (
        "The portal of this checkout runs already; stop it there (Ctrl-C) or use "
        "another checkout."
    )


def test_a_command_on_a_stopped_portal_is_refused(checkout: Path) -> None:
    state = state_of(checkout)
    (state / "run.json").write_text("{}")

    assert refused(checkout, "manage", "check") == (
        "The portal does not run; start it first: make run."
    )


def test_a_taken_port_is_named(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        waits = f"Port {port} is taken; waiting 5 seconds.\n"

        assert refused(checkout, PORT=port, told_before=waits) == (
            f"Port {port} is taken by another program; choose another one: "
            "make run PORT=8123."
        )


def test_half_a_database_is_refused(checkout: Path) -> None:
    assert refused(checkout, DATABASE_URL="postgresql://a:b@127.0.0.1:1/c") == (
        "Set both DATABASE_URL (the app role) and DATABASE_OWNER_URL (the owner "
        "role), or neither."
    )


def test_an_unreachable_database_is_named(checkout: Path) -> None:
    url = "postgresql://a:b@127.0.0.1:1/c"

    answer = refused(checkout, DATABASE_URL=url, DATABASE_OWNER_URL=url)

    assert answer.startswith(
        "DATABASE_URL leads to no database that lets us in (127.0.0.1:1): "
    )
    assert "a:b" not in answer


def test_secrets_are_for_the_owner_of_the_checkout_alone(portal: Portal) -> None:
    state = state_of(portal.checkout)

    modes = {
        name: (state / name).stat().st_mode & 0o777
        for name in ("secrets.json", "run.json", "logs", "postgresql-data")
    }

    assert modes == {
        "secrets.json": 0o600,
        "run.json": 0o600,
        "logs": 0o700,
        "postgresql-data": 0o700,
    }


def refused(checkout: Path, *command: str, told_before: str = "", **env: str) -> str:
    """The one sentence with which a start is refused."""
    given = {"PATH": os.environ["PATH"], **env}
    done = subprocess.run(
        supervisor(*(command or ("run",))),
        cwd=checkout,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, told_before)
    return done.stderr.strip()
