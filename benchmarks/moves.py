"""(a) Moves carried out per second, against bare transactions and empty tasks."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from typing import Any

import redis
from django.conf import settings
from psycopg2 import extensions, extras

from adminmoves import celery_tasks
from adminmoves.models import Event, Move
from adminmoves.vocabulary import EventCode, MoveState
from benchmarks.bare import Written, read_counts, read_written
from benchmarks.databases import APP, as_owner, connected, database, url_of
from benchmarks.noop import QUEUE, noop
from benchmarks.people import make_people
from benchmarks.processes import PROCESSES, worker
from benchmarks.world import WITHOUT_ARCHIVE, make_waiting
from migrations_portal.celery import app
from migrations_portal.supervisor.state import CHECKOUT

MAX_ROUND_SECONDS = 240.0
S = MoveState
TARGETS = """
SELECT m.*, a.public_id FROM adminmoves_move m
JOIN adminmoves_administration a ON a.id = m.administration_id WHERE m.id = ANY(%s)
"""


def measure(sizes: dict[str, int]) -> dict[str, list[float]]:
    """Per round: moves, bare transactions and empty tasks per second."""
    raw: dict[str, list[float]] = {
        "moves_per_s": [],
        "bare_per_s": [],
        "noops_per_s": [],
    }
    with database("bench_moves") as name, ExitStack() as stack:
        with as_owner(name):
            people = make_people()
            warm = make_waiting(6, people)
        before = highest_event()
        stack.enter_context(worker(name))
        carried_out(warm)
        sql = stack.enter_context(closing(connected(APP, name)))
        written = {
            str(move.move_type): read_written(sql, move.pk, before)
            for move in Move.objects.filter(pk__in=warm)
        }
        for _round in range(sizes["rounds"]):
            with as_owner(name):
                ids = make_waiting(sizes["moves"], people)
            raw["moves_per_s"].append(len(ids) / carried_out(ids))
            # The worker leaves these alone, because no task is sent for them.
            with as_owner(name):
                others = make_waiting(sizes["moves"], people)
            raw["bare_per_s"].append(len(others) / bare(name, others, written, sql))
            raw["noops_per_s"].append(sizes["noops"] / empty_tasks(sizes["noops"]))
    return raw


def highest_event() -> int:
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def carried_out(ids: list[int], longest: float = MAX_ROUND_SECONDS) -> float:
    """Return the seconds from the task to the end of the last move."""
    began = time.time()
    deadline = time.monotonic() + longest
    unfinished = Move.objects.filter(pk__in=ids).exclude(state=S.COMPLETED)
    sent_at = 0.0
    astray = unfinished.exclude(state__in=(S.APPROVED, S.RUNNING))
    while unfinished.exists():
        if time.monotonic() > deadline or astray.exists():
            states = list(unfinished.values_list("state", "reason")[:3])
            raise RuntimeError(f"not carried out: {states}")
        if time.monotonic() - sent_at > settings.PORTAL_SWEEP_SECONDS:
            # An approval sends a task, and so does the sweep while something is due.
            sent_at = time.monotonic()
            for _process in range(PROCESSES):
                celery_tasks.send(celery_tasks.DRAIN)
        time.sleep(0.05)
    last = Move.objects.filter(pk__in=ids).order_by("-ended_at").first()
    if last is None or last.ended_at is None:
        raise RuntimeError("nothing was carried out")
    return last.ended_at.timestamp() - began


def bare(
    name: str,
    ids: list[int],
    written: dict[str, Written],
    sql: extensions.connection,
) -> float:
    """Return the seconds from the start of the first process to the end of the last."""
    with sql.cursor(cursor_factory=extras.RealDictCursor) as cursor:
        cursor.execute(TARGETS, [ids])
        targets = [dict(row) for row in cursor]
    work = {
        kind: {"added": rows.added, "attempt": rows.attempt}
        for kind, rows in written.items()
    }
    children = [
        _start(name, {"moves": targets[part::PROCESSES], "written": work})
        for part in range(PROCESSES)
    ]
    for child in children:
        _answer(child)
    for child in children:
        _send(child, "")
    spans: list[list[float]] = [json.loads(_answer(child)) for child in children]
    for child in children:
        child.communicate(timeout=10)
    left = Move.objects.filter(pk__in=ids).exclude(state=S.COMPLETED).count()
    if left:
        raise RuntimeError(f"{left} bare moves were not completed")
    _require_same_rows(sql, ids, written)
    return max(end for _begin, end in spans) - min(begin for begin, _end in spans)


def _require_same_rows(
    sql: extensions.connection, ids: list[int], written: dict[str, Written]
) -> None:
    """Raise if the bare limit writes other rows than a run does."""
    wanted = {kind: read_counts(rows) for kind, rows in written.items()}
    for move in Move.objects.filter(pk__in=ids[: len(WITHOUT_ARCHIVE)]):
        # The events of the run come after that of the approval.
        approved = move.events.get(code=EventCode.MOVE_APPROVED).pk
        found = read_counts(read_written(sql, move.pk, approved))
        if found != wanted[str(move.move_type)]:
            raise RuntimeError(f"{found} rows were written, not {wanted}")


def _start(name: str, work: dict[str, Any]) -> subprocess.Popen[str]:
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.bare", url_of(APP, name)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _send(child, json.dumps(work, default=str))
    return child


def _send(child: subprocess.Popen[str], line: str) -> None:
    if child.stdin is None:
        raise RuntimeError("no line to the process")
    child.stdin.write(line + "\n")
    child.stdin.flush()


def _answer(child: subprocess.Popen[str]) -> str:
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise RuntimeError(f"the bare process stopped: {child.wait(10)}")
    return line


def empty_tasks(how_many: int) -> float:
    """Return the seconds in which the worker takes this number of empty tasks."""
    for _task in range(how_many):
        noop.apply_async(queue=QUEUE)
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    deadline = time.monotonic() + MAX_ROUND_SECONDS
    began = time.monotonic()
    app.control.add_consumer(QUEUE)
    while broker.llen(QUEUE) or broker.hlen("unacked"):
        if time.monotonic() > deadline:
            raise TimeoutError("the empty tasks were not taken")
        time.sleep(0.01)
    took = time.monotonic() - began
    app.control.cancel_consumer(QUEUE, reply=True)
    return took
