"""What people do in a round: file, approve, attest again, stop, retry, withdraw."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle

from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.errors import StepRefused
from adminmoves.execution.actions import (
    DONE,
    NOT_DONE,
    ROLL_BACK,
    retry_move,
    settle_move,
    stop_move,
)
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill_with
from tests.builders import approve, attest_as, make_administration, make_move
from tests.execution.standstill import until
from tests.faults.record import steadily

S = MoveState
KINDS = list(MoveType)
SOON = timedelta(seconds=2)
MOST_SECONDS = 60.0


@dataclass
class People:
    agent: User
    lead: User
    chance: random.Random
    acts: dict[str, int] = field(default_factory=dict)
    answers: Iterator[str] = field(
        default_factory=lambda: cycle((DONE, NOT_DONE, ROLL_BACK))
    )
    """How each doubt is settled, in turn."""

    def file(self, number: int) -> Move:
        """A request that waits for approval; its archive moves with types 1 and 4."""
        kind = KINDS[number % len(KINDS)]
        administration = make_administration()
        fill_with(administration, self._documents(kind, number), seed=number)
        return make_move(
            S.AWAITING_APPROVAL,
            agent=self.agent,
            lead=self.lead,
            move_type=kind,
            administration=administration,
        )

    def approve(self, move_id: int, *, later: bool = False) -> None:
        """Once, also where the answer to the first time got lost."""

        def act() -> None:
            move = Move.objects.get(pk=move_id)
            if move.state == S.AWAITING_APPROVAL:
                when = {"not_before": timezone.now() + SOON} if later else {}
                approve(move, self.lead, **when)

        steadily(act)

    def help_on(self, move_id: int, state: str) -> bool:
        """What only a person can do about a move that waits for one."""
        if state == S.AWAITING_BOOKKEEPING:
            steadily(lambda: self._attest(move_id))
            self.approve(move_id)
        elif state == S.AWAITING_APPROVAL:
            self.approve(move_id)
        elif state == S.IN_DOUBT:
            answer = next(self.answers)
            steadily(lambda: self._settle(move_id, answer))
        else:
            return False
        self._count(f"helped on from {state}")
        return True

    def stop(self, move_id: int) -> None:
        def act() -> None:
            with suppress(StepRefused):
                stop_move(
                    move_id, actor=actor_for(self.lead), reason="Verkeerde avond."
                )
                self._count("asked to stop")

        steadily(act)

    def retry(self, move_id: int) -> None:
        self._count("tried again")
        steadily(lambda: self._retry(move_id))

    def withdraw(self, move_id: int) -> None:
        self._count("withdrawn")
        steadily(lambda: self._withdraw(move_id))

    def give_up(self, move_id: int) -> None:
        """Have a run end, whatever it takes, and withdraw its move."""
        self.stop(move_id)

        def ended() -> bool:
            state = steadily(lambda: _state_of(move_id))
            if state == S.IN_DOUBT:
                steadily(lambda: self._settle(move_id, ROLL_BACK))
            return state not in {S.RUNNING, S.IN_DOUBT}

        until(ended, MOST_SECONDS)
        if steadily(lambda: _state_of(move_id)) in {S.FAILED, S.STOPPED}:
            self.withdraw(move_id)

    def _attest(self, move_id: int) -> None:
        move = Move.objects.get(pk=move_id)
        if move.state == S.AWAITING_BOOKKEEPING:
            attest_as(move, self.agent)

    def _settle(self, move_id: int, answer: str) -> None:
        if Move.objects.get(pk=move_id).state == S.IN_DOUBT:
            settle_move(
                move_id, actor=actor_for(self.lead), answer=answer, reason="Bekeken."
            )

    def _retry(self, move_id: int) -> None:
        if Move.objects.get(pk=move_id).state in {S.FAILED, S.STOPPED}:
            retry_move(move_id, actor=actor_for(self.lead))

    def _withdraw(self, move_id: int) -> None:
        if Move.objects.get(pk=move_id).state != S.WITHDRAWN:
            withdraw_move(
                move_id, actor=actor_for(self.agent), reason="Niet meer nodig."
            )

    def _documents(self, kind: MoveType, number: int) -> int:
        """Some hundred; each tenth archive is copied in more chunks than one."""
        if kind not in {
            MoveType.MOVE_ENVIRONMENT,
            MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
        }:
            return 10
        long = number % 25 in {0, 3}
        return (
            self.chance.randrange(600, 1100) if long else self.chance.randrange(80, 300)
        )

    def _count(self, act: str) -> None:
        self.acts[act] = self.acts.get(act, 0) + 1


def _state_of(move_id: int) -> MoveState:
    return MoveState(Move.objects.get(pk=move_id).state)
