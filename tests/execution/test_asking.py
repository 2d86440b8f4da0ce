"""How often a package is asked before a run, and whom that holds up."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.gateway import FRESH, Evidence
from adminmoves.evidence.records import ask_package
from adminmoves.execution import claim, runner
from adminmoves.execution.steps import RunFailed
from adminmoves.models import Administration, BookkeepingConnection, Move, Proof
from adminmoves.vocabulary import MoveState, Verdict
from tests.builders import (
    approve,
    expire_lease,
    make_administration,
    make_connection,
    make_draft,
    start,
    submit,
)
from tests.cast import Answering, MakeMove
from tests.packages import ChosenAnswers

pytestmark = pytest.mark.django_db
S = MoveState
V = Verdict


class Broken:
    """An adapter with a fault of its own."""

    def check(self, *_asked: object, **_how: object) -> Evidence:
        raise LookupError("an answer that nobody understands")


@pytest.fixture
def connection(agent: User) -> BookkeepingConnection:
    return make_connection(demand=BookkeepingConnection.Demand.API)


def seen(agent: User, lead: User, administration: Administration, code: str) -> Move:
    """An approved move whose proof is an answer of the package itself."""
    draft = make_draft(agent, administration=administration, to_code=code)
    move = submit(draft, agent)
    ask_package(move.pk)
    return approve(Move.objects.get(pk=move.pk), lead)


def test_a_package_that_cannot_be_understood_does_not_hold_up_the_others(
    agent: User,
    lead: User,
    package: ChosenAnswers,
    answering: Answering,
    connection: BookkeepingConnection,
    a_move: MakeMove,
) -> None:
    seen(agent, lead, make_administration(connection), "4711")
    other = a_move(S.APPROVED)
    answering(Broken())

    for _ring in range(2):
        with suppress(LookupError):
            runner.drain("worker-1", seconds=10)

    assert Move.objects.get(pk=other.pk).state == S.COMPLETED


@pytest.mark.parametrize("verdict", [V.UNAVAILABLE, V.RATE_LIMITED])
def test_a_package_that_cannot_answer_is_left_alone_for_a_while(
    verdict: Verdict,
    agent: User,
    lead: User,
    package: ChosenAnswers,
    connection: BookkeepingConnection,
) -> None:
    move = seen(agent, lead, make_administration(connection), "4711")
    later = timezone.now() + timedelta(minutes=20)
    package.answers = [Evidence(verdict, retry_at=later)]

    for _look in range(3):
        claim.start(move.pk, "worker-1")
    answers = Proof.objects.filter(move=move).values_list("verdict", flat=True)

    assert sorted(answers) == sorted([V.FOUND_ACTIVE, verdict])
    assert Move.objects.get(pk=move.pk).state == S.APPROVED


def test_a_move_that_waits_for_another_does_not_ask_its_package_meanwhile(
    agent: User, lead: User, package: ChosenAnswers, connection: BookkeepingConnection
) -> None:
    leaving, arriving = (
        make_administration(connection, code=code) for code in ("1", "2")
    )
    first = submit(make_draft(agent, administration=leaving, to_code="9"), agent)
    package.answers = [Evidence(V.FOUND_ACTIVE, name=arriving.name)]
    second = seen(agent, lead, arriving, "1")
    asked = len(package.asked)

    for _look in range(3):
        claim.start(second.pk, "worker-1")

    stored = Move.objects.get(pk=second.pk)
    assert (len(package.asked), stored.state) == (asked, S.APPROVED)
    assert stored.reason["number"] == first.number


def test_more_of_what_was_warned_of_goes_back_to_approval(
    agent: User, lead: User, a_move: MakeMove
) -> None:
    administration = make_administration(documents_unprocessed=1)
    move = a_move(S.APPROVED, administration=administration)
    less = a_move(
        S.APPROVED, administration=make_administration(documents_unprocessed=2)
    )
    Administration.objects.filter(pk=administration.pk).update(documents_unprocessed=9)
    Administration.objects.filter(pk=less.wanted.administration_id).update(
        documents_unprocessed=1
    )

    started = [claim.start(one.pk, "worker-1") is not None for one in (move, less)]

    stored = Move.objects.get(pk=move.pk)
    assert (started, stored.state) == ([False, True], S.AWAITING_APPROVAL)
    assert stored.reason["code"] == "new_warning"


def test_who_lost_the_lease_before_a_failure_lets_go_quietly(
    a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = a_move(S.APPROVED)
    attempt = start(move)

    def refuse_late(*_what: object) -> None:
        expire_lease(move)
        raise RunFailed("not_alone_at_place", count=2)

    monkeypatch.setattr(runner, "_switch", refuse_late)

    runner.execute(attempt)

    assert Move.objects.get(pk=move.pk).state == S.RUNNING


def test_a_package_that_somebody_asks_leaves_the_move_approved_and_says_until_when(
    agent: User,
    lead: User,
    package: ChosenAnswers,
    answering: Answering,
    connection: BookkeepingConnection,
) -> None:
    move = seen(agent, lead, make_administration(connection), "4711")
    until = timezone.now() + timedelta(minutes=1)

    class Busy:
        def check(self, *_asked: object, age: timedelta, **_how: object) -> Evidence:
            assert age == FRESH
            raise ConnectionBusy(until)

    answering(Busy())

    assert claim.start(move.pk, "worker-1") is None
    stored = Move.objects.get(pk=move.pk)
    assert stored.state == S.APPROVED
    assert stored.reason == {"code": "package_busy", "until": until.isoformat()}
