"""The events of a journey, as the trail would have them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from adminmoves.access import WORKER
from adminmoves.audit import trail
from adminmoves.demo.large.chaining import TrailMoment
from adminmoves.demo.large.facts import SAID_BY, MoveFacts
from adminmoves.models import Administration
from adminmoves.rules.plan import IN_ONE_GO
from adminmoves.vocabulary import EventCode, MoveState, ProofKind, StepCode, Verdict

E, S = EventCode, MoveState
WORKER_NAME = "worker1@voorbeeld"
BEFORE = (StepCode.RECHECK, StepCode.CLOSE, StepCode.BEFORE_IMAGE)
INSTANT = timedelta(milliseconds=1)
PLACE = ("connection_id", "environment_id", "code", "mail_address")


def of_move(facts: MoveFacts) -> Iterator[TrailMoment]:
    """The stream of the move in order, no two events at the same moment."""
    for position, (at, actor, code, more) in enumerate(_steps(facts), start=1):
        line = trail.about_move(facts.move, code, **more)
        yield TrailMoment(position, at + INSTANT * position, actor, line)


def of_administration(facts: MoveFacts, position: int) -> TrailMoment:
    """The event that the administration was moved, its ``position``-th."""
    journey = facts.journey
    moved = _image(facts.administration), _image_after(facts)
    params = {"number": facts.move.number, "before": moved[0], "after": moved[1]}
    line = trail.about_administration(
        _administration_after(facts),
        E.ADMINISTRATION_MOVED,
        params=params,
        move=facts.move,
    )
    return TrailMoment(position, journey.ended_at, WORKER, line)


def _steps(facts: MoveFacts) -> Iterator[tuple[Any, ...]]:
    journey, agent = facts.journey, facts.agent
    yield (
        journey.requested_at,
        agent,
        E.MOVE_DRAFTED,
        {"params": {"intent": journey.move_type}, "after": S.DRAFT},
    )
    yield (
        journey.submitted_at,
        agent,
        E.MOVE_SUBMITTED,
        _jump(S.DRAFT, S.AWAITING_BOOKKEEPING, warnings=[]),
    )
    if not facts.is_proven:
        left = _jump(S.AWAITING_BOOKKEEPING, S.WITHDRAWN)
        words = {"reason": "Niet meer nodig."}
        yield journey.ended_at, agent, E.MOVE_WITHDRAWN, {**left, "words": words}
        return
    yield journey.proved_at, agent, E.PROOF_ATTESTED, _attested(facts)
    proved = _jump(S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL, kind=ProofKind.ATTESTED)
    yield journey.proved_at, agent, E.MOVE_PROVED, proved
    yield from _decided(facts)


def _decided(facts: MoveFacts) -> Iterator[tuple[Any, ...]]:
    journey, lead = facts.journey, facts.lead
    if not facts.is_done:
        no = _jump(S.AWAITING_APPROVAL, S.REJECTED)
        words = {"reason": "De klant blijft waar hij is."}
        yield journey.decided_at, lead, E.MOVE_REJECTED, {**no, "words": words}
        return
    approval: dict[str, object] = {
        "plan_hash": facts.move.plan_hash,
        "warnings": [],
        "not_before": None,
        "proof": facts.proof_id,
    }
    yield (
        journey.decided_at,
        lead,
        E.MOVE_APPROVED,
        _jump(S.AWAITING_APPROVAL, S.APPROVED, **approval),
    )
    run = {"attempt": 1, "worker": WORKER_NAME}
    started = _jump(S.APPROVED, S.RUNNING, **run, proof=facts.proof_id)
    yield journey.started_at, WORKER, E.MOVE_STARTED, started
    yield journey.started_at, WORKER, E.RUN_STEPS_DONE, _done(BEFORE)
    yield journey.ended_at, WORKER, E.RUN_STEPS_DONE, _done(IN_ONE_GO)
    finished = _jump(S.RUNNING, S.COMPLETED, **run)
    yield journey.ended_at, WORKER, E.MOVE_COMPLETED, finished


def _jump(before: MoveState, after: MoveState, **params: object) -> dict[str, object]:
    return {"params": {"revision": 1, **params}, "before": before, "after": after}


def _done(steps: tuple[StepCode, ...]) -> dict[str, object]:
    return {"params": {"attempt": 1, "steps": [step.value for step in steps]}}


def _attested(facts: MoveFacts) -> dict[str, object]:
    proof = facts.proof
    return {
        "params": {
            "proof": facts.proof_id,
            "verdict": Verdict.ATTESTED,
            "code": proof.code,
            "connection": str(facts.target),
            "overrules_package": False,
            "moved_on": facts.journey.requested_at.date().isoformat(),
        },
        "words": {"said_by": SAID_BY, "ticket": f"SUP-{facts.move_id}"},
    }


def _image(administration: Administration) -> dict[str, object]:
    return {name: getattr(administration, name) for name in PLACE}


def _image_after(facts: MoveFacts) -> dict[str, object]:
    move = facts.move
    return {
        "connection_id": move.to_connection_id,
        "environment_id": move.to_environment_id,
        "code": move.to_code,
        "mail_address": move.to_address,
    }


def _administration_after(facts: MoveFacts) -> Administration:
    """The administration in the office after the move, which the event names."""
    administration = facts.administration
    return Administration(
        pk=administration.pk,
        public_id=administration.public_id,
        name=administration.name,
        environment=facts.target.environment,
    )
