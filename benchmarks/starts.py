"""(c) From approval to start, idle and behind others' moves; five hundred approvals."""

import time

from adminmoves import celery_tasks
from adminmoves.approval.actions import approve_many, approve_move
from adminmoves.approval.decisions import Decision
from adminmoves.models import Move
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import MoveState
from benchmarks.databases import as_owner, database
from benchmarks.people import People, make_people
from benchmarks.processes import PROCESSES, worker
from benchmarks.world import make_waiting

MAX_WAIT_SECONDS = 300.0
SECONDS_BETWEEN = 0.5
"""The time between approvals while moves of others are carried out."""
S = MoveState


def measure(sizes: dict[str, int]) -> dict[str, list[float]]:
    """Seconds: per approval, and for all of the many."""
    return {**_many(sizes), **_starts(sizes)}


def _many(sizes: dict[str, int]) -> dict[str, list[float]]:
    """Without a worker, because only the wait of the lead is measured."""
    with database("bench_many") as name:
        with as_owner(name):
            people = make_people()
            many = make_waiting(sizes["many"], people, S.AWAITING_APPROVAL)
        began = time.monotonic()
        moves = Move.objects.with_related().in_bulk(many)
        decisions = [
            Decision(move_id, make_plan(move).hash, seen=frozenset())
            for move_id, move in moves.items()
        ]
        result = approve_many(decisions, actor=people.lead)
        took = time.monotonic() - began
        if result.refusals:
            raise RuntimeError("not all of the many were approved")
        return {"many_s": [took]}


def _starts(sizes: dict[str, int]) -> dict[str, list[float]]:
    with database("bench_starts") as name:
        with as_owner(name):
            people = make_people()
            alone = make_waiting(sizes["samples"], people, S.AWAITING_APPROVAL)
            # One move per office, so that no office has a turn to wait for.
            behind = make_waiting(
                sizes["samples"], people, S.AWAITING_APPROVAL, per_office=1
            )
        with worker(name):
            idle = []
            for move in alone:
                approve(move, people)
                idle += started_after([move])
            with as_owner(name):
                make_waiting(sizes["others"], people)
            for _process in range(PROCESSES):
                celery_tasks.send(celery_tasks.DRAIN)
            for move in behind:
                approve(move, people)
                time.sleep(SECONDS_BETWEEN)
            busy = started_after(behind)
    # The first one includes what a fresh worker reads once.
    return {"idle_s": idle[1:], "busy_s": busy}


def approve(move_id: int, people: People) -> None:
    plan = make_plan(Move.objects.get(pk=move_id))
    decision = Decision(move_id, plan.hash, seen=frozenset())
    approve_move(decision, actor=people.lead)


def started_after(moves: list[int]) -> list[float]:
    """Return the seconds from approval to start of each move, by its moments."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    waiting = Move.objects.filter(pk__in=moves, started_at=None)
    while waiting.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{waiting.count()} moves were not started")
        time.sleep(0.02)
    return [
        (move.started_at - move.approved_at).total_seconds()
        for move in Move.objects.filter(pk__in=moves).order_by("approved_at")
        if move.started_at and move.approved_at
    ]
