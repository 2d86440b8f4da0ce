"""Carries out a started move. The ledger says where a run goes on after a death."""

import logging
import time
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.audit import trail
from adminmoves.errors import LeaseLost
from adminmoves.execution import claim
from adminmoves.execution.lease import fenced
from adminmoves.models import (
    Administration,
    Aftercare,
    Attempt,
    Effect,
    FormerPlace,
    Move,
)
from adminmoves.plan import IN_ONE_GO, make_plan
from adminmoves.vocabulary import Action, EventCode, Outcome, StepCode

logger = logging.getLogger(__name__)

COUNTED = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")
PLACE = ("connection_id", "environment_id", "code", "mail_address")


class RunFailed(Exception):
    """A step's own refusal or failed check: the move fails, with this reason."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = {"code": code, **params}


def drain(worker: str, seconds: float) -> int:
    """Carry out what is due until nothing is left or the time is up; the count."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        attempt = claim.take_over(worker) or claim.start_next(worker)
        if attempt is None:
            break
        carry_out(attempt)
        done += 1
    return done


def carry_out(attempt: Attempt) -> None:
    """Take one attempt to its end. Whatever is not the move's own failure leaves it
    RUNNING, for takeover: a time limit, a lost database, a lost lease."""
    try:
        if attempt.undo_outcome:
            _undo(attempt)
        else:
            _change(attempt)
    except LeaseLost:
        logger.warning("%s goes on elsewhere; this worker lets go.", attempt)


def _change(attempt: Attempt) -> None:
    """All of it, or back to where it was."""
    try:
        prepare(attempt)
        _switch(attempt)
    except RunFailed as failure:
        fail(attempt, failure.reason)


def prepare(attempt: Attempt) -> None:
    """Close the administration and take the before-image; once, by the ledger."""
    if attempt.effects.filter(step=StepCode.BEFORE_IMAGE).exists():
        return
    with fenced(attempt) as move:
        administration = _hold_administration(move)
        administration.closed_by = move
        administration.save(update_fields=["closed_by"])
        attempt.before_image = _image(administration)
        attempt.takeovers = 0
        attempt.save(update_fields=["before_image", "takeovers"])
        steps = (StepCode.RECHECK, StepCode.CLOSE, StepCode.BEFORE_IMAGE)
        _enter(attempt, move, steps, {StepCode.BEFORE_IMAGE: attempt.before_image})


def _switch(attempt: Attempt) -> None:
    """Place, address, verify, open, after-care and finish: one transaction, so that
    undoing it is ROLLBACK."""
    try:
        with fenced(attempt) as move:
            before = Attempt.objects.get(pk=attempt.pk).before_image
            administration = _hold_administration(move)
            plan = make_plan(move)
            if plan.hash != move.plan_hash:
                raise RunFailed("plan_changed_while_running")
            _leave_place(move, administration)
            _take_place(move, administration)
            _verify(move, before)
            _list_aftercare(move, plan.aftercare)
            _enter(attempt, move, IN_ONE_GO, {})
            _end(attempt, Outcome.COMPLETED)
            lifecycle.advance(
                move.pk,
                Action.FINISH,
                actor=WORKER,
                told={"attempt": attempt.number, "worker": attempt.worker},
            )
    except IntegrityError as refused:
        diagnosis = getattr(refused.__cause__, "diag", None)
        rule = getattr(diagnosis, "constraint_name", None) or ""
        if rule == "administration_place_guard":
            raise LeaseLost("the database refused the token") from refused
        raise RunFailed("database_refused", rule=rule) from refused


def fail(attempt: Attempt, reason: dict[str, Any]) -> None:
    """Write down which way it goes, so that a takeover goes the same way; then undo."""
    with fenced(attempt):
        attempt.undo_outcome, attempt.undo_reason = Outcome.FAILED, reason
        attempt.save(update_fields=["undo_outcome", "undo_reason"])
    _undo(attempt)


