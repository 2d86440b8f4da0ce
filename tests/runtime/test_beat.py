"""Beat rings on whatever the clock did: nothing it keeps can freeze it."""

import shelve
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.beat import ScheduleEntry
from celery.schedules import schedule
from django.utils import timezone

from migrations_portal.beat import StatelessScheduler
from migrations_portal.celery import app
from tests.servers import Broker, Process

DAY = timedelta(days=1)


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_schedule_kept_by_a_clock_that_was_ahead_freezes_nothing(
    celery_env: dict[str, str], broker: Broker, tmp_path: Path
) -> None:
    schedule_file = tmp_path / "beat"
    ahead = ScheduleEntry(
        name="sweep",
        task="adminmoves.execution.sweep",
        schedule=schedule(1, app=app),
        last_run_at=timezone.now() + DAY,
        app=app,
    )
    with shelve.open(str(schedule_file)) as store:  # noqa: S301 - what Celery itself wrote
        store["entries"] = {"sweep": ahead}
        store["tz"], store["utc_enabled"] = app.conf.timezone, app.conf.enable_utc
        store["__version__"] = "5.6.3"
    beat = Process(
        "beat", ["beat", f"--schedule={schedule_file}", "--loglevel=INFO"],
        {**celery_env, "PORTAL_SWEEP_SECONDS": "1"},
    )  # fmt: skip

    beat.wait_until("Sending due task sweep", seconds=20)
    beat.end()


class Recording(StatelessScheduler):
    """On a clock that the test sets; what is due is written down, not sent."""

    def __init__(self, clock: list[datetime]) -> None:
        self.clock, self.sent = clock, list[str]()
        super().__init__(app)
        self.schedule.clear()
        for name, seconds in (("often", 5), ("seldom", 60)):
            often = schedule(seconds, nowfun=lambda: clock[0], app=app)
            self.add(name=name, task=name, schedule=often, last_run_at=clock[0])

    def time(self) -> float:
        return self.clock[0].timestamp()

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:  # noqa: ARG002 - Celery's signature
        self.sent.append(str(entry.name))

    def run(self, seconds: int) -> Counter[str]:
        """What was sent in so many seconds."""
        self.sent.clear()
        for _ in range(seconds):
            self.clock[0] += timedelta(seconds=1)
            while not self.tick():
                continue
        return Counter(self.sent)


def test_a_clock_that_is_set_back_delays_no_task_by_more_than_its_interval(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [timezone.now() + DAY]
    beat = Recording(clock)
    monkeypatch.setattr("migrations_portal.beat.time", beat.time)
    before = beat.run(120)

    clock[0] -= DAY
    after = beat.run(120)

    assert before == {"often": 24, "seldom": 2}
    # To count anew costs at most one interval.
    assert after == {"often": 23, "seldom": 1}
