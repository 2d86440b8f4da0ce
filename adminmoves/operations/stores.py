"""Whether the places are there that files lie in, asked in bounded time."""

import threading

from adminmoves.archive import marks
from adminmoves.archive.store import archive_store
from adminmoves.evidence.files import evidence_store
from adminmoves.vocabulary import StoreName

SECONDS_TO_ANSWER = 2.0
NO_ANSWER = "no answer"
Marks = dict[StoreName, str]


class Look(threading.Thread):
    """Looks at one store; a share that hangs keeps this thread and nobody else."""

    def __init__(self, store: marks.Marked, mark: str) -> None:
        super().__init__(name="look at a store", daemon=True)
        self.store, self.mark, self.why = store, mark, NO_ANSWER

    def run(self) -> None:
        self.why = marks.why_away(self.mark, self.store)


_looks: dict[StoreName, Look] = {}
"""The newest of each: while one hangs no other is begun."""


def known() -> Marks:
    """The mark of each store; empty where none was ever used."""
    return {name: marks.mark_of(name) for name in StoreName}


def away(known: Marks) -> dict[StoreName, str]:
    """Why each store that is away is so; a store that was never used is not."""
    found = {name: _why(name, mark) for name, mark in known.items() if mark}
    return {name: why for name, why in found.items() if why}


def _why(name: StoreName, mark: str) -> str:
    look = _looks.get(name)
    if look is None or not look.is_alive():
        look = _looks[name] = Look(_store(name), mark)
        look.start()
    look.join(SECONDS_TO_ANSWER)
    return NO_ANSWER if look.is_alive() else look.why


def _store(name: StoreName) -> marks.Marked:
    return archive_store() if name == StoreName.ARCHIVE else evidence_store()
