"""Approving several requests at once: each is decided by itself."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg2 import extensions
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from adminmoves import celery_tasks, lifecycle
from adminmoves.access import actor_for
from adminmoves.approval.actions import approve_many
from adminmoves.approval.bulk import BulkResult
from adminmoves.approval.decisions import Decision
from adminmoves.approval.priority import Priority
from adminmoves.errors import NotAllowed
from adminmoves.models import BookkeepingConnection, Event, Move
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import EventCode, MoveState
from benchmarks.databases import APP, OWNER, use
from benchmarks.people import make_people
from benchmarks.world import make_waiting
from tests.builders import approve, attest_as, make_draft, submit, warnings_of
from tests.cast import MakeMove
from tests.execution.standstill import until
from tests.servers import Connect

pytestmark = pytest.mark.django_db
S = MoveState
Spoil = Callable[[Decision], Decision | None]
MANY = 500


@pytest.fixture
def waiting(a_move: MakeMove) -> list[Move]:
    return [a_move(S.AWAITING_APPROVAL) for _ in range(3)]


def decision_on(move: Move) -> Decision:
    return Decision(move.pk, make_plan(move).hash, warnings_of(move))


def states(moves: Sequence[Move]) -> list[str]:
    now = Move.objects.in_bulk([move.pk for move in moves])
    return [str(now[move.pk].state) for move in moves]


# --- it works


def test_all_are_approved_and_each_has_its_line(
    waiting: list[Move], lead: User
) -> None:
    result = approve_many([decision_on(m) for m in waiting], actor=actor_for(lead))

    assert result.approved == waiting
    assert result.refusals == {}
    stored = Move.objects.in_bulk([move.pk for move in waiting])
    assert {(move.state, move.approved_by_id) for move in stored.values()} == {
        (S.APPROVED, lead.pk)
    }
    lines = Event.objects.filter(code=EventCode.MOVE_APPROVED).order_by("move_id")
    assert [(line.move_id, line.params["plan_hash"]) for line in lines] == [
        (move.pk, make_plan(move).hash) for move in waiting
    ]


def test_each_has_its_own_moment_and_priority(waiting: list[Move], lead: User) -> None:
    later = timezone.now() + timedelta(days=2)
    first, second, third = (decision_on(move) for move in waiting)
    priority = Priority(urgent=True, reason="Jaarwerk.")

    approve_many(
        [first, replace(second, not_before=later), replace(third, priority=priority)],
        actor=actor_for(lead),
    )

    stored = Move.objects.order_by("pk").values_list("not_before", "urgent")
    assert list(stored) == [(None, False), (later, False), (None, True)]


def test_the_bell_rings_once_for_all(
    waiting: list[Move],
    lead: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(celery_tasks, "send", sent.append)

    with django_capture_on_commit_callbacks(execute=True):
        approve_many([decision_on(move) for move in waiting], actor=actor_for(lead))

    assert sent == [celery_tasks.DRAIN]


def test_nothing_chosen_is_nothing_done(lead: User) -> None:
    assert approve_many([], actor=actor_for(lead)) == BulkResult([], [], {})


def test_who_may_not_approve_approves_none(waiting: list[Move], agent: User) -> None:
    with pytest.raises(NotAllowed):
        approve_many([decision_on(move) for move in waiting], actor=actor_for(agent))

    assert states(waiting) == [S.AWAITING_APPROVAL] * 3


# --- one is refused, the others are not


def another_plan(decision: Decision) -> Decision:
    return replace(decision, plan_hash="0" * 64)


def no_reason(decision: Decision) -> Decision:
    return replace(decision, priority=Priority(urgent=True))


def beyond_the_attestation(decision: Decision) -> Decision:
    return replace(decision, not_before=timezone.now() + timedelta(days=40))


def blocked(decision: Decision) -> None:
    link_of(decision).update(is_active=False)


def link_of(decision: Decision) -> QuerySet[BookkeepingConnection]:
    move = Move.objects.get(pk=decision.move_id)
    return BookkeepingConnection.objects.filter(pk=move.wanted.connection_id)


SPOILED = [
    (another_plan, "Het plan is gewijzigd sinds je deze pagina opende."),
    (no_reason, "Vertel waarom het spoed heeft."),
    (beyond_the_attestation, "De verklaring is dan te oud."),
    (blocked, "Dit houdt de migratie tegen:"),
]


@pytest.mark.parametrize(("spoil", "sentence"), SPOILED)
def test_what_is_refused_holds_no_other_one_back(
    spoil: Spoil, sentence: str, waiting: list[Move], lead: User
) -> None:
    first, second, third = (decision_on(move) for move in waiting)
    second = spoil(second) or second
    before = Event.objects.filter(move_id=second.move_id).count()

    result = approve_many([first, second, third], actor=actor_for(lead))

    assert list(result.refusals) == [second.move_id]
    assert result.refusals[second.move_id].startswith(sentence)
    assert states(waiting) == [S.APPROVED, S.AWAITING_APPROVAL, S.APPROVED]
    assert Event.objects.filter(move_id=second.move_id).count() == before


def test_an_unseen_warning_is_refused_by_itself(a_move: MakeMove, lead: User) -> None:
    warned, seen = (
        a_move(S.AWAITING_APPROVAL, client_informed=False) for _ in range(2)
    )
    unseen = replace(decision_on(warned), seen=frozenset())

    result = approve_many([unseen, decision_on(seen)], actor=actor_for(lead))

    assert result.refusals == {
        warned.pk: "Vink aan dat je dit hebt gezien: De klant weet het nog niet."
    }
    assert states([warned, seen]) == [S.AWAITING_APPROVAL, S.APPROVED]
    assert [w["code"] for w in Move.objects.get(pk=seen.pk).warnings_seen] == [
        "client_informed"
    ]


def test_who_worked_on_one_approves_the_others(waiting: list[Move], lead: User) -> None:
    own = make_draft(lead)
    submit(own, lead)
    own = attest_as(own, lead)

    result = approve_many(
        [decision_on(move) for move in (own, *waiting)], actor=actor_for(lead)
    )

    assert result.refusals == {
        own.pk: "Jij hebt aan deze aanvraag gewerkt. "
        "Daarom geeft een andere teamleider akkoord."
    }
    assert states([own, *waiting]) == [S.AWAITING_APPROVAL, *[S.APPROVED] * 3]


def test_the_database_holds_four_eyes_of_one_and_keeps_the_others(
    waiting: list[Move], lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = make_draft(lead)
    submit(own, lead)
    own = attest_as(own, lead)
    moves = [waiting[0], own, *waiting[1:]]
    monkeypatch.setattr(lifecycle, "require_four_eyes", lambda _move, _actor: None)

    result = approve_many([decision_on(m) for m in moves], actor=actor_for(lead))

    assert result.approved == waiting
    assert result.refusals == {
        own.pk: "Wie aan deze aanvraag werkte, geeft geen akkoord. "
        "Vraag een andere teamleider."
    }
    assert states(moves) == [S.APPROVED, S.AWAITING_APPROVAL, S.APPROVED, S.APPROVED]
    approved = Event.objects.filter(code=EventCode.MOVE_APPROVED)
    assert sorted(approved.values_list("move_id", flat=True)) == [
        move.pk for move in waiting
    ]


def test_one_decided_meanwhile_names_who_did(
    waiting: list[Move], lead: User, other_lead: User
) -> None:
    decisions = [decision_on(move) for move in waiting]
    approve(waiting[1], other_lead)

    result = approve_many(decisions, actor=actor_for(lead))

    assert list(result.refusals) == [waiting[1].pk]
    assert other_lead.username in result.refusals[waiting[1].pk]
    stored = Move.objects.order_by("pk").values_list("approved_by", flat=True)
    assert list(stored) == [lead.pk, other_lead.pk, lead.pk]


def test_one_whose_proof_lapsed_waits_for_another(
    waiting: list[Move], lead: User
) -> None:
    decisions = [decision_on(move) for move in waiting]
    link_of(decisions[1]).update(demand=BookkeepingConnection.Demand.API)

    result = approve_many(decisions, actor=actor_for(lead))

    assert list(result.refusals) == [waiting[1].pk]
    assert result.refusals[waiting[1].pk].endswith("De aanvraag wacht op het antwoord.")
    assert states(waiting) == [S.APPROVED, S.AWAITING_BOOKKEEPING, S.APPROVED]
    line = Event.objects.filter(move=waiting[1]).latest("pk")
    assert (line.code, line.params["noticed_by"]) == (
        EventCode.MOVE_PROOF_EXPIRED,
        lead.username,
    )


def test_all_whose_attestation_is_too_old_wait_for_another(
    waiting: list[Move], lead: User, settings: Settings
) -> None:
    decisions = [decision_on(move) for move in waiting]
    settings.PORTAL_ATTESTED_PROOF_DAYS = 0

    result = approve_many(decisions, actor=actor_for(lead))

    assert set(result.refusals.values()) == {
        "De verklaring is te oud. De aanvraag wacht op een nieuwe."
    }
    assert states(waiting) == [S.AWAITING_BOOKKEEPING] * 3


# --- two at once, and many


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_leads_whose_choices_overlap_both_get_done(
    a_move: MakeMove,
    lead: User,
    other_lead: User,
    owner: extensions.connection,
    app_sql: Connect,
) -> None:
    moves = [a_move(S.AWAITING_APPROVAL) for _ in range(20)]
    decisions = [decision_on(move) for move in moves]

    def decide(who: User, mine: Sequence[Decision]) -> BulkResult:
        try:
            return approve_many(mine, actor=actor_for(who))
        finally:
            connection.close()

    # A third session locks one in the middle, so that both are under way at once.
    third = app_sql()
    with ThreadPoolExecutor(2) as pool, third.cursor() as cursor:
        middle = moves[10].pk
        cursor.execute("SELECT FROM adminmoves_move WHERE id = %s FOR UPDATE", [middle])
        first = pool.submit(decide, lead, decisions[:18])
        second = pool.submit(decide, other_lead, decisions[:1:-1])
        until(lambda: waiting_for_locks(owner) == 2)
        third.rollback()
        results = [first.result(), second.result()]

    assert states(moves) == [S.APPROVED] * 20
    approved = Event.objects.filter(code=EventCode.MOVE_APPROVED)
    assert sorted(approved.values_list("move_id", flat=True)) == [m.pk for m in moves]
    refused = {pk for result in results for pk in result.refusals}
    assert refused == {move.pk for move in moves[2:18]}


def waiting_for_locks(owner: extensions.connection) -> int:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        (waiting,) = cursor.fetchone() or (0,)
        return int(waiting)


@pytest.mark.slow
@pytest.mark.usefixtures("owner")
def test_five_hundred_cost_one_statement_each_and_a_few(database_name: str) -> None:
    use(OWNER, database_name)
    people = make_people()
    ids = make_waiting(MANY, people, S.AWAITING_APPROVAL)
    use(APP, database_name)
    moves = Move.objects.with_related().in_bulk(ids)
    decisions = [
        Decision(pk, make_plan(move).hash, seen=frozenset())
        for pk, move in moves.items()
    ]

    with CaptureQueriesContext(connection) as caught:
        result = approve_many(decisions, actor=people.lead)

    assert result.refusals == {}
    assert Move.objects.filter(state=S.APPROVED).count() == MANY
    assert len(caught) <= MANY + 12
