"""What a person was told holds: nothing starts after it, whoever looked before it."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import extensions

from adminmoves.access import actor_for
from adminmoves.approval.actions import reschedule_move
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.evidence.records import ask_package
from adminmoves.execution import claim, dispatch, preconditions, runner
from adminmoves.models import BookkeepingConnection, ExecutionWindow, Freeze, Move
from adminmoves.operations.actions import pause_queue
from adminmoves.proof.actions import ask_due
from adminmoves.vocabulary import MoveState, MoveType, Package, Verdict
from tests.bookkeeping.world import CODES, KVK, NAME, Consented, Packages
from tests.builders import (
    approve,
    make_administration,
    make_connection,
    make_draft,
    submit,
)
from tests.cast import Answering, MakeMove
from tests.execution.standstill import until
from tests.holes.test_database import refused
from tests.holes.test_locks import outcome_of, somebody_waits
from tests.packages import ChosenAnswers
from tests.servers import Workers

S = MoveState
HOUR = timedelta(hours=1)
Way = Callable[[Move, User], object]


def put_off(move: Move, lead: User) -> None:
    later = timezone.now() + 4 * HOUR
    reschedule_move(move.pk, actor=actor_for(lead), seen=move.timing, not_before=later)


def pause(_move: Move, lead: User) -> None:
    pause_queue(actor=actor_for(lead), reason="Onderhoud")


def freeze(move: Move, _lead: User) -> None:
    now = timezone.now()
    Freeze.objects.create(
        name="Btw-aangifte",
        environment=move.to_environment,
        starts_at=now - HOUR,
        ends_at=now + HOUR,
    )


def freeze_until_further_notice(_move: Move, _lead: User) -> None:
    Freeze.objects.create(name="Storing", starts_at=timezone.now() - HOUR)


def close_the_window(move: Move, _lead: User) -> None:
    day = (timezone.localtime() + timedelta(days=2)).weekday()
    ExecutionWindow.objects.create(
        environment=move.from_environment,
        weekdays=[day],
        opens=time(18),
        closes=time(23),
    )


WAYS: list[Way] = [put_off, pause, freeze, close_the_window]
RULES: dict[Way, str] = {
    put_off: "move_not_before",
    pause: "move_queue_paused",
    freeze: "move_frozen",
    freeze_until_further_notice: "move_frozen",
}


def outcome(move: Move) -> tuple[str, int]:
    """Its state, and how often a run of it was opened."""
    stored = Move.objects.get(pk=move.pk)
    return stored.state, stored.attempts.count()


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_what_was_told_while_the_package_was_asked_holds(
    way: Way,
    agent: User,
    lead: User,
    package: ChosenAnswers,
    answering: Answering,
) -> None:
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    move = submit(
        make_draft(agent, administration=make_administration(connection)), agent
    )
    ask_package(move.pk)
    approve(Move.objects.get(pk=move.pk), lead)

    class Meanwhile:
        def check(self, *_asked: Any, **_how: Any) -> Evidence:
            way(Move.objects.get(pk=move.pk), lead)
            return Evidence(Verdict.FOUND_ACTIVE)

    answering(Meanwhile())
    runner.run(move.pk, "worker-1")

    assert outcome(move) == (S.APPROVED, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_what_was_told_since_the_queue_was_looked_at_holds(
    way: Way, a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.APPROVED)
    due = dispatch.due_now()
    way(move, lead)

    assert [runner.run(move_id, "worker-1") for move_id in due] == [False]
    assert outcome(move) == (S.APPROVED, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("way", RULES)
def test_the_database_refuses_such_a_start(
    way: Way, a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.APPROVED)
    way(move, lead)

    rule = refused(
        "UPDATE adminmoves_move SET state = 'RUNNING', not_before = NULL WHERE id = %s",
        [move.pk],
    )

    assert rule == RULES[way]


@pytest.mark.django_db
@pytest.mark.parametrize("way", RULES)
def test_what_only_the_database_sees_leaves_the_move_waiting(
    way: Way, a_move: MakeMove, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a freeze that begins between our look and the database's."""
    move = a_move(S.APPROVED)
    monkeypatch.setattr(preconditions, "may_start_now", lambda _move: True)
    way(move, lead)

    assert not runner.run(move.pk, "worker-1")
    assert outcome(move) == (S.APPROVED, 0)


@pytest.mark.django_db
def test_a_freeze_of_another_office_or_time_holds_nothing(a_move: MakeMove) -> None:
    move, now = a_move(S.APPROVED), timezone.now()
    Freeze.objects.create(
        name="Elders",
        environment=make_connection().environment,
        starts_at=now - HOUR,
        ends_at=now + HOUR,
    )
    for hours in (-2, 1):
        starts_at = now + hours * HOUR
        Freeze.objects.create(
            name="Anders", starts_at=starts_at, ends_at=starts_at + HOUR
        )

    assert claim.start(move.pk, "worker-1") is not None


@contextmanager
def started(move: Move) -> Iterator[None]:
    """Between the look of a start and its commit."""
    with transaction.atomic():
        assert claim.start(move.pk, "worker-1") is not None
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [pause, freeze, close_the_window])
def test_who_holds_the_queue_up_waits_for_a_start_in_flight(
    way: Way, owner: extensions.connection, a_move: MakeMove, lead: User
) -> None:
    """So that whatever is told after it is told of what began before it."""
    move = a_move(S.APPROVED)
    with ThreadPoolExecutor(1) as pool:
        with started(move):
            late = pool.submit(outcome_of, lambda: way(move, lead))
            until(lambda: somebody_waits(owner))
            assert not late.done()
        assert late.result() == "done"

    assert outcome(move) == (S.RUNNING, 1)


@pytest.mark.django_db(transaction=True)
def test_starts_do_not_wait_for_each_other(a_move: MakeMove) -> None:
    first, second = a_move(S.APPROVED), a_move(S.APPROVED)

    def start_impatiently() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        assert claim.start(second.pk, "worker-2") is not None

    with ThreadPoolExecutor(1) as pool, started(first):
        assert pool.submit(outcome_of, start_impatiently).result() == "done"


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [put_off, pause, freeze])
def test_a_worker_that_asks_a_slow_package_heeds_what_was_told_meanwhile(
    way: Way,
    packages: Packages,
    consented: Consented,
    agent: User,
    lead: User,
    workers: Workers,
) -> None:
    old = packages.connection(Package.UNIT4)
    new = packages.connection(Package.UNIT4, "KANTOOR-B", environment=old.environment)
    consented(new)
    packages.add(new, CODES[Package.UNIT4], NAME, kvk_number=KVK)
    administration = make_administration(
        old, name=NAME, kvk_number=KVK, code=CODES[Package.UNIT4]
    )
    place = {
        "to_environment": new.environment,
        "to_connection": new,
        "to_code": administration.code,
    }
    move = submit(
        make_draft(agent, MoveType.RELINK_CONNECTION, administration, **place), agent
    )
    ask_due()
    before = len(packages.calls(new))
    packages.befall(new, "slow", seconds=2)
    keys = {"PORTAL_TOKEN_KEYS": os.environ["PORTAL_TOKEN_KEYS"]}
    workers(1, **packages.env, **keys)

    approve(Move.objects.get(pk=move.pk), lead)
    until(lambda: len(packages.calls(new)) > before)
    way(Move.objects.get(pk=move.pk), lead)
    asked = Move.objects.filter(pk=move.pk, dispatched_at__isnull=False)
    until(asked.exists)

    assert outcome(move) == (S.APPROVED, 0)
    assert move.proofs.count() == 2
