"""A round: moves in waves, faults in each wave, and a judgement at the end."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple

from adminmoves.vocabulary import MoveState, MoveType
from tests.execution.oracle import Promise, Verdict, judge, promises
from tests.faults import store
from tests.faults.ground import LEASE, Ground
from tests.faults.kinds import CLEAN_UPS_ARE_DUE, FAULTS, PROOF_GROWS_OLD
from tests.faults.people import People

ENDED = frozenset({"COMPLETED", "FAILED", "STOPPED", "WITHDRAWN"})
TO_DECIDE = frozenset({"FAILED", "STOPPED"})
WITH_FILES = (MoveType.MOVE_ENVIRONMENT, MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
FAILURES = """
SELECT params->>'code', count(*) FROM adminmoves_event
WHERE code = 'MOVE_FAILED' GROUP BY 1
"""
DOUBTS = """
SELECT 'asked', count(*) FROM adminmoves_event WHERE code = 'MOVE_IN_DOUBT'
UNION ALL SELECT params->>'answer', count(*) FROM adminmoves_event
WHERE code = 'MOVE_SETTLED' GROUP BY 1
"""
PROGRESS = """
SELECT m.id, m.state, coalesce(max(t.cursor), 0), coalesce(max(t.compared), 0)
FROM adminmoves_move m LEFT JOIN adminmoves_attempt t ON t.move_id = m.id
WHERE m.id = ANY(%s) GROUP BY m.id
"""
TRAIL = """
SELECT code, extract(epoch FROM at - clock_timestamp())::float FROM adminmoves_event
WHERE move_id = %s AND at > clock_timestamp() - make_interval(secs => %s) ORDER BY id
"""
MAY_FAIL = frozenset({"store_refused", "copy_differs"})
"""A bad store is all that a move may fail for; the other faults it outlives."""
GIVE_UP = 120
"""Seconds after which a wave is left as it is, and reported."""


class Progress(NamedTuple):
    """How far a move is: its state, the last document copied, the last compared."""

    state: str
    copied: int = 0
    compared: int = 0

    def is_beyond(self, before: "Progress") -> bool:
        """Whether it got further; who starts again from the beginning did not."""
        return self.state != before.state or self[1:] > before[1:]


@dataclass
class Report:
    """The figures and faults of one round."""

    moves: int
    faults: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    acts: dict[str, int] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    takeovers: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    """How often a person was asked, and how often which answer was given."""
    settled_after: list[float] = field(default_factory=list)
    """Seconds between the last fault of a wave and its last move that ended."""
    stood_still: list[float] = field(default_factory=list)
    """Of each wave the most seconds that a move got no further, after that fault."""
    late: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    seconds: float = 0.0

    @property
    def wrong(self) -> list[str]:
        odd = [f"failed: {code}" for code in self.failures.keys() - MAY_FAIL]
        return [*self.late, *odd, *self.verdict.wrong]

    def __str__(self) -> str:
        seen = self.verdict
        lines = [
            f"{self.moves} moves in {self.seconds:.0f} s: {counted(seen.states)}",
            f"faults: {counted(self.faults)}",
            f"files that met a bad store: {counted(self.met)}",
            f"runs that failed: {counted(self.failures)}",
            f"people: {counted(self.acts)}",
            f"takeovers: {self.takeovers}",
            f"doubts: {counted(self.doubts)}",
            f"settled after: at most {max(self.settled_after):.1f} s",
            f"stood still: at most {max(self.stood_still):.1f} s, of {2 * LEASE}",
            f"documents compared: {seen.documents}",
            f"half-written files of moves that are not over: {seen.half_written}",
            f"lost: {len(seen.lost)}",
            f"doubled: {len(seen.doubled)}",
            f"stuck: {len(seen.stuck) + len(self.late)}",
            f"otherwise wrong: {len(seen.untrue)}",
            *self.wrong,
        ]
        return "\n".join(lines)


def counted(what: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(what.items())) or "-"


class Round:
    """``moves`` in waves of ``size``, each with ``faults`` faults at once."""

    def __init__(
        self,
        ground: Ground,
        people: People,
        chance: random.Random,
        kinds: list[str],
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.ground, self.people, self.chance = ground, people, chance
        self.kinds, self.tell = kinds, tell
        self.deck: list[str] = []
        ground.give_up = people.give_up

    def carry_out(self, moves: int, size: int, faults: int) -> Report:
        began = time.monotonic()
        report = Report(moves)
        ids = [self.people.file(number).pk for number in range(moves)]
        # Documents that arrived before are on the disk.
        os.sync()
        promised = promises(self.ground.record.connection, self.ground.shelves)
        again: list[int] = []
        for first in range(0, moves, size):
            wave = [*ids[first : first + size], *again]
            self._wave(wave, promised, faults, report)
            again = self._decide(wave)
            self.tell(
                f"{first + size} moves, settled after {report.settled_after[-1]:.1f} s"
            )
        self._settle(again, time.monotonic(), report)
        self._clean_up()
        report.failures.update(dict(self.ground.record.ask(FAILURES)))
        report.takeovers = self._count_takeovers()
        report.doubts.update(dict(self.ground.record.ask(DOUBTS)))
        report.met.update(kind for kind, _pid in store.met(self.ground.shelves))
        report.acts = self.people.acts
        report.verdict = judge(
            self.ground.record.connection, self.ground.shelves, promised
        )
        report.seconds = time.monotonic() - began
        return report

    def _wave(
        self, wave: list[int], promised: list[Promise], faults: int, report: Report
    ) -> None:
        """Half of the moves before the faults begin, half while they last; the archives
        last, so that they meet the store as it is then."""
        copying = {
            promise.move for promise in promised if promise.move_type in WITH_FILES
        }
        order = self.chance.sample(wave, len(wave))
        first, then = order[::2], order[1::2]
        then.sort(key=lambda move: move in copying)
        self._approve(first)
        self._grow_old(then, report)
        time.sleep(self.chance.uniform(0, 0.5))
        running = self._begin(self._draw(faults), report)
        self._approve(then)
        if self.chance.random() < 0.5:
            self._stop_one()
        now = time.monotonic()
        for seconds, fault in running:
            time.sleep(max(0.0, now + seconds - time.monotonic()))
            fault.__exit__(None, None, None)
        self._settle(wave, time.monotonic(), report)

    def _approve(self, moves: list[int]) -> None:
        for move in moves:
            self.people.approve(move)

    def _grow_old(self, moves: list[int], report: Report) -> None:
        """One approved for a little later, whose attestation is too old by then."""
        states = self._states(moves)
        waiting = [move for move in moves if states[move] == "AWAITING_APPROVAL"]
        never_yet = not report.faults["proof grown old"]
        if waiting and (never_yet or self.chance.random() < 0.5):
            self.people.approve(waiting[0], later=True)
            self.ground.record.ask(PROOF_GROWS_OLD, waiting[:1])
            report.faults["proof grown old"] += 1

    def _draw(self, count: int) -> list[str]:
        """The next kinds; each comes by before any comes again."""
        while len(self.deck) < count:
            self.deck += self.chance.sample(self.kinds, len(self.kinds))
        drawn, self.deck = self.deck[:count], self.deck[count:]
        return list(dict.fromkeys(drawn))

    def _begin(
        self, kinds: list[str], report: Report
    ) -> list[tuple[float, AbstractContextManager[None]]]:
        """What was begun, and how long it lasts from now on; the shortest first."""
        running = []
        for kind in kinds:
            make, seconds = FAULTS[kind]
            fault = make(self.ground)
            fault.__enter__()
            report.faults[kind] += 1
            running.append((seconds, fault))
            time.sleep(self.chance.uniform(0, 0.3))
        return sorted(running, key=lambda pair: pair[0])

    def _stop_one(self) -> None:
        found = self.ground.record.ask(
            "SELECT id FROM adminmoves_move WHERE state = 'RUNNING' ORDER BY id LIMIT 1"
        )
        for (move,) in found:
            self.people.stop(move)

    def _settle(self, wave: list[int], over: float, report: Report) -> None:
        """Until each has ended; what waits for a person gets one, and its time anew.

        A large archive takes as long as its copying does. That is no delay: a move is
        late when it stands still, in state and in documents, for two leases.
        """
        helped_at = dict.fromkeys(wave, over)
        got_to = {move: (over, Progress("")) for move in wave}
        slowest, still, still_move = 0.0, 0.0, 0
        while helped_at and time.monotonic() < over + GIVE_UP:
            now = time.monotonic()
            for move, progress in self._progress(list(helped_at)).items():
                since, before = got_to[move]
                still, still_move = max((still, still_move), (now - since, move))
                if progress.is_beyond(before):
                    got_to[move] = (now, progress)
                if progress.state in ENDED:
                    slowest = max(slowest, now - helped_at.pop(move))
                elif self.people.help_on(move, progress.state):
                    helped_at[move] = time.monotonic()
                    got_to[move] = (helped_at[move], progress)
            time.sleep(0.1)
        report.settled_after.append(slowest)
        report.stood_still.append(still)
        if helped_at or still > 2 * LEASE:
            states = self._states(list(helped_at))
            trail = self._trail(still_move, over)
            report.late.append(f"stood still {still:.1f} s: {trail}; never: {states}")

    def _progress(self, moves: list[int]) -> dict[int, "Progress"]:
        found = self.ground.record.ask(PROGRESS, moves)
        return {move: Progress(*progress) for move, *progress in found}

    def _trail(self, move: int, over: float) -> str:
        """The events of a move since shortly before the faults were over, in seconds
        from then."""
        seconds = time.monotonic() - over
        events = self.ground.record.ask(TRAIL, move, seconds + 2 * LEASE)
        return ", ".join(f"{code} {ago + seconds:+.1f}" for code, ago in events)

    def _decide(self, wave: list[int]) -> list[int]:
        """Try again, withdraw or leave what failed or stopped; what was tried again."""
        again = []
        for move, state in self._states(wave).items():
            if state not in TO_DECIDE:
                continue
            choice = self.chance.choice(("again", "again", "withdraw", "leave"))
            if choice == "again":
                self.people.retry(move)
                again.append(move)
            elif choice == "withdraw":
                self.people.withdraw(move)
        return again

    def _clean_up(self) -> None:
        """The day after: what moves left behind is due, and has to go."""
        self.ground.record.ask(CLEAN_UPS_ARE_DUE)
        deadline = time.monotonic() + GIVE_UP
        left = "SELECT count(*) FROM adminmoves_cleanup WHERE done_at IS NULL"
        while self.ground.record.ask(left) != [(0,)] and time.monotonic() < deadline:
            time.sleep(0.2)

    def _count_takeovers(self) -> int:
        ((count,),) = self.ground.record.ask(
            "SELECT count(*) FROM adminmoves_event WHERE code = 'RUN_TAKEN_OVER'"
        )
        return int(count)

    def _states(self, moves: list[int]) -> dict[int, MoveState]:
        found = self.ground.record.ask(
            "SELECT id, state FROM adminmoves_move WHERE id = ANY(%s)", moves
        )
        return {move: MoveState(state) for move, state in found}
