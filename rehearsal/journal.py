"""Every call the world has seen, in memory only, and without a token in it."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from rehearsal.messages import Kind, Request

MOST = 20_000


@dataclass(slots=True)
class Entry:
    start: float  # seconds on the monotonic clock, as end
    host: str
    method: str
    path: str
    kind: Kind
    authorised: bool  # whether an Authorization header came along
    organisation: str = ""
    fault: str = ""
    end: float | None = None  # None while it is being answered
    status: int = 0

    def close(self, status: int) -> None:
        """Write down that it was answered; status 0: the answer never arrived."""
        self.status, self.end = status, time.monotonic()


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST)
        self._lock = Lock()

    def begin(self, request: Request, kind: Kind, organisation: str = "") -> Entry:
        entry = Entry(
            time.monotonic(),
            request.host,
            request.method,
            request.path,
            kind,
            "authorization" in request.headers,
            organisation,
        )
        with self._lock:
            self._entries.append(entry)
        return entry

    def rows(self, organisation: str = "") -> list[dict[str, Any]]:
        with self._lock:
            return [
                asdict(entry)
                for entry in self._entries
                if organisation in ("", entry.organisation)
            ]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
