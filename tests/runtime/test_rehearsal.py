"""A demonstration brings the packages along; nothing else asks a made-up world."""

from pathlib import Path

import pytest

from migrations_portal.supervisor.rehearsal import (
    CLIENT_ID,
    CLIENT_SECRET,
    rehearsal_for,
)
from rehearsal.world import World
from tests.runtime.test_settings_table import variables_read

FOLDER = Path("somewhere")


@pytest.mark.parametrize(
    "chosen",
    [
        {"PORTAL_DEMO": "no"},
        {"PORTAL_ENDPOINT_PROFILE": "live"},
        {"PORTAL_REHEARSAL": "127.0.0.1:4711"},
    ],
)
def test_who_chooses_something_else_gets_no_world(chosen: dict[str, str]) -> None:
    assert rehearsal_for(FOLDER, chosen) is None


def test_a_demonstration_asks_its_own_world() -> None:
    world = rehearsal_for(FOLDER, {})

    assert world is not None
    assert world.tls_port != world.pages_port
    assert world.env["PORTAL_ENDPOINT_PROFILE"] == "rehearsal"
    assert world.env["PORTAL_REHEARSAL"] == f"127.0.0.1:{world.tls_port}"
    assert world.env["PORTAL_REHEARSAL_PAGES"] == f"http://127.0.0.1:{world.pages_port}"


def test_all_that_it_sets_is_read(tmp_path: Path) -> None:
    world = rehearsal_for(FOLDER, {})
    given = {} if world is None else world.env
    registrations = {name for name in given if "_CLIENT_" in name}

    assert given.keys() - registrations - variables_read() == set()
    accepted = World(tmp_path / "estate.json").applications
    assert accepted == {CLIENT_ID: CLIENT_SECRET}
