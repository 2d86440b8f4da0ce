"""The long round, on the servers that ``python -m tests.faults`` started."""

import logging
import os
import random
import secrets
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from adminmoves.vocabulary import Role
from migrations_portal.supervisor.testing import can_mount
from tests.archive.power import Image
from tests.builders import make_person
from tests.execution.standstill import until
from tests.faults.ground import made_ground
from tests.faults.kinds import FAULTS, POWER_CUT
from tests.faults.people import People
from tests.faults.record import Record
from tests.faults.round import Round
from tests.servers import Broker, as_owner

MOVES = {"short": 40, "long": 500}
ENDS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
"""How PostgreSQL ends: at once in order, at once, and at all."""


def main() -> int:
    """Print the report; 0 when all that was promised was kept."""
    moves = int(os.environ.get("MOVES") or MOVES[os.environ.get("ROUND") or "long"])
    seed = int(os.environ.get("SEED") or secrets.randbelow(10**8))
    tell(f"SEED={seed}: {moves} moves")
    # What goes wrong on purpose would be logged here a thousand times.
    logging.disable(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    folder = Path(settings.STATE_DIR)
    broker = Broker(folder)
    broker.start()
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": broker.url,
    }
    shelves = Path(settings.STORAGES["archive"]["OPTIONS"]["location"])
    shelves.parent.mkdir(parents=True, exist_ok=True)
    disk = Image(shelves.parent, megabytes=4096) if can_mount() else None
    if disk:
        # In the disk, so that it can be renamed away.
        shelves = disk.root / "archive"
    settings.STORAGES["archive"]["OPTIONS"]["location"] = str(shelves)
    shelves.mkdir()
    name = urlsplit(os.environ["DATABASE_URL"]).path[1:]
    agent = make_person("medewerker-1", Role.SUPPORT_AGENT)
    lead = make_person("teamleider-1", Role.TEAM_LEAD)
    try:
        with made_ground(
            env, broker, lambda: as_owner(name), shelves, chance
        ) as ground:
            ground.restart_database = Restarter(ground.record, chance)
            ground.disk = disk
            kinds = [kind for kind in FAULTS if disk or kind != POWER_CUT]
            report = Round(
                ground, People(agent, lead, chance), chance, kinds, tell
            ).carry_out(moves, size=10, faults=3)
    finally:
        broker.stop()
        if disk:
            disk.unmount()
    tell(str(report))
    return int(bool(report.wrong))


def tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line


class Restarter:
    """Ends PostgreSQL, and waits until its supervisor started it again."""

    def __init__(self, record: Record, chance: random.Random) -> None:
        self.record, self.chance = record, chance
        self.file = Path(os.environ["FAULTS_POSTGRES"]) / "postmaster.pid"

    def __call__(self) -> None:
        before = self._pid()
        os.kill(before, self.chance.choice(ENDS))
        until(lambda: self._pid() not in {0, before}, seconds=60)
        self.record.ask("SELECT 1")

    def _pid(self) -> int:
        """0 while there is none."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return int(lines[0]) if lines else 0
