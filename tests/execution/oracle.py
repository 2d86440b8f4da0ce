"""Reads the database and the files, and says whether each move was carried out once.

Plain SQL by the owner and plain reading from the disk on purpose: it shares nothing
with the code that it judges.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg2 import extensions

ONCE = """
SELECT m.state,
    (SELECT count(*) FROM adminmoves_administration a
      WHERE a.connection_id = m.to_connection_id AND a.code = m.to_code
        AND a.id = m.administration_id AND a.closed_by_id IS NULL
        AND a.mail_address = m.to_address),
    (SELECT count(*) FROM adminmoves_formerplace f WHERE f.move_id = m.id),
    (SELECT count(*) FROM adminmoves_event e
      WHERE e.move_id = m.id AND e.code = 'MOVE_COMPLETED'),
    (SELECT count(*) FROM adminmoves_event e
      WHERE e.move_id = m.id AND e.code = 'ADMINISTRATION_MOVED'),
    (SELECT count(*) FROM adminmoves_attempt t WHERE t.move_id = m.id),
    (SELECT coalesce(array_agg(f.step ORDER BY f.step), '{}') FROM adminmoves_effect f
      WHERE f.move_id = m.id AND NOT f.undone)
FROM adminmoves_move m WHERE m.id = %s
"""
STEPS = [
    "AFTERCARE", "BEFORE_IMAGE", "CHANGE_PLACE", "CLOSE",
    "OPEN", "RECHECK", "SWITCH_ADDRESS", "VERIFY",
]  # fmt: skip
OF_ARCHIVE = ["COPY_ARCHIVE", "SWITCH_ARCHIVE"]
WITH_ARCHIVE = {"MOVE_ENVIRONMENT", "MOVE_ENVIRONMENT_AND_CHANGE_CODE"}


@dataclass(frozen=True)
class Seen:
    """What is to be seen of a move, each thing counted."""

    state: str
    at_wanted_place: int
    former_places: int
    completed_lines: int
    moved_lines: int
    attempts: int
    steps: list[str]


def done_once(move_type: str) -> Seen:
    """What is to be seen of a move of this type that was carried out once."""
    steps = [*STEPS, *OF_ARCHIVE] if move_type in WITH_ARCHIVE else STEPS
    return Seen("COMPLETED", 1, 1, 1, 1, 1, sorted(steps))


DONE_ONCE = done_once("CHANGE_CODE")


def look(owner: extensions.connection, move_id: int) -> Seen:
    with owner.cursor() as cursor:
        cursor.execute(ONCE, [move_id])
        row = cursor.fetchone()
    assert row is not None
    return Seen(*row)


def states(owner: extensions.connection) -> dict[str, int]:
    with owner.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM adminmoves_move GROUP BY 1")
        return dict(cursor.fetchall())


def broken_chains(owner: extensions.connection) -> list[tuple[str, str]]:
    """Streams whose events do not lead to their head."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT h.stream, h.stream_id FROM adminmoves_streamhead h WHERE NOT EXISTS"
            " (SELECT FROM adminmoves_event e WHERE e.stream = h.stream"
            "  AND e.stream_id = h.stream_id AND e.position = h.count"
            "  AND e.digest = h.digest AND adminmoves_event_digest(e) = e.digest)"
        )
        return cursor.fetchall()


# --- what was promised, and what is to be seen of it ------------------------------

