"""The set-up before anything serves: who can read what it makes, and its patience."""

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from socket import SHUT_WR, create_connection, socket
from urllib.parse import urlsplit

from migrations_portal.supervisor.ports import LOOPBACK, free_port
from migrations_portal.supervisor.state import CHECKOUT

PRODUCTION = {"DJANGO_SETTINGS_MODULE": "migrations_portal.settings"}
COLLECT = """
import django
django.setup()
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
staticfiles_storage.save("css/a.css", ContentFile(b"a"))
staticfiles_storage.save_manifest()
"""
WAIT = """
import django
django.setup()
from migrations_portal import prepare
prepare.DATABASE_WAIT_SECONDS = {seconds}
prepare.SECONDS_BETWEEN_TRIES = 0.1
prepare.wait_for_database()
"""


def started(arguments: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **PRODUCTION, **env},
        stderr=subprocess.PIPE,
        text=True,
        umask=0o022,
    )


class Relay(socketserver.BaseRequestHandler):
    """Carries one connection to the real PostgreSQL."""

    def handle(self) -> None:
        url = urlsplit(os.environ["DATABASE_URL"])
        with create_connection((url.hostname or "", url.port or 5432)) as there:
            back = threading.Thread(target=carry, args=(there, self.request))
            back.start()
            carry(self.request, there)
            back.join()


def carry(source: socket, target: socket) -> None:
    """Pass on what comes, until one side ends."""
    with suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
        target.shutdown(SHUT_WR)


def test_another_user_can_read_what_is_collected(tmp_path: Path) -> None:
    step = started(["-c", COLLECT], {"PORTAL_STATE_DIR": str(tmp_path)})
    _, words = step.communicate()
    assert step.returncode == 0, words

    static = tmp_path / "static"
    modes = {
        str(path.relative_to(static)): oct(path.stat().st_mode & 0o777)
        for path in static.rglob("*")
    }

    assert modes == {"css": "0o755", "css/a.css": "0o644", "staticfiles.json": "0o644"}


def test_the_schema_step_waits_for_a_database_that_still_starts() -> None:
    port = free_port()
    url = urlsplit(os.environ["DATABASE_URL"])
    where = f"{url.username}:{url.password}@{LOOPBACK}:{port}"
    late = url._replace(netloc=where).geturl()
    waiting = started(["-c", WAIT.format(seconds=60)], {"DATABASE_URL": late})
    assert waiting.stderr is not None

    first = waiting.stderr.readline()
    with socketserver.ThreadingTCPServer((LOOPBACK, port), Relay) as server:
        threading.Thread(target=server.serve_forever).start()
        code = waiting.wait(30)
        server.shutdown()
    waiting.stderr.close()

    assert first.startswith("Waiting for the database: connection to server at")
    assert code == 0


def test_the_schema_step_does_not_wait_for_ever() -> None:
    nowhere = f"postgresql://nobody@{LOOPBACK}:{free_port()}/none"
    waiting = started(["-c", WAIT.format(seconds=0.5)], {"DATABASE_URL": nowhere})

    _, words = waiting.communicate(timeout=30)

    assert waiting.returncode == 1
    assert "Waiting for the database" in words
    assert "OperationalError: connection to server at" in words
