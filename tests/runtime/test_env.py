"""The readers of the environment: nonsense stops the start, in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from migrations_portal import env
from migrations_portal.supervisor.state import CHECKOUT


@pytest.fixture(autouse=True)
def no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("X", "X_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_a_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "yes")
    assert env.flag("X", default=False) is True

    monkeypatch.setenv("X", "true")
    with pytest.raises(ImproperlyConfigured, match=r"^X must be 'yes' or 'no', not"):
        env.flag("X", default=False)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_number_is_above_zero(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match=r"^X must be a number above 0"):
        env.number("X", 1)


def test_a_choice_names_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "c")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.choice("X", "a", frozenset({"b", "a"}))

    assert str(refusal.value) == "X must be one of a, b, not 'c'."


def test_a_secret_has_no_default() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.secret("X")

    assert str(refusal.value) == "X or X_FILE must be set."


def test_a_secret_may_stand_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    assert env.secret("X") == "hush"


@pytest.mark.parametrize(
    ("key", "https", "starts"),
    [
        ("k" * 60, "yes", False),
        ("Kq7-" * 12, "yes", False),
        ("only49chars-abcdefghijklmnopqrstuvwxyz-0123456789", "yes", False),
        ("at-least-50-chars-abcdefghijklmnopqrstuvwxyz-01234", "yes", True),
        ("short", "no", True),
    ],
)
def test_a_signing_key_that_could_be_guessed_stops_the_start_in_production(
    key: str, https: str, starts: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import migrations_portal.settings"],
        env={**os.environ, "SECRET_KEY": key, "PORTAL_HTTPS": https},
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    refused = (
        "SECRET_KEY must be a random text of at least 50 characters" in done.stderr
    )
    assert (done.returncode == 0, refused) == (starts, not starts)


@pytest.mark.parametrize(
    ("given", "preload"), [({}, "no"), ({"PORTAL_HSTS_PRELOAD": "yes"}, "yes")]
)
def test_browsers_preload_the_name_only_if_its_owner_says_so(
    given: dict[str, str], preload: str
) -> None:
    script = (
        "from migrations_portal import settings;"
        "print({True: 'yes', False: 'no'}[settings.SECURE_HSTS_PRELOAD])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PORTAL_HTTPS": "yes", **given},
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.strip() == preload


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "a.example, b.example,")

    assert env.listing("X") == ["a.example", "b.example"]
    assert env.listing("Y") == []


def test_a_database_url_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "X", "postgresql://me:p%40ss@db.example:6/portal?sslmode=require"
    )

    assert env.database("X", options="-c a=b") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6",
        "OPTIONS": {"options": "-c a=b", "sslmode": "require"},
    }


@pytest.mark.parametrize(
    "url", ["mysql://a@b/c", "postgresql://a@b", "postgresql://b/"]
)
def test_another_kind_of_url_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("X", url)

    with pytest.raises(ImproperlyConfigured, match=r"^X must look like postgresql://"):
        env.database("X")


@pytest.mark.parametrize(
    "url", ["https://s3.example", "http://127.0.0.1:9000", "http://localhost:9000"]
)
def test_an_endpoint_is_spoken_to_over_tls_or_stays_here(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("X", url)

    assert env.endpoint("X") == url
    assert env.endpoint("Y") is None


@pytest.mark.parametrize(
    "url",
    ["http://s3.example", "s3.example", "ftp://s3.example", "https://me:p@s3.example"],
)
def test_another_endpoint_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("X", url)

    with pytest.raises(ImproperlyConfigured, match=r"^X must look like https://"):
        env.endpoint("X")


def test_a_package_that_is_missing_is_named_with_where_it_stands() -> None:
    env.need("django", of="requirements.txt")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.need("django", "no_such_package", of="requirements-s3.txt")

    assert str(refusal.value) == (
        "no_such_package is not installed; it stands in requirements-s3.txt."
    )


def test_an_archive_in_s3_needs_its_bucket() -> None:
    store = {"PORTAL_ARCHIVE_STORE": "adminmoves.archive.s3.S3Store"}

    done = subprocess.run(
        [sys.executable, "-c", "import migrations_portal.settings"],
        env={**os.environ, **store}, cwd=CHECKOUT, capture_output=True, check=False,
    )  # fmt: skip

    assert b"PORTAL_ARCHIVE_BUCKET must be set." in done.stderr
