"""Fair use: how many calls a package takes within a window of time."""

import time
from dataclasses import dataclass
from threading import Lock

MINUTE = 60
DAY = 86_400
# What the packages say of themselves; none means no limit.
DOCUMENTED: dict[str, int | None] = {
    "exact_minute": 60,
    "exact_day": 5_000,
    "twinfield_credits": 25,
}


@dataclass(slots=True)
class Window:
    ends: float  # epoch seconds
    used: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """The calls left after a call; `refused` when there was none for it."""

    limit: int
    remaining: int
    ends: float  # epoch seconds
    refused: bool

    @property
    def after(self) -> int:
        """Whole seconds until the window ends."""
        return max(1, round(self.ends - time.time()))


class Limits:
    def __init__(self) -> None:
        self.allowed = dict(DOCUMENTED)
        self._windows: dict[tuple[str, str], Window] = {}
        self._lock = Lock()

    def take(self, name: str, whose: str, length: int) -> Room | None:
        """Take one call from a window of that many seconds; None: no limit."""
        limit = self.allowed[name]
        if limit is None:
            return None
        with self._lock:
            now = time.time()
            window = self._windows.get((name, whose))
            if window is None or window.ends <= now:
                window = self._windows[name, whose] = Window(now + length)
            refused = window.used >= limit
            window.used += not refused
            return Room(limit, limit - window.used, window.ends, refused)

    def look(self, name: str, whose: str) -> Room | None:
        """The calls left in a window, without taking one; None: not begun."""
        limit, window = self.allowed[name], self._windows.get((name, whose))
        if limit is None or window is None:
            return None
        return Room(limit, limit - window.used, window.ends, refused=False)

    def clear(self) -> None:
        """Begin all windows anew."""
        with self._lock:
            self._windows.clear()
