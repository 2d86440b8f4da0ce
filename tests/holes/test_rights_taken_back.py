"""A right that was taken back while a decision waited is gone when it is decided."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from psycopg2 import extensions

from adminmoves.access import Actor, actor_for
from adminmoves.approval import actions as approval
from adminmoves.approval import loans
from adminmoves.approval.decisions import Decision
from adminmoves.errors import NotAllowed, RuleHeld
from adminmoves.evidence.records import Attestation, attest
from adminmoves.execution import actions as execution
from adminmoves.intake.draft.actions import edit_draft, reopen_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import Event, Move, QueueSwitch
from adminmoves.operations.actions import pause_queue, resume_queue
from adminmoves.overview.move.actions import comment
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import MoveState, Role
from tests.builders import make_draft, warnings_of
from tests.cast import MakeMove
from tests.estate.admin import as_shown
from tests.execution.standstill import until
from tests.holes.test_database import refused
from tests.holes.test_locks import outcome_of, somebody_waits
from tests.servers import Connect

pytestmark = pytest.mark.django_db(transaction=True)
S = MoveState
Act = Callable[[Move, Actor], object]
Take = Callable[[User], object]
LATER = timedelta(hours=1)


def approve_together(move: Move, actor: Actor) -> object:
    decision = Decision(move.pk, make_plan(move).hash, warnings_of(move))
    result = approval.approve_many([decision], actor=actor)
    assert result.refusals == {}
    return result


def reschedule(move: Move, actor: Actor) -> object:
    return approval.reschedule_move(
        move.pk, actor=actor, seen=move.timing, not_before=timezone.now() + LATER
    )


def attest_it(move: Move, actor: Actor) -> object:
    attestation = Attestation(
        "Supergebruiker Noord", date(2026, 11, 20), ticket="SUP-1003"
    )
    return attest(move.pk, actor=actor, attestation=attestation)


def settle(move: Move, actor: Actor) -> object:
    return execution.settle_move(
        move.pk, actor=actor, answer=execution.DONE, reason="Nagekeken."
    )


DOORS: dict[str, tuple[MoveState, Act]] = {
    "approve": (S.AWAITING_APPROVAL, approve_together),
    "send back": (
        S.AWAITING_APPROVAL,
        lambda m, a: approval.send_back_move(m.pk, actor=a, question="Waarom?"),
    ),
    "reject": (
        S.AWAITING_APPROVAL,
        lambda m, a: approval.reject_move(m.pk, actor=a, reason="Nee."),
    ),
    "reschedule": (S.APPROVED, reschedule),
    "withdraw": (
        S.APPROVED,
        lambda m, a: withdraw_move(m.pk, actor=a, reason="Oud."),
    ),
    "retry": (S.FAILED, lambda m, a: execution.retry_move(m.pk, actor=a)),
    "settle": (S.IN_DOUBT, settle),
    "stop": (
        S.RUNNING,
        lambda m, a: execution.stop_move(m.pk, actor=a, reason="Stop."),
    ),
    "attest": (S.AWAITING_BOOKKEEPING, attest_it),
    "reopen": (
        S.AWAITING_BOOKKEEPING,
        lambda m, a: reopen_move(m.pk, actor=a),
    ),
    "comment": (S.AWAITING_APPROVAL, lambda m, a: comment(m.pk, actor=a, text="Ja.")),
}


def demote(person: User) -> None:
    person.groups.set([Group.objects.get(name=Role.AUDITOR)])


def switch_off(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def meanwhile(
    owner: extensions.connection,
    row: str,
    act: Callable[[], object],
    take: Callable[[], object],
) -> None:
    """``take`` a right away while ``act`` waits for a row that a session holds."""

    def decide() -> None:
        # The database says it of an approval before we do.
        with pytest.raises((NotAllowed, RuleHeld)):
            act()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT FROM {row} FOR UPDATE")
        late = pool.submit(outcome_of, decide)
        until(lambda: somebody_waits(owner))
        with ThreadPoolExecutor(1) as other:
            assert other.submit(outcome_of, take).result() == "done"
    assert late.result() == "done"


def facts(move: Move) -> tuple[object, ...]:
    stored = Move.objects.get(pk=move.pk)
    return stored.state, stored.not_before, stored.approved_by_id, stored.events.count()


@pytest.mark.parametrize("door", DOORS)
def test_who_lost_their_role_while_it_waited_decides_nothing(
    door: str, owner: extensions.connection, a_move: MakeMove, other_lead: User
) -> None:
    state, act = DOORS[door]
    move = a_move(state)
    before, actor = facts(move), actor_for(other_lead)
    take = switch_off if state == S.APPROVED else demote

    meanwhile(
        owner,
        f"adminmoves_move WHERE id = {move.pk}",
        lambda: act(move, actor),
        lambda: take(other_lead),
    )

    assert facts(move) == before


@pytest.mark.parametrize("how", ["taken back", "lender demoted", "lender switched off"])
def test_what_was_lent_is_gone_at_once(
    how: str,
    owner: extensions.connection,
    a_move: MakeMove,
    lead: User,
    other_lead: User,
    other_agent: User,
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    loan = loans.lend_approval(
        other_agent.pk,
        actor=actor_for(lead),
        ends_at=timezone.now() + LATER,
        reason="Vakantie",
    )
    before, borrower = facts(move), actor_for(other_agent)
    takes: dict[str, Callable[[], object]] = {
        "taken back": lambda: loans.end_loan(loan.pk, actor=actor_for(other_lead)),
        "lender demoted": lambda: demote(lead),
        "lender switched off": lambda: switch_off(lead),
    }

    meanwhile(
        owner,
        f"adminmoves_move WHERE id = {move.pk}",
        lambda: approve_together(move, borrower),
        takes[how],
    )

    assert facts(move) == before
    rule = refused(
        "UPDATE adminmoves_move SET state = 'APPROVED', approved_by_id = %s,"
        " approved_at = now(), plan_hash = repeat('a', 64) WHERE id = %s",
        [other_agent.pk, move.pk],
    )
    assert rule == "move_approver_right"


@pytest.mark.parametrize("act", [pause_queue, resume_queue])
def test_a_lead_who_was_demoted_switches_no_queue(
    act: Callable[..., object],
    owner: extensions.connection,
    lead: User,
    other_lead: User,
) -> None:
    if act is resume_queue:
        pause_queue(actor=actor_for(lead), reason="Onderhoud")
    before, actor = QueueSwitch.objects.values().get(), actor_for(other_lead)

    meanwhile(
        owner,
        "adminmoves_queueswitch",
        lambda: act(actor=actor, reason="Zomaar"),
        lambda: demote(other_lead),
    )

    assert QueueSwitch.objects.values().get() == before


def test_a_draft_is_not_saved_for_who_was_switched_off(
    owner: extensions.connection, agent: User
) -> None:
    draft, actor = make_draft(agent), actor_for(agent)

    meanwhile(
        owner,
        f"adminmoves_move WHERE id = {draft.pk}",
        lambda: edit_draft(draft.pk, {"to_code": "4711"}, actor=actor),
        lambda: switch_off(agent),
    )

    assert Move.objects.get(pk=draft.pk).to_code == draft.to_code


def test_an_administrator_who_was_demoted_changes_no_office(
    owner: extensions.connection, administrator: User, a_move: MakeMove
) -> None:
    """The page of the admin, whose request began while they still were one."""
    office = a_move(S.DRAFT).administration.environment  # type: ignore[union-attr] # drafts of builders have one
    client = Client()
    client.force_login(administrator)
    url = f"/beheer/adminmoves/environment/{office.pk}/change/"
    sent = as_shown(client.get(url))

    def save() -> None:
        answer = client.post(url, {**sent, "name": "Te laat"})
        if answer.status_code == 403:
            raise NotAllowed

    meanwhile(
        owner,
        f"adminmoves_environment WHERE id = {office.pk}",
        save,
        lambda: demote(administrator),
    )

    office.refresh_from_db()
    assert office.name != "Te laat"


def test_taking_a_loan_back_waits_for_what_is_decided_with_it(
    owner: extensions.connection,
    app_sql: Connect,
    a_move: MakeMove,
    lead: User,
    other_agent: User,
) -> None:
    """So that nobody is told that it is taken back, and sees an approval after it."""
    move = a_move(S.AWAITING_APPROVAL)
    loan = loans.lend_approval(
        other_agent.pk,
        actor=actor_for(lead),
        ends_at=timezone.now() + LATER,
        reason="Vakantie",
    )
    take_back = lambda: loans.end_loan(loan.pk, actor=actor_for(lead))  # noqa: E731 - one line
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            approve_together(move, actor_for(other_agent))
            late = pool.submit(outcome_of, take_back)
            until(lambda: somebody_waits(owner))
        assert late.result() == "done"

    codes = Event.objects.order_by("id").values_list("code", flat=True)
    assert list(codes)[-2:] == ["MOVE_APPROVED", "LOAN_ENDED"]