def _undo(attempt: Attempt) -> None:
    """Open the administration as it was. Its place never left: that was ROLLBACK."""
    with fenced(attempt) as move:
        held = Attempt.objects.get(pk=attempt.pk)
        administration = _hold_administration(move)
        administration.closed_by = None
        administration.save(update_fields=["closed_by"])
        Effect.objects.get_or_create(
            attempt=attempt,
            move=move,
            step=StepCode.OPEN,
            undone=True,
            defaults={"worker": attempt.worker},
        )
        _end(attempt, Outcome(held.undo_outcome))
        failed = held.undo_outcome == Outcome.FAILED
        lifecycle.advance(
            move.pk,
            Action.FAIL if failed else Action.STOP,
            actor=WORKER,
            facts=(held.undo_reason,),
            told={"attempt": attempt.number, **held.undo_reason},
        )


def _hold_administration(move: Move) -> Administration:
    return Administration.objects.select_for_update(of=("self",)).get(
        pk=move.wanted.administration_id
    )


def _image(administration: Administration) -> dict[str, Any]:
    return {
        name: getattr(administration, name)
        for name in ("public_id", "name", "external_id", "mail_code", *PLACE, *COUNTED)
    }


def _leave_place(move: Move, administration: Administration) -> None:
    """The former place stays findable: code, office and address."""
    FormerPlace.objects.create(
        administration=administration,
        move=move,
        environment=administration.environment,
        connection=administration.connection,
        package=administration.package,
        office_code=administration.environment.office_code,
        code=administration.code,
        mail_address=administration.mail_address,
        from_at=administration.at_place_since,
        until_at=timezone.now(),
    )


def _take_place(move: Move, administration: Administration) -> None:
    before = _image(administration)
    administration.connection_id = move.wanted.connection_id
    administration.environment_id = move.wanted.environment_id
    administration.code = move.to_code
    administration.mail_address = move.plan["to_address"]
    administration.at_place_since = timezone.now()
    administration.closed_by = None
    administration.save()
    after = _image(administration)
    params = {
        "number": move.number,
        "before": {name: before[name] for name in PLACE},
        "after": {name: after[name] for name in PLACE},
    }
    line = trail.about_administration(
        administration, EventCode.ADMINISTRATION_MOVED, params=params, move=move
    )
    trail.record(WORKER, [line])


def _verify(move: Move, before: dict[str, Any]) -> None:
    """Exactly one administration at the wanted place, this one, with its documents."""
    there = list(
        Administration.objects.filter(
            connection_id=move.to_connection_id, code_key=move.to_code_key
        )
    )
    if [held.pk for held in there] != [move.administration_id]:
        raise RunFailed("not_alone_at_place", count=len(there))
    counts = {name: getattr(there[0], name) for name in COUNTED}
    if counts != {name: before[name] for name in COUNTED}:
        raise RunFailed("documents_differ", before=before["documents"], **counts)


def _list_aftercare(move: Move, codes: tuple[str, ...]) -> None:
    Aftercare.objects.bulk_create(
        Aftercare(move=move, position=position, code=code)
        for position, code in enumerate(codes, start=1)
    )


def _enter(
    attempt: Attempt,
    move: Move,
    steps: tuple[StepCode, ...],
    facts: dict[StepCode, dict[str, Any]],
) -> None:
    """Ledger and trail of these steps, in one insert each."""
    Effect.objects.bulk_create(
        Effect(
            attempt=attempt,
            move=move,
            step=step,
            worker=attempt.worker,
            facts=facts.get(step, {}),
        )
        for step in steps
    )
    params = {"attempt": attempt.number, "steps": [step.value for step in steps]}
    line = trail.about_move(move, EventCode.RUN_STEPS_DONE, params=params)
    trail.record(WORKER, [line])


def _end(attempt: Attempt, outcome: Outcome) -> None:
    attempt.ended_at, attempt.outcome = timezone.now(), outcome
    attempt.save(update_fields=["ended_at", "outcome"])
