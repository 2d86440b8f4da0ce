"""Requests that go on by themselves: the packages' own protocols, over real HTTP."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves import celery_tasks
from adminmoves.bookkeeping import gateway
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    ConnectionList,
    Move,
)
from adminmoves.proof.actions import ask_due
from adminmoves.vocabulary import MoveState, MoveType, Package, Verdict
from tests.bookkeeping.world import CODES, KVK, NAME, Askers, Consented, Packages
from tests.builders import approve, make_administration, make_draft, run, submit
from tests.servers import Process

S = MoveState


def relink(
    agent: User, old: BookkeepingConnection, new: BookkeepingConnection, **facts: str
) -> Move:
    """A request to move the administration of ``old`` to ``new``."""
    administration = make_administration(old, name=NAME, kvk_number=KVK, **facts)
    draft = make_draft(
        agent,
        MoveType.RELINK_CONNECTION,
        administration,
        to_environment=new.environment,
        to_connection=new,
        to_code=administration.code,
    )
    return submit(draft, agent)


def minutes_pass(move: Move) -> None:
    """As if its next time had come, and the cached list had grown old."""
    Move.objects.filter(pk=move.pk).update(ask_proof_at=timezone.now())
    earlier = timezone.now() - timedelta(minutes=3)
    ConnectionList.objects.filter(connection=move.to_connection).update(
        fetched_at=earlier
    )


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


@pytest.mark.django_db
@pytest.mark.parametrize("package", list(Package))
def test_a_request_goes_on_by_itself_once_it_was_moved_in_the_package(
    package: Package,
    packages: Packages,
    consented: Consented,
    agent: User,
    lead: User,
) -> None:
    old = packages.connection(package)
    new = packages.connection(package, "KANTOOR-B", environment=old.environment)
    code = CODES[package]
    # A licence of Exact has a division of its own, and a user in it.
    packages.add(new, "52")
    for connection in (old, new):
        consented(connection)
    gateway.check(old, code, old.package_environment)
    move = relink(agent, old, new, code=code)

    ask_due()
    waits = Move.objects.get(pk=move.pk)
    packages.add(new, code, NAME, kvk_number=KVK)
    minutes_pass(move)
    ask_due()
    seen = Move.objects.get(pk=move.pk)
    approve(seen, lead)
    done = run(seen)

    first = waits.proofs.last()
    assert first is not None
    assert (waits.state, first.verdict) == (
        S.AWAITING_BOOKKEEPING,
        Verdict.NOT_FOUND_OR_NO_ACCESS,
    )
    assert waits.ask_proof_at is not None
    assert seen.state == S.AWAITING_APPROVAL
    assert seen.proof is not None
    assert seen.proof.observed_name == NAME
    assert seen.proof.raw_status["old_place"] == "still_shown"
    assert done.state == S.COMPLETED
    assert done.proof_id != seen.proof_id, "it is asked again right before the run"
    administration = Administration.objects.get(pk=done.wanted.administration_id)
    assert administration.connection == new


@pytest.mark.django_db
def test_what_is_taken_back_in_the_package_does_not_run(
    packages: Packages, consented: Consented, agent: User, lead: User
) -> None:
    old = packages.connection(Package.TWINFIELD)
    new = packages.connection(
        Package.TWINFIELD, "KANTOOR-B", environment=old.environment
    )
    consented(new)
    made = packages.add(new, "NL100", NAME, kvk_number=KVK)
    move = relink(agent, old, new, code="NL100")
    ask_due()
    approve(Move.objects.get(pk=move.pk), lead)

    packages.organisation(new).administrations.remove(made)
    with pytest.raises(AssertionError):
        run(move)

    stored = Move.objects.get(pk=move.pk)
    assert (stored.state, stored.reason) == (
        S.AWAITING_BOOKKEEPING,
        {
            "code": "package_says_otherwise",
            "verdict": Verdict.NOT_FOUND_OR_NO_ACCESS,
        },
    )


@pytest.fixture
def asker(askers: Askers) -> Process:
    """The worker that asks packages."""
    return askers()[0]


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.3)


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_package_that_hangs_keeps_no_other_waiting(
    asker: Process, packages: Packages, consented: Consented, agent: User
) -> None:
    hangs, works = (
        packages.connection(Package.TWINFIELD, name)
        for name in ("KANTOOR-A", "KANTOOR-B")
    )
    waiting = {}
    for connection in (hangs, works):
        consented(connection)
        codes = [f"NL20{number}" for number in range(5)]
        for code in codes:
            packages.add(connection, code)
        if connection == hangs:
            packages.befall(hangs, "hang")
        waiting[connection] = [relink_within(agent, connection, code) for code in codes]

    def is_done() -> bool:
        celery_tasks.send(celery_tasks.ASK)
        return {state_of(move) for move in waiting[works]} == {S.AWAITING_APPROVAL}

    until(is_done)

    assert {state_of(move) for move in waiting[hangs]} == {S.AWAITING_BOOKKEEPING}
    assert lists_of(packages, hangs) == [None], "it still hangs, asked once"
    assert len(lists_of(packages, works)) == 1, "one list serves all that wait for it"


def lists_of(
    packages: Packages, connection: BookkeepingConnection
) -> list[float | None]:
    """When each question for a list ended; None while it is under way."""
    calls = packages.calls(connection)
    return [call["end"] for call in calls if call["kind"] == "list"]


def relink_within(agent: User, connection: BookkeepingConnection, code: str) -> Move:
    """A change of code to one that the package shows already."""
    draft = make_draft(
        agent, administration=make_administration(connection), to_code=code
    )
    return submit(draft, agent)
