"""Plain builders: a test says what it cares about and gets the rest.

Moves walk the real path (draft, submit, attest, approve), never a written state.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from adminmoves.access import SYSTEM, WORKER, actor_for
from adminmoves.approval.actions import approve_move, reject_move
from adminmoves.approval.decisions import Decision
from adminmoves.audit import trail
from adminmoves.estate.lines import differences, facts_of, line_about
from adminmoves.estate.people import facts_of as facts_of_person
from adminmoves.estate.people import line_about_person
from adminmoves.evidence.records import Attestation, attest
from adminmoves.execution import claim, dispatch, runner, takeover
from adminmoves.execution.actions import ROLL_BACK, settle_move
from adminmoves.intake.draft.actions import edit_draft, start_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.lifecycle import advance
from adminmoves.models import (
    Administration,
    Attempt,
    BookkeepingConnection,
    Environment,
    Move,
    StreamHead,
)
from adminmoves.rules.plan import make_plan
from adminmoves.rules.preflight import inspect
from adminmoves.vocabulary import Action, MoveState, MoveType, Package, Role

S, T = MoveState, MoveType
_number = count(1)

COUNTED_CLEAN = {"documents": 12}
PARTIES: Mapping[str, Any] = {
    "requester_name": "Supergebruiker Noord",
    "requester_email": "super@noord.example",
    "requester_ticket": "SUP-1001",
    "consent_name": "Supergebruiker Zuid",
    "consent_email": "super@zuid.example",
    "consent_on": date(2026, 11, 20),
    "consent_ticket": "SUP-1002",
    "consent_accepts_costs": True,
    "client_informed": True,
}


def make_person(name: str, role: Role | None) -> User:
    user = User.objects.create_user(name, password="een-lang-wachtwoord")
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_environment(**facts: Any) -> Environment:
    number = next(_number)
    facts = {"office_code": f"BOUW{number:03}", "name": f"Kantoor {number}", **facts}
    return Environment.objects.create(**facts)


def make_connection(
    environment: Environment | None = None, **facts: Any
) -> BookkeepingConnection:
    facts = {
        "package": Package.UNIT4,
        "package_environment": f"LIC-{next(_number):03}",
        **facts,
    }
    if facts["package"] == Package.UNIT4:
        facts = {"base_url": "https://api.multivers.nl/V22", **facts}
    return BookkeepingConnection.objects.create(
        environment=environment or make_environment(), **facts
    )


def make_administration(
    connection: BookkeepingConnection | None = None, **facts: Any
) -> Administration:
    connection = connection or make_connection()
    number = next(_number)
    facts = {
        "code": f"{2000 + number}",
        "name": f"Bakkerij Voorbeeld {number}",
        **facts,
    }
    address = connection.environment.address_for(
        facts.get("mail_code") or facts["code"]
    )
    return Administration.objects.create(
        connection=connection,
        environment=connection.environment,
        package=connection.package,
        at_place_since=timezone.now(),
        **{
            "mail_address": address,
            "documents_counted_at": timezone.now(),
            **COUNTED_CLEAN,
            **facts,
        },
    )


def put_on_record() -> None:
    """Write down people and administrations that builders made, as an import does."""
    recorded = set(StreamHead.objects.values_list("stream", "stream_id"))
    people = [
        user for user in User.objects.all() if ("person", str(user.pk)) not in recorded
    ]
    administrations = Administration.objects.select_related("environment", "connection")
    new = [
        one
        for one in administrations
        if ("administration", one.public_id) not in recorded
    ]
    trail.record(
        SYSTEM,
        [
            *(
                line_about_person(u, differences({}, facts_of_person(u)))
                for u in people
            ),
            *(line_about(one, differences({}, facts_of(one))) for one in new),
        ],
    )


def wanted_place(administration: Administration, move_type: MoveType) -> dict[str, Any]:
    """A free place that makes that type, as the form's answers."""
    now = administration.connection
    environment, connection, code = now.environment, now, administration.code
    if move_type in {T.MOVE_ENVIRONMENT, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE}:
        environment = make_environment()
    if move_type != T.CHANGE_CODE:
        connection = make_connection(environment, package=now.package)
    if move_type in {
        T.CHANGE_CODE,
        T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
        T.RELINK_CONNECTION_AND_CHANGE_CODE,
    }:
        code = f"{7000 + next(_number)}"
    return {
        "to_environment": environment,
        "to_connection": connection,
        "to_code": code,
    }


def make_draft(
    agent: User,
    move_type: MoveType = T.CHANGE_CODE,
    administration: Administration | None = None,
    **answers: Any,
) -> Move:
    administration = administration or make_administration()
    actor = actor_for(agent)
    move = start_draft(move_type, actor=actor)
    return edit_draft(
        move.pk,
        {
            "administration": administration,
            **PARTIES,
            **wanted_place(administration, move_type),
            **answers,
        },
        actor=actor,
    )


