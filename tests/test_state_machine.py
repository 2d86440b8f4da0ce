"""Every action from every state: the table below is the whole machine."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from adminmoves.access import MAY, WORKER, Actor, actor_for
from adminmoves.approval.actions import reject_move, reschedule_move, send_back_move
from adminmoves.errors import NotAllowed, StepRefused
from adminmoves.execution import runner
from adminmoves.execution.actions import DONE, retry_move, settle_move
from adminmoves.intake.draft.actions import reopen_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.lifecycle import STEPS, advance
from adminmoves.models import Approval, Attempt, Event, Move
from adminmoves.models.move import declared_jumps
from adminmoves.models.refusals import constraint_name
from adminmoves.vocabulary import ACTION_EVENTS, Action, MoveState, Outcome, Right, Role
from tests.builders import approve, attest_as, doubt, start, submit
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db

A, S, R = Action, MoveState, Role
LEADS_TO = {
    (S.DRAFT, A.SUBMIT): S.AWAITING_BOOKKEEPING,
    (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
    (S.AWAITING_BOOKKEEPING, A.PROVE): S.AWAITING_APPROVAL,
    (S.AWAITING_BOOKKEEPING, A.REOPEN): S.DRAFT,
    (S.AWAITING_BOOKKEEPING, A.WITHDRAW): S.WITHDRAWN,
    (S.AWAITING_APPROVAL, A.APPROVE): S.APPROVED,
    (S.AWAITING_APPROVAL, A.SEND_BACK): S.DRAFT,
    (S.AWAITING_APPROVAL, A.REJECT): S.REJECTED,
    (S.AWAITING_APPROVAL, A.REOPEN): S.DRAFT,
    (S.AWAITING_APPROVAL, A.EXPIRE_PROOF): S.AWAITING_BOOKKEEPING,
    (S.AWAITING_APPROVAL, A.WITHDRAW): S.WITHDRAWN,
    (S.APPROVED, A.START): S.RUNNING,
    (S.APPROVED, A.RESCHEDULE): S.APPROVED,
    (S.APPROVED, A.REAPPROVE): S.AWAITING_APPROVAL,
    (S.APPROVED, A.EXPIRE_PROOF): S.AWAITING_BOOKKEEPING,
    (S.APPROVED, A.WITHDRAW): S.WITHDRAWN,
    (S.RUNNING, A.FINISH): S.COMPLETED,
    (S.RUNNING, A.FAIL): S.FAILED,
    (S.RUNNING, A.STOP): S.STOPPED,
    (S.RUNNING, A.DOUBT): S.IN_DOUBT,
    (S.IN_DOUBT, A.SETTLE): S.RUNNING,
    (S.FAILED, A.RETRY): S.APPROVED,
    (S.FAILED, A.WITHDRAW): S.WITHDRAWN,
    (S.STOPPED, A.RETRY): S.APPROVED,
    (S.STOPPED, A.WITHDRAW): S.WITHDRAWN,
}
AGENTS, LEADS, WORKERS = {R.SUPPORT_AGENT, R.TEAM_LEAD}, {R.TEAM_LEAD}, {R.WORKER}
WHO = {
    A.SUBMIT: AGENTS,
    A.PROVE: AGENTS | WORKERS,
    A.APPROVE: LEADS,
    A.START: WORKERS,
    A.FINISH: WORKERS,
    A.REOPEN: AGENTS,
    A.SEND_BACK: LEADS,
    A.REJECT: LEADS,
    A.EXPIRE_PROOF: WORKERS,
    A.REAPPROVE: WORKERS,
    A.RESCHEDULE: LEADS,
    A.FAIL: WORKERS,
    A.STOP: WORKERS,
    A.DOUBT: WORKERS,
    A.SETTLE: LEADS,
    A.RETRY: LEADS,
    A.WITHDRAW: AGENTS,
}
FACTS: Mapping[Action, tuple[object, ...]] = {
    A.PROVE: (0,),
    A.APPROVE: (Approval(0, {}, ""),),
    A.EXPIRE_PROOF: ({"code": "proof_too_old"},),
    A.REAPPROVE: ({"code": "plan_changed"},),
    A.RESCHEDULE: (None,),
    A.FAIL: ({"code": "test"},),
    A.STOP: ({"code": "test"},),
    A.DOUBT: ({"code": "test"},),
}


def stop(move: Move) -> None:
    attempt = Attempt.objects.get(move=move, ended_at=None)
    attempt.undo_outcome, attempt.undo_reason = Outcome.STOPPED, {"code": "test"}
    attempt.save()
    runner.execute(attempt)


def open_attempt(move: Move) -> Attempt:
    return Attempt.objects.get(move=move, ended_at=None)


@pytest.fixture
def take(agent: User, lead: User) -> Mapping[Action, Callable[[Move], object]]:
    """How each action is really taken."""
    by_agent: dict[str, Any] = {"actor": actor_for(agent)}
    by_lead: dict[str, Any] = {"actor": actor_for(lead)}
    because = {"code": "proof_too_old"}
    return {
        A.SUBMIT: lambda move: submit(move, agent),
        A.PROVE: lambda move: attest_as(move, agent),
        A.APPROVE: lambda move: approve(move, lead),
        A.START: start,
        A.FINISH: lambda move: runner.execute(open_attempt(move)),
        A.REOPEN: lambda move: reopen_move(move.pk, **by_agent),
        A.SEND_BACK: lambda move: send_back_move(move.pk, question="?", **by_lead),
        A.REJECT: lambda move: reject_move(move.pk, reason="x", **by_lead),
        A.EXPIRE_PROOF: lambda move: advance(
            move.pk, A.EXPIRE_PROOF, actor=WORKER, facts=(because,)
        ),
        A.REAPPROVE: lambda move: advance(
            move.pk, A.REAPPROVE, actor=WORKER, facts=(because,)
        ),
        A.RESCHEDULE: lambda move: reschedule_move(
            move.pk, seen=move.timing, not_before=None, actor=by_lead["actor"]
        ),
        A.FAIL: lambda move: runner.fail(open_attempt(move), {"code": "test"}),
        A.STOP: stop,
        A.DOUBT: doubt,
        A.SETTLE: lambda move: settle_move(move.pk, answer=DONE, reason="x", **by_lead),
        A.RETRY: lambda move: retry_move(move.pk, **by_lead),
        A.WITHDRAW: lambda move: withdraw_move(move.pk, reason="x", **by_agent),
    }


@pytest.mark.parametrize(("state", "action"), LEADS_TO)
def test_a_legal_step_leads_where_the_table_says_and_leaves_its_line(
    state: MoveState,
    action: Action,
    a_move: MakeMove,
    take: Mapping[Action, Callable[[Move], object]],
) -> None:
    move = a_move(state)

    take[action](move)

    after = LEADS_TO[state, action]
    line = Event.objects.filter(move=move, code=ACTION_EVENTS[action]).latest("id")
    assert Move.objects.get(pk=move.pk).state == after
    assert (line.before, line.after) == (state, after)


@pytest.mark.parametrize("state", MoveState)
def test_every_other_step_is_refused_in_words_and_changes_nothing(
    state: MoveState, a_move: MakeMove, actors: dict[Role, Actor]
) -> None:
    move = a_move(state)
    lines = move.events.count()
    illegal = [action for action in A if (state, action) not in LEADS_TO]

    refused = {}
    for action in illegal:
        actor = actors[min(MAY[action] & actors.keys())]
        with pytest.raises(StepRefused) as refusal:
            advance(move.pk, action, actor=actor, facts=FACTS.get(action, ()))
        refused[action] = str(MoveState(state).label) in str(refusal.value)

    assert refused == dict.fromkeys(illegal, True)
    assert Move.objects.get(pk=move.pk).state == state
    assert move.events.count() == lines


@pytest.mark.parametrize("state", MoveState)
def test_the_database_refuses_every_jump_that_the_machine_does_not_have(
    state: MoveState, a_move: MakeMove
) -> None:
    move = a_move(state)
    jumps = {after for before, after in declared_jumps() if before == state}
    ended = state in {S.COMPLETED, S.REJECTED, S.WITHDRAWN}

    refused_by = {}
    for target in set(S) - jumps - {state}:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            write_state(move, target)
        refused_by[target] = constraint_name(refusal.value)

    wanted = {"move_ended"} if ended else {"move_jump"}
    assert set(refused_by.values()) <= wanted | GUARDS_THAT_LOOK_FIRST
    assert len(refused_by) == len(S) - len(jumps - {state}) - 1


GUARDS_THAT_LOOK_FIRST = {
    "move_four_eyes",
    "move_lease",
    "move_completed",
    "move_undone",
}


def write_state(move: Move, state: MoveState) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE adminmoves_move SET state = %s WHERE id = %s", [state, move.pk]
        )


def test_the_declared_machine_is_the_table() -> None:
    assert set(declared_jumps()) == {
        (before.value, after.value) for (before, _action), after in LEADS_TO.items()
    }


def test_each_right_to_act_is_the_table() -> None:
    assert {action: set(MAY[action]) for action in A} == WHO
    assert set(STEPS) == set(A)
    assert set(MAY) == set(A) | set(Right)


@pytest.mark.parametrize("role", [*R])
def test_no_role_takes_a_step_that_is_not_its_own(
    role: Role, a_move: MakeMove, actors: dict[Role, Actor]
) -> None:
    move = a_move(S.DRAFT)
    actor = actors.get(role) or Actor(name="system", role=role)
    barred = [action for action in A if role not in WHO[action]]

    for action in barred:
        with pytest.raises(NotAllowed):
            advance(move.pk, action, actor=actor, facts=FACTS.get(action, ()))

    assert Move.objects.get(pk=move.pk).state == S.DRAFT
