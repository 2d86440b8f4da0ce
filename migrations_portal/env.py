"""Reads the environment; raises ImproperlyConfigured for a value that is wrong."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

CLIENT_NAMES = (
    "TWINFIELD",
    *(f"EXACT_ONLINE_{country}" for country in ("NL", "BE", "DE", "UK", "FR", "ES")),
    "UNIT4",
    "ACCOUNTVIEW",
)
"""The registrations that the portal can have; Exact needs one per country site."""

# As Django's own check (security.W009), which only warns.
MIN_KEY_CHARS = 50
MIN_KEY_VARIETY = 5


def text(name: str, default: str | None = None) -> str:
    """The value of a variable. Without a default it must be set."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return value


def secret(name: str) -> str:
    """A secret, from NAME or from the file that NAME_FILE points at."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"{name} or {name}_FILE must be set.")
    return value


def refuse_weak(name: str, value: str) -> None:
    """Refuse a signing key that could be guessed."""
    if len(value) < MIN_KEY_CHARS or len(set(value)) < MIN_KEY_VARIETY:
        raise ImproperlyConfigured(
            f"{name} must be a random text of at least {MIN_KEY_CHARS} characters; "
            'python -c "import secrets; print(secrets.token_urlsafe(50))" prints one.'
        )


def optional_secret(name: str) -> str:
    """A secret, or "" if it is not set."""
    given = os.environ.get(name) or os.environ.get(f"{name}_FILE")
    return secret(name) if given else ""


def flag(name: str, *, default: bool) -> bool:
    answers = {"yes": True, "no": False}
    value = text(name, "yes" if default else "no")
    if value not in answers:
        raise ImproperlyConfigured(f"{name} must be 'yes' or 'no', not {value!r}.")
    return answers[value]


def number(name: str, default: int) -> int:
    """A whole number above zero."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a number above 0, not {value!r}.")
    return int(value)


def choice(name: str, default: str, allowed: frozenset[str]) -> str:
    value = text(name, default)
    if value not in allowed:
        words = ", ".join(sorted(allowed))
        raise ImproperlyConfigured(f"{name} must be one of {words}, not {value!r}.")
    return value


def listing(name: str, default: str = "") -> list[str]:
    """Values separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def endpoint(name: str) -> str | None:
    """The address of a service, or None if it is not set; http only on loopback."""
    value = os.environ.get(name)
    if not value:
        return None
    url = urlsplit(value)
    bare = url.hostname and not (url.username or url.query or url.fragment)
    if bare and (url.scheme == "https" or _stays_here(url)):
        return value
    raise ImproperlyConfigured(
        f"{name} must look like https://host:port; http is for loopback only."
    )


def _stays_here(url: SplitResult) -> bool:
    return url.scheme == "http" and url.hostname in {"127.0.0.1", "::1", "localhost"}


def need(*modules: str, of: str) -> None:
    """Refuse a setting that needs packages which are not installed."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        words = ", ".join(missing)
        raise ImproperlyConfigured(f"{words} is not installed; it stands in {of}.")


def database(name: str, **options: str) -> dict[str, object]:
    """Django's settings for postgresql://user:password@host:port/name?sslmode=..."""
    url = urlsplit(text(name))
    if url.scheme not in {"postgres", "postgresql"} or len(url.path) < len("/x"):
        raise ImproperlyConfigured(
            f"{name} must look like postgresql://user:password@host:port/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.removeprefix("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "OPTIONS": {**options, **dict(parse_qsl(url.query))},
    }


def keys(name: str) -> list[str]:
    """Keys that seal secrets, the newest first, separated by commas."""
    given = [part.strip() for part in secret(name).split(",") if part.strip()]
    for key in given:
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} must hold keys of 32 bytes, written in URL-safe base64."
            ) from error
    return given


def clients() -> dict[str, tuple[str, str]]:
    """The id and secret of each registration that is set, by its name."""
    given = {}
    for name in CLIENT_NAMES:
        client_id = os.environ.get(f"PORTAL_{name}_CLIENT_ID")
        if client_id:
            given[name] = (client_id, secret(f"PORTAL_{name}_CLIENT_SECRET"))
    return given
