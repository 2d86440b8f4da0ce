"""Sets up what serving needs: `python -m migrations_portal.prepare PART`.

The parts: owner (with the name of the app role, if not portal_app), files, static, app.

One process runs several commands, because starting Python takes longer than they do.
"""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection

DATABASE_WAIT_SECONDS = 60
SECONDS_BETWEEN_TRIES = 2
NOT_SERVED = ["django_htmx/ext/*"]
"""Extensions of htmx that no page uses, with imports of files that do not exist."""


def as_owner(app_role: str = "portal_app") -> None:
    """Bring the schema up to date and give the app role its rights."""
    wait_for_database()
    call_command("migrate", verbosity=0)
    call_command("grant_app_role", app_role)


def wait_for_database() -> None:
    """Give PostgreSQL time for its first start; raise OperationalError after that."""
    deadline = time.monotonic() + DATABASE_WAIT_SECONDS
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as refused:
            if time.monotonic() > deadline:
                raise
            reason = str(refused).strip().partition("\n")[0]
            sys.stderr.write(f"Waiting for the database: {reason}\n")
            time.sleep(SECONDS_BETWEEN_TRIES)
        else:
            return


def make_files() -> None:
    """Make what is not in the repository: compiled texts and subset fonts."""
    call_command("build_messages")
    call_command("build_fonts")


def make_static() -> None:
    """Make and collect all static files, without a database."""
    make_files()
    collect_static()


def as_app() -> None:
    """Make all files, and the demo data if the database is empty."""
    make_static()
    if settings.PORTAL_DEMO:
        call_command("load_demo")


def collect_static() -> None:
    """Collect, hash and compress the static files, if a source has changed."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    sources = hashlib.sha256("\n".join(_static_sources()).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == sources:
        return
    stamp.unlink(missing_ok=True)
    call_command(
        "collectstatic",
        interactive=False,
        clear=True,
        verbosity=0,
        ignore_patterns=NOT_SERVED,
    )
    stamp.write_text(sources)


def _static_sources() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            changed = storage.get_modified_time(name).timestamp()
            yield f"{name} {storage.size(name)} {changed}"


PARTS: dict[str, Callable[..., None]] = {
    "owner": as_owner,
    "files": make_files,
    "static": make_static,
    "app": as_app,
}

if __name__ == "__main__":
    django.setup()
    part, *arguments = sys.argv[1:]
    PARTS[part](*arguments)
