"""A scheduler for beat without a file, which survives a clock that was set back."""

import math
from time import time
from typing import Any

from celery.beat import Scheduler


class StatelessScheduler(Scheduler):
    """Counts from its own start, and again from now if the clock is set back.

    Celery's own scheduler stores when it last sent each task. If the clock was a day
    ahead, it would then send nothing for a day.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.last_tick = -math.inf
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One look at the schedule; return the seconds until the next one."""
        now = time()
        if now < self.last_tick:
            self.count_anew()
        self.last_tick = now
        return float(super().tick(*args, **kwargs))

    def count_anew(self) -> None:
        """Let no entry wait longer than its interval from now."""
        for entry in self.schedule.values():
            now = entry.default_now()
            entry.last_run_at = min(entry.last_run_at or now, now)
        self._heap = None
