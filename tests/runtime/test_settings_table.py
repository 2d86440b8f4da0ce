"""The table of settings in the operators' page names what the code reads."""

import re

from migrations_portal.supervisor.state import CHECKOUT

PAGE = CHECKOUT / "docs" / "operators.md"
SECRETS = ("secret", "optional_secret", "keys")
READERS = (
    *SECRETS, "text", "flag", "number", "choice", "listing", "database", "endpoint",
)  # fmt: skip
# Read for each package by one reader.
OF_A_CLIENT = {"PORTAL_<NAME>_CLIENT_ID", "PORTAL_<NAME>_CLIENT_SECRET"}
# Read by the supervisor, not by the settings.
OF_THE_SUPERVISOR = {"PORT", "DATABASE_OWNER_URL"}


def settings_text() -> str:
    return (CHECKOUT / "migrations_portal" / "settings.py").read_text(encoding="utf-8")


def variables_read() -> set[str]:
    """Every variable of the environment that the settings read."""
    pattern = rf"env\.(?:{'|'.join(READERS)})\(\s*\"(\w+)\""
    found = set(re.findall(pattern, settings_text()))
    secret_pattern = rf"env\.(?:{'|'.join(SECRETS)})\(\"(\w+)\""
    secrets = set(re.findall(secret_pattern, settings_text()))
    assert "env.clients(" in settings_text()
    return found | {f"{name}_FILE" for name in secrets} | OF_A_CLIENT


def rows() -> dict[str, str]:
    """Variable and default, as the page has them."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row[1] for row in cells}


def test_every_setting_has_a_row_and_every_row_a_setting() -> None:
    assert set(rows()) == variables_read() | OF_THE_SUPERVISOR


def test_the_numbers_have_the_defaults_of_the_code() -> None:
    pattern = r"env\.number\(\"(\w+)\", (\d+)\)"
    in_code = dict(re.findall(pattern, settings_text()))

    assert {name: rows()[name] for name in in_code} == in_code