BEFORE = """
SELECT m.id, m.move_type, m.administration_id,
    (a.environment_id, a.connection_id, a.code, a.mail_address)::text,
    (m.to_environment_id, m.to_connection_id, m.to_code, m.to_address)::text,
    o.public_id || '/' || a.public_id || '/'
FROM adminmoves_move m
JOIN adminmoves_administration a ON a.id = m.administration_id
JOIN adminmoves_environment o ON o.id = m.to_environment_id
ORDER BY m.id
"""
SHELVES = """
SELECT administration_id, id, storage_key, size, sha256 FROM adminmoves_document
"""
AFTER = """
SELECT m.state,
    (SELECT (a.environment_id, a.connection_id, a.code, a.mail_address)::text
       FROM adminmoves_administration a WHERE a.id = m.administration_id),
    (SELECT count(*) FROM adminmoves_administration a WHERE a.closed_by_id = m.id),
    (SELECT count(*) FROM adminmoves_formerplace f WHERE f.move_id = m.id),
    (SELECT count(*) FROM adminmoves_event e
      WHERE e.move_id = m.id AND e.code = 'MOVE_COMPLETED'),
    (SELECT count(*) FROM adminmoves_event e
      WHERE e.move_id = m.id AND e.code = 'ADMINISTRATION_MOVED'),
    (SELECT count(*) FROM adminmoves_attempt t
      WHERE t.move_id = m.id AND t.outcome = 'COMPLETED'),
    (SELECT count(*) FROM adminmoves_attempt t
      WHERE t.move_id = m.id AND (t.ended_at IS NULL OR t.outcome = '')),
    (SELECT coalesce(array_agg(f.step ORDER BY f.step), '{}') FROM adminmoves_effect f
      JOIN adminmoves_attempt t ON t.id = f.attempt_id AND t.outcome = 'COMPLETED'
      WHERE f.move_id = m.id AND NOT f.undone),
    (SELECT count(*) FROM adminmoves_effect f
      WHERE f.move_id = m.id AND f.step = 'CHANGE_PLACE'),
    (SELECT count(*) - count(DISTINCT c.code) FROM adminmoves_aftercare c
      WHERE c.move_id = m.id)
FROM adminmoves_move m WHERE m.id = %s
"""
TWICE = """
SELECT 'place ' || to_jsonb(twice)::text FROM (
    SELECT connection_id, upper(code) FROM adminmoves_administration
    GROUP BY 1, 2 HAVING count(*) > 1) twice
UNION ALL SELECT 'file ' || storage_key FROM adminmoves_document
    GROUP BY storage_key HAVING count(*) > 1
"""
LEFT_TO_CLEAN = """
SELECT count(*) FROM adminmoves_cleanup WHERE done_at IS NULL
UNION ALL SELECT count(*) FROM adminmoves_leftover
"""
NAMED = """
SELECT storage_key FROM adminmoves_document
UNION SELECT storage_key FROM adminmoves_documentcopy
UNION SELECT storage_key FROM adminmoves_leftover
"""
MAY_STILL_COPY = """
SELECT '/M-' || to_char(created_at AT TIME ZONE 'Europe/Amsterdam', 'YYYY') || '-'
    || lpad(id::text, 5, '0') || '-'
FROM adminmoves_move WHERE state IN ('APPROVED', 'RUNNING', 'FAILED', 'STOPPED')
"""
CHAIN = """
SELECT e.stream, e.stream_id, e.position FROM (
    SELECT e.*, adminmoves_event_digest(e) AS told,
        lag(e.digest, 1, '') OVER chain AS follows,
        row_number() OVER chain AS place
    FROM adminmoves_event e
    WINDOW chain AS (PARTITION BY e.stream, e.stream_id ORDER BY e.position)) e
WHERE e.told <> e.digest OR e.follows <> e.previous OR e.place <> e.position
"""
PART = ".part-"
SETTLED = frozenset({"COMPLETED", "FAILED", "STOPPED", "WITHDRAWN"})


@dataclass(frozen=True)
class Promise:
    """A move as it was before anything happened: what it may become."""

    move: int
    move_type: str
    administration: int
    place: str
    wanted: str
    folder: str
    """Where its files lie once it is done, where they move at all."""
    documents: dict[int, tuple[int, str]]
    """Size and SHA-256 by id, as they were read from the disk."""
    keys: dict[int, str]


