"""A store that goes wrong on order; the workers of a fault round keep files in it.

Its orders are a file beside its folder: for each kind how many files in a thousand it
meets, and how slow every copy is. Which files is decided by their keys, so that a
worker that takes over meets the same trouble.
"""

import errno
import json
import os
import time
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from adminmoves.archive.store import Digest, FileStore

ORDERS, MET = ".orders", ".met"
"""Beside its folder: what it has to do, and a line for each time that it did."""
CLOCK = "clock"
"""Seconds that the clocks of half of the workers are wrong."""
ERROR, FULL, HANG, HALF, LIE, LIE_ONCE, FORGET = (
    "error",
    "full",
    "hang",
    "half",
    "lie",
    "lie once",
    "forget",
)
SLOW = "slow"
"""Milliseconds that every copy takes longer."""
SECONDS_BETWEEN_LOOKS = 0.05


def beside(folder: str | Path, name: str) -> Path:
    """Not in the folder, which may be away."""
    return Path(f"{folder}{name}")


def order(folder: Path, orders: Mapping[str, int]) -> None:
    """Tell the stores of all workers what to do from now on."""
    fresh = beside(folder, f"{ORDERS}.new")
    fresh.write_text(json.dumps(orders))
    fresh.replace(beside(folder, ORDERS))


def _ordered(folder: str | Path) -> dict[str, int]:
    try:
        orders: dict[str, int] = json.loads(beside(folder, ORDERS).read_text())
    except FileNotFoundError:
        return {}
    return orders


right_now = timezone.now


def now_on_this_host() -> datetime:
    """What the clock of this worker says; every other one may be wrong."""
    location = settings.STORAGES["archive"]["OPTIONS"]["location"]
    seconds = _ordered(location).get(CLOCK, 0) if os.getpid() % 2 else 0
    return right_now() + timedelta(seconds=seconds)


def met(folder: Path) -> list[tuple[str, int]]:
    """Which trouble whom met so far: its kind, and the process."""
    file = beside(folder, MET)
    lines = file.read_text().splitlines() if file.exists() else []
    return [(kind, int(pid)) for kind, pid in (line.rsplit(" ", 1) for line in lines)]


def chance_of_first(kind: str, documents: Iterable[int]) -> int:
    """So many files in a thousand that of these one is met, at least."""
    return min(_luck(kind, str(document)) for document in documents) + 1


def _luck(kind: str, name: str) -> int:
    return zlib.crc32(f"{kind} {name}".encode()) % 1000


class FaultyStore(FileStore):
    """The real store, with trouble at its own methods; whoever uses it has a clock that
    may be wrong."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        timezone.now = now_on_this_host

    def copy(self, source: str, target: str, expected: Digest) -> None:
        time.sleep(self._orders().get(SLOW, 0) / 1000)
        self._stand_still(HANG, target)
        self._refuse(ERROR, errno.EIO, target)
        super().copy(source, target, expected)

    def write(self, source: str, path: str) -> bool:
        """May run out of room halfway, keep something else than it was given, or stand
        still before the file has its name."""
        written = super().write(source, path)
        key = path.partition(".part-")[0]
        self._stand_still(HALF, key)
        if self._meets(FULL, key):
            os.truncate(path, Path(path).stat().st_size // 2)
        self._refuse(FULL, errno.ENOSPC, key)
        if self._lies(key):
            content = Path(path).read_bytes()
            Path(path).write_bytes(bytes(~byte & 255 for byte in content) or b"?")
        return written

    def digest(self, key: str) -> Digest | None:
        """May say that a file is another one than it is."""
        found = super().digest(key)
        if found and self._meets(FORGET, key):
            self._note(FORGET)
            return Digest(found.size, "0" * 64)
        return found

    def remove(self, keys: list[str]) -> int:
        for key in keys:
            self._refuse(ERROR, errno.EIO, key)
        return super().remove(keys)

    def _stand_still(self, kind: str, key: str) -> None:
        if self._meets(kind, key):
            self._note(kind)
        while self._meets(kind, key):
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _lies(self, key: str) -> bool:
        """Always for these; for those only until they are written again."""
        if self._meets(LIE, key):
            self._note(LIE)
            return True
        once = beside(str(self.location), f".lied-{Path(key).name}")
        if not self._meets(LIE_ONCE, key) or once.exists():
            return False
        once.touch()
        self._note(LIE_ONCE)
        return True

    def _refuse(self, kind: str, number: int, key: str) -> None:
        if self._meets(kind, key):
            self._note(kind)
            raise OSError(number, os.strerror(number))

    def _meets(self, kind: str, key: str) -> bool:
        return _luck(kind, Path(key).name) < self._orders().get(kind, 0)

    def _orders(self) -> dict[str, int]:
        return _ordered(str(self.location))

    def _note(self, kind: str) -> None:
        with beside(str(self.location), MET).open("a") as lines:
            lines.write(f"{kind} {os.getpid()}\n")