def warnings_of(move: Move) -> frozenset[str]:
    return frozenset(warning.key for warning in inspect(move).warnings)


def submit(move: Move, agent: User) -> Move:
    return submit_move(move.pk, actor=actor_for(agent), seen=warnings_of(move))


def attest_as(move: Move, agent: User) -> Move:
    attestation = Attestation(
        "Supergebruiker Noord", date(2026, 11, 20), ticket="SUP-1003"
    )
    return attest(move.pk, actor=actor_for(agent), attestation=attestation)


def approve(move: Move, lead: User, **when: Any) -> Move:
    decision = Decision(move.pk, make_plan(move).hash, warnings_of(move), **when)
    return approve_move(decision, actor=actor_for(lead))


def as_read(move: Move, **answers: Any) -> dict[str, Any]:
    """What a form sends from a page of this move that was opened just now."""
    return {"version": Move.objects.get(pk=move.pk).version, **answers}


def counting(move: Move, **counts: Any) -> dict[str, Any]:
    """The same from the page on which its documents are counted."""
    administration = Administration.objects.get(moves=move)
    return {"version": administration.counts_version, **counts}


def start(move: Move, worker: str = "worker-1") -> Attempt:
    attempt = claim.start(move.pk, worker)
    assert attempt is not None
    return attempt


def start_next(worker: str = "worker-1") -> Attempt | None:
    """Start the first due move that may start, as a drain does."""
    due = dispatch.due_moves()
    while move_id := next(due):
        if attempt := claim.start(move_id, worker):
            return attempt
        dispatch.put_last(move_id)
    return None


def run(move: Move) -> Move:
    assert runner.run(move.pk, "worker-1")
    return Move.objects.get(pk=move.pk)


def make_move(
    state: MoveState,
    *,
    agent: User,
    lead: User,
    move_type: MoveType = T.CHANGE_CODE,
    administration: Administration | None = None,
    **answers: Any,
) -> Move:
    """A move in a state, along the path that people and workers take to it."""
    move = make_draft(agent, move_type, administration, **answers)
    for step in WAYS[state]:
        step(move, agent, lead)
    return Move.objects.get(pk=move.pk)


def _attempt(move: Move) -> Attempt:
    return Attempt.objects.get(move=move, ended_at=None)


def _submit(move: Move, agent: User, _lead: User) -> None:
    submit(move, agent)


def _attest(move: Move, agent: User, _lead: User) -> None:
    attest_as(move, agent)


def _approve(move: Move, _agent: User, lead: User) -> None:
    approve(Move.objects.get(pk=move.pk), lead)


def _start(move: Move, _agent: User, _lead: User) -> None:
    start(move)


def _finish(move: Move, _agent: User, _lead: User) -> None:
    runner.execute(_attempt(move))


def _fail(move: Move, _agent: User, _lead: User) -> None:
    runner.fail(_attempt(move), {"code": "not_alone_at_place", "count": 2})


def _doubt(move: Move, _agent: User, _lead: User) -> None:
    doubt(move)


def doubt(move: Move) -> None:
    """As if nobody could tell how the run ended."""
    reason = {"code": "no_progress", "takeovers": 5}
    advance(move.pk, Action.DOUBT, actor=WORKER, facts=(reason,), params=reason)
    expire_lease(move)


def _stop(move: Move, _agent: User, lead: User) -> None:
    settle_move(
        move.pk, actor=actor_for(lead), answer=ROLL_BACK, reason="Beter opnieuw."
    )
    attempt = takeover.resume_expired("worker-2")
    assert attempt is not None
    runner.execute(attempt)


def _reject(move: Move, _agent: User, lead: User) -> None:
    reject_move(move.pk, actor=actor_for(lead), reason="Verkeerde administratie.")


def _withdraw(move: Move, agent: User, _lead: User) -> None:
    withdraw_move(move.pk, actor=actor_for(agent), reason="Niet meer nodig.")


def expire_lease(move: Move) -> None:
    """As if the worker had been silent for longer than its lease."""
    past = timezone.now() - timedelta(seconds=1)
    Attempt.objects.filter(move=move, ended_at=None).update(lease_until=past)


_WAITING = (_submit, _attest)
_RUNNING = (*_WAITING, _approve, _start)
WAYS: Mapping[MoveState, tuple[Callable[[Move, User, User], None], ...]] = {
    S.DRAFT: (),
    S.AWAITING_BOOKKEEPING: (_submit,),
    S.AWAITING_APPROVAL: _WAITING,
    S.APPROVED: (*_WAITING, _approve),
    S.RUNNING: _RUNNING,
    S.COMPLETED: (*_RUNNING, _finish),
    S.IN_DOUBT: (*_RUNNING, _doubt),
    S.FAILED: (*_RUNNING, _fail),
    S.STOPPED: (*_RUNNING, _doubt, _stop),
    S.REJECTED: (*_WAITING, _reject),
    S.WITHDRAWN: (_submit, _withdraw),
}