@dataclass
class Verdict:
    """What is wrong, in words; all empty on a good day."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    documents: int = 0
    """So many were read from the disk and compared."""
    half_written: int = 0
    """So many files without a name did a killed worker leave of moves not over yet."""
    states: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.stuck, *self.untrue]


def promises(owner: extensions.connection, store: Path) -> list[Promise]:
    """Of all moves, before anybody carries one out."""
    shelves: dict[int, dict[int, str]] = defaultdict(dict)
    for administration, document, key, _size, _sha256 in rows(owner, SHELVES):
        shelves[administration][document] = key
    return [
        Promise(
            move, kind, administration, place, wanted, folder,
            {pk: on_disk(store / key) for pk, key in shelves[administration].items()},
            shelves[administration],
        )
        for move, kind, administration, place, wanted, folder in rows(owner, BEFORE)
    ]  # fmt: skip


def on_disk(file: Path) -> tuple[int, str]:
    """Its size and SHA-256; (-1, "") where there is none."""
    if not file.is_file():
        return -1, ""
    content = file.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


def judge(
    owner: extensions.connection, store: Path, promised: Sequence[Promise]
) -> Verdict:
    """Compare all that is there with all that was promised."""
    verdict = Verdict()
    shelves: dict[int, dict[int, tuple[str, int, str]]] = defaultdict(dict)
    for administration, document, key, size, sha256 in rows(owner, SHELVES):
        shelves[administration][document] = key, size, sha256
    for promise in promised:
        (seen,) = rows(owner, AFTER, promise.move)
        verdict.states[seen[0]] += 1
        _judge_move(promise, seen, verdict)
        _judge_archive(
            promise, seen[0], shelves[promise.administration], store, verdict
        )
    verdict.doubled += [what for (what,) in rows(owner, TWICE)]
    jobs, files = (count for (count,) in rows(owner, LEFT_TO_CLEAN))
    if jobs or files:
        verdict.stuck.append(f"{jobs} clean-ups are not done, {files} files wait")
    _judge_store(owner, store, verdict)
    chains = [*broken_chains(owner), *rows(owner, CHAIN)]
    verdict.untrue += [f"the trail is broken at {where}" for where in chains]
    return verdict


def _judge_move(promise: Promise, seen: tuple[Any, ...], verdict: Verdict) -> None:
    """One place, open, and each effect as often as the state says."""
    state, place, closed, *counts = seen
    former, completed, moved, good, unended, steps, changes, twice = counts
    name = f"move {promise.move} ({promise.move_type}, {state})"
    if state not in SETTLED or unended or closed:
        verdict.stuck.append(f"{name}: {unended} open attempts, {closed} closed")
    done = state == "COMPLETED"
    if place != (promise.wanted if done else promise.place):
        verdict.untrue.append(f"{name}: at {place}")
    times = (former, completed, moved, good, changes)
    if times != (int(done),) * len(times) or twice:
        verdict.doubled.append(f"{name}: effects {times}, after-care {twice} twice")
    expected = done_once(promise.move_type).steps if done else []
    if list(steps) != expected:
        verdict.untrue.append(f"{name}: steps {steps}")


def _judge_archive(
    promise: Promise,
    state: str,
    shelf: dict[int, tuple[str, int, str]],
    store: Path,
    verdict: Verdict,
) -> None:
    """Each document once, with its bytes, where the move's end says."""
    missing = promise.documents.keys() - shelf.keys()
    verdict.lost += [f"document {pk} of move {promise.move}" for pk in missing]
    added = shelf.keys() - promise.documents.keys()
    verdict.doubled += [f"document {pk} of move {promise.move}" for pk in added]
    moves = state == "COMPLETED" and promise.move_type in WITH_ARCHIVE
    for pk, (key, size, sha256) in shelf.items():
        verdict.documents += 1
        is_there = on_disk(store / key)
        if not is_there == (size, sha256) == promise.documents.get(pk):
            verdict.lost.append(f"document {pk} of move {promise.move}: {is_there}")
        in_place = key.startswith(promise.folder) if moves else key == promise.keys[pk]
        if not in_place:
            verdict.untrue.append(f"document {pk} of move {promise.move} at {key}")


def _judge_store(owner: extensions.connection, store: Path, verdict: Verdict) -> None:
    """No file that no row names, but what a move that is not over may still use."""
    named = {key for (key,) in rows(owner, NAMED)}
    copying = [folder for (folder,) in rows(owner, MAY_STILL_COPY)]
    for file in store.rglob("*"):
        key = str(file.relative_to(store))
        if not file.is_file() or key in named or key.startswith("."):
            continue
        if any(folder in key for folder in copying):
            verdict.half_written += PART in file.name
        else:
            verdict.untrue.append(f"no row names the file {key}")


def rows(
    owner: extensions.connection, statement: str, *params: object
) -> list[tuple[Any, ...]]:
    with owner.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall()
