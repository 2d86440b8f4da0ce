"""A small world of its own for every test, on two free ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.server import Rehearsal
from rehearsal.world import Administration, Organisation, Package
from tests.rehearsal.client import Client


def estate() -> list[Organisation]:
    """Two organisations of each package, and administrations in the first."""
    return [
        Organisation(
            Package.TWINFIELD,
            "TWF-A",
            "Voorbeeldkantoor A",
            administrations=[
                Administration("t1", "001", "Bakkerij & Zn. Voorbeeld", "90000001"),
                Administration("t2", "NL200", "Slagerij Voorbeeld"),
            ],
        ),
        Organisation(Package.TWINFIELD, "TWF-B", "Voorbeeldkantoor B"),
        Organisation(
            Package.EXACT_ONLINE,
            "EX-A",
            "Voorbeeldkantoor A",
            country="NL",
            administrations=[
                Administration("e1", "00411", "Garage Voorbeeld", "90000002", "1200411")
            ],
        ),
        Organisation(Package.EXACT_ONLINE, "EX-B", "Voorbeeldkantoor B", country="NL"),
        Organisation(Package.EXACT_ONLINE, "EX-B", "Voorbeeldkantoor B", country="BE"),
        Organisation(
            Package.UNIT4,
            "MVL-A",
            "Voorbeeldkantoor A",
            base_url="https://multivers.voorbeeld.example/api",
            administrations=[
                Administration("m1", "411", "Molen Voorbeeld", "90000003", "MVL00124")
            ],
        ),
        Organisation(Package.UNIT4, "MVL-B", "Voorbeeldkantoor B"),
        Organisation(
            Package.ACCOUNTVIEW,
            "AV-A",
            "Voorbeeldkantoor A",
            administrations=[
                Administration("a1", "KORENAAR", "Kapper Voorbeeld", "90000004")
            ],
        ),
        Organisation(Package.ACCOUNTVIEW, "AV-B", "Voorbeeldkantoor B"),
    ]


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    running = Rehearsal(tmp_path / "rehearsal", estate())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(rehearsal: Rehearsal) -> Client:
    return Client(rehearsal)
