"""A short round of faults; ``make faults`` is the long one."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tests.faults.ground import Ground, made_ground
from tests.faults.kinds import FAULTS, POWER_CUT
from tests.faults.people import People
from tests.faults.round import Round
from tests.servers import Broker, as_owner

SEED = 20261124
ELSEWHERE = {"PostgreSQL restarted", POWER_CUT}
"""Not here: other tests use the same server, and mounting takes root."""


@pytest.fixture
def ground(
    shelves: Path,
    celery_env: dict[str, str],
    broker: Broker,
    database_name: str,
) -> Iterator[Ground]:
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    with made_ground(
        celery_env, broker, lambda: as_owner(database_name), shelves, chance
    ) as ground:
        yield ground


@pytest.mark.workers
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True)
def test_forty_moves_settle_whatever_goes_wrong(
    agent: User, lead: User, ground: Ground
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    kinds = [name for name in FAULTS if name not in ELSEWHERE]

    report = Round(ground, People(agent, lead, chance), chance, kinds).carry_out(
        moves=40, size=14, faults=7
    )

    print(report)  # noqa: T201 - the figures are what one wants to see
    assert report.wrong == []
    assert set(report.faults) == {*kinds, "proof grown old"}
    asked = report.doubts.pop("asked")
    assert asked == report.doubts.total() > 0
