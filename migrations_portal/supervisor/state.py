"""The state folder of a checkout: data, secrets, and the lock of the supervisor."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrations_portal.supervisor.refusals import CannotStart

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SHARED_ROOT = Path("/var/lib/migratieportaal")
SECRETS = ("secret_key", "superuser", "owner", "app", "valkey", "token_key")


def state_folder() -> Path:
    """Return the folder with the state of this checkout.

    As root it is outside the checkout, because the children run as `nobody`, who may
    not be able to enter the checkout.
    """
    if os.geteuid() != 0:
        return _made(CHECKOUT / ".portal", 0o700)
    _made(SHARED_ROOT, 0o755)
    name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return _made(SHARED_ROOT / name, 0o711)


def load_secrets(folder: Path) -> dict[str, str]:
    """Load the random passwords of this checkout; make those that are missing."""
    file = folder / "secrets.json"
    stored: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {
        name: secrets.token_urlsafe(32) for name in SECRETS if name not in stored
    }
    if missing:
        stored |= missing
        write_private(file, json.dumps(stored, indent=2))
    return stored


def token_key(random: str) -> str:
    """Make a Fernet key of 32 random bytes that token_urlsafe wrote."""
    return f"{random}="


def write_private(file: Path, content: str) -> None:
    """Write a file that no other user can read at any moment."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(content)


@contextmanager
def only_supervisor(folder: Path) -> Iterator[None]:
    """Lock the checkout; raise CannotStart if another supervisor has the lock."""
    with (folder / "supervisor.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as locked:
            raise CannotStart(
                "The portal of this checkout runs already; stop it there (Ctrl-C) "
                "or use another checkout."
            ) from locked
        yield


def is_supervised(folder: Path) -> bool:
    """Whether a supervisor runs on this folder now."""
    try:
        with only_supervisor(folder):
            return False
    except CannotStart:
        return True


def _made(folder: Path, mode: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    return folder
