"""The state folder of a checkout: data, secrets, and one supervisor at a time."""

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
    """Where this checkout keeps its state.

    As root the children are `nobody`, who may not be able to reach the checkout;
    so the state lies where everybody can pass.
    """
    if os.geteuid() != 0:
        return _made(CHECKOUT / ".portal", 0o700)
    _made(SHARED_ROOT, 0o755)
    name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return _made(SHARED_ROOT / name, 0o711)


def load_secrets(folder: Path) -> dict[str, str]:
    """The random passwords of this checkout, made on the first start."""
    file = folder / "secrets.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {name: secrets.token_urlsafe(32) for name in SECRETS if name not in known}
    if missing:
        known |= missing
        write_private(file, json.dumps(known, indent=2))
    return known


def token_key(random: str) -> str:
    """32 random bytes as token_urlsafe writes them, as the key that seals tokens."""
    return f"{random}="


def write_private(file: Path, content: str) -> None:
    """Write a file that nobody else could read, not even for a moment."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(content)


@contextmanager
def only_supervisor(folder: Path) -> Iterator[None]:
    """Hold the checkout's lock; refuse when another supervisor has it."""
    with (folder / "supervisor.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise CannotStart(
                "The portal of this checkout runs already; stop it there (Ctrl-C) "
                "or use another checkout."
            ) from held
        yield


def is_supervised(folder: Path) -> bool:
    """Whether a supervisor runs on this folder at this moment."""
    try:
        with only_supervisor(folder):
            return False
    except CannotStart:
        return True


def _made(folder: Path, mode: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    return folder
