"""Checks within two seconds whether the folders or buckets with files are there."""

import threading

from adminmoves.archive import marks
from adminmoves.archive.store import archive_store
from adminmoves.evidence.files import evidence_store
from adminmoves.vocabulary import StoreName

SECONDS_TO_ANSWER = 2.0
NO_ANSWER = "no answer"
Marks = dict[StoreName, str]


class StoreProbe(threading.Thread):
    """Looks at one store in a thread, because a network share may hang for minutes."""

    def __init__(self, store: marks.Marked, mark: str) -> None:
        super().__init__(name="look at a store", daemon=True)
        self.store, self.mark, self.reason = store, mark, NO_ANSWER

    def run(self) -> None:
        self.reason = marks.why_away(self.mark, self.store)


_probes: dict[StoreName, StoreProbe] = {}
"""The newest probe of each store: while it hangs, no other one starts."""


def read_marks() -> Marks:
    """The mark of each store; "" if it was never used."""
    return {name: marks.mark_of(name) for name in StoreName}


def away(mark_by_store: Marks) -> dict[StoreName, str]:
    """The reason by store, of the stores that are away. An unused store is not."""
    reasons = {
        name: _reason(name, mark) for name, mark in mark_by_store.items() if mark
    }
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(name: StoreName, mark: str) -> str:
    probe = _probes.get(name)
    if probe is None or not probe.is_alive():
        probe = _probes[name] = StoreProbe(_store(name), mark)
        probe.start()
    probe.join(SECONDS_TO_ANSWER)
    return NO_ANSWER if probe.is_alive() else probe.reason


def _store(name: StoreName) -> marks.Marked:
    return archive_store() if name == StoreName.ARCHIVE else evidence_store()
