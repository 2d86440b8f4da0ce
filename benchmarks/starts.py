"""(c) From approval to start, idle and behind others' moves; five hundred approvals."""

import time

from adminmoves import doorbell
from adminmoves.approval.actions import approve_move
from adminmoves.models import Move
from adminmoves.plan import make_plan
from adminmoves.vocabulary import MoveState
from benchmarks.databases import as_owner, database
from benchmarks.processes import PROCESSES, worker
from benchmarks.world import People, make_people, make_waiting

LONGEST_WAIT = 60.0
S = MoveState


def measure(sizes: dict[str, int]) -> dict[str, list[float]]:
    """Seconds: per approval, and for all of the many."""
    return {**_many(sizes), **_starts(sizes)}


def _many(sizes: dict[str, int]) -> dict[str, list[float]]:
    """No worker meanwhile: what is measured is the lead's own wait."""
    with database("bench_many") as name:
        with as_owner(name):
            people = make_people()
            many = make_waiting(sizes["many"], people, S.AWAITING_APPROVAL)
        began = time.monotonic()
        for move in many:
            approve(move, people)
        return {"many_s": [time.monotonic() - began]}


def _starts(sizes: dict[str, int]) -> dict[str, list[float]]:
    with database("bench_starts") as name:
        with as_owner(name):
            people = make_people()
            alone = make_waiting(sizes["samples"], people, S.AWAITING_APPROVAL)
            # Each of an office that has nothing else waiting.
            behind = make_waiting(
                sizes["samples"], people, S.AWAITING_APPROVAL, per_office=1
            )
        with worker(name):
            idle = [started_after(move, people) for move in alone]
            with as_owner(name):
                make_waiting(sizes["others"], people)
            for _process in range(PROCESSES):
                doorbell.ring(doorbell.RUN)
            busy = [started_after(move, people) for move in behind]
            left = float(Move.objects.filter(state=S.APPROVED).count())
    # The first one pays for what a fresh worker reads once.
    return {"idle_s": idle[1:], "busy_s": busy, "still_waiting": [left]}


def approve(move_id: int, people: People) -> None:
    plan = make_plan(Move.objects.get(pk=move_id))
    approve_move(move_id, actor=people.lead, plan_hash=plan.hash, seen=frozenset())


def started_after(move_id: int, people: People) -> float:
    """Seconds from the approval to the start, by the moments on the record."""
    approve(move_id, people)
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        move = Move.objects.get(pk=move_id)
        if move.started_at and move.approved_at:
            return (move.started_at - move.approved_at).total_seconds()
        time.sleep(0.02)
    raise TimeoutError(f"{move} was not started")
