"""Carries out a started move. The ledger says where a run goes on after a death."""

import logging
import time
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.archive import copying, figures
from adminmoves.archive.store import CopyDiffers, SourceDiffers, archive_store
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
from adminmoves.plan import IN_ONE_GO, make_plan, steps_of
from adminmoves.vocabulary import Action, EventCode, MoveType, Outcome, StepCode

logger = logging.getLogger(__name__)

COUNTED = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")
PLACE = ("connection_id", "environment_id", "code", "mail_address")
SLICE = 10.0
"""Seconds that a run copies before others, if there are any, have their turn."""


class RunFailed(Exception):
    """A step's own refusal or failed check: the move fails, with this reason."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = {"code": code, **params}


class StopWished(Exception):
    """A person asked to stop, and this is a safe point."""


def drain(worker: str, seconds: float) -> int:
    """Carry out what is due until nothing is left or the time is up; the count."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        attempt = (
            claim.take_over(worker) or claim.start_next(worker) or claim.take_up(worker)
        )
        if attempt is None:
            break
        carry_out(attempt, until)
        done += 1
    return done


def carry_out(attempt: Attempt, until: float = float("inf")) -> None:
    """Take one attempt to its end, or as far as its time goes.

    Whatever is not the move's own failure leaves it RUNNING, for takeover: a time
    limit, a lost database, a lost lease. ``until``: on the monotonic clock.
    """
    try:
        if attempt.undo_outcome:
            _undo(attempt)
        else:
            _change(attempt, until)
    except LeaseLost:
        logger.warning("%s goes on elsewhere; this worker lets go.", attempt)


def _change(attempt: Attempt, until: float) -> None:
    """All of it, or back to where it was."""
    try:
        prepare(attempt)
        if not _copy_archive(attempt, until):
            _let_go(attempt)
            return
        _switch(attempt)
    except RunFailed as failure:
        fail(attempt, failure.reason)
    except StopWished:
        stop(attempt)


def prepare(attempt: Attempt) -> None:
    """Close the administration and take the before-image; once, by the ledger."""
    if _was_done(attempt, StepCode.BEFORE_IMAGE):
        return
    with fenced(attempt) as move:
        administration = _hold_administration(move)
        administration.closed_by = move
        administration.save(update_fields=["closed_by"])
        attempt.before_image = _image(administration)
        if _moves_archive(move):
            found = figures.of_archive(administration.pk)
            attempt.before_image["archive"] = found.stored()
            attempt.documents, attempt.size = found.documents, found.bytes
            attempt.copying_since = timezone.now()
        attempt.takeovers = 0
        attempt.save()
        steps = (StepCode.RECHECK, StepCode.CLOSE, StepCode.BEFORE_IMAGE)
        _enter(attempt, move, steps, {StepCode.BEFORE_IMAGE: attempt.before_image})


def _copy_archive(attempt: Attempt, until: float) -> bool:
    """Copy chunk by chunk. False: its time is up, and it goes on later."""
    move = Move.objects.select_related("to_environment", "administration").get(
        pk=attempt.move_id
    )
    if not _moves_archive(move) or _was_done(attempt, StepCode.COPY_ARCHIVE):
        return True
    turn = time.monotonic() + SLICE
    while chunk := copying.next_chunk(move, attempt.cursor):
        copies = _copied(move, chunk)
        with fenced(attempt):
            copying.enter(attempt, chunk, copies)
        _heed_wish(attempt)
        if time.monotonic() > until:
            return False
        if time.monotonic() > turn:
            if claim.others_wait(attempt):
                return False
            turn = time.monotonic() + SLICE
    if attempt.documents:
        archive_store().settle()
    with fenced(attempt) as held:
        facts = {"documents": attempt.copied, "bytes": attempt.copied_size}
        _enter(attempt, held, (StepCode.COPY_ARCHIVE,), {StepCode.COPY_ARCHIVE: facts})
    return True


def _copied(move: Move, chunk: copying.Chunk) -> list[Any]:
    """A chunk's files. What the store refuses for good is the move's own failure:
    the source is whole, and the copies that were checked serve a retry."""
    try:
        return copying.copy_files(move, chunk)
    except SourceDiffers as damaged:
        raise RunFailed("archive_damaged", file=str(damaged)) from damaged
    except CopyDiffers as untrue:
        raise RunFailed("copy_differs", file=str(untrue)) from untrue
    except OSError as refused:
        told = refused.strerror or type(refused).__name__
        raise RunFailed("store_refused", error=told) from refused


def _let_go(attempt: Attempt) -> None:
    """Leave a run that is whole so far to whoever has time for it."""
    with fenced(attempt):
        attempt.worker, attempt.lease_until = "", timezone.now()
        attempt.save(update_fields=["worker", "lease_until"])


def _heed_wish(attempt: Attempt) -> None:
    if attempt.stop_asked_at:
        raise StopWished


def _switch(attempt: Attempt) -> None:
    """Place, address, archive, verify, open, after-care and finish: one transaction,
    so that undoing it is ROLLBACK."""
    try:
        with fenced(attempt, attempt.documents) as move:
            _heed_wish(attempt)
            before = attempt.before_image
            administration = _hold_administration(move)
            plan = make_plan(move)
            if plan.hash != move.plan_hash:
                raise RunFailed("plan_changed_while_running")
            _leave_place(move, administration)
            if attempt.documents:
                copying.switch(move)
            _take_place(move, administration)
            after = _verify(move, before)
            _list_aftercare(move, plan.aftercare)
            steps = [step for step in plan.steps if step in IN_ONE_GO]
            _enter(attempt, move, steps, {StepCode.VERIFY: after})
            _end(attempt, Outcome.COMPLETED)
            told = {"attempt": attempt.number, "worker": attempt.worker, **after}
            lifecycle.advance(move.pk, Action.FINISH, actor=WORKER, told=told)
    except IntegrityError as refused:
        diagnosis = getattr(refused.__cause__, "diag", None)
        rule = getattr(diagnosis, "constraint_name", None) or ""
        if rule in {"administration_place_guard", "document_place_guard"}:
            raise LeaseLost("the database refused the token") from refused
        raise RunFailed("database_refused", rule=rule) from refused


def fail(attempt: Attempt, reason: dict[str, Any]) -> None:
    """Write down which way it goes, so that a takeover goes the same way; then undo."""
    _turn_back(attempt, Outcome.FAILED, reason)


def stop(attempt: Attempt) -> None:
    asker = attempt.stop_asked_by
    name = asker.get_full_name() or asker.get_username() if asker else ""
    _turn_back(attempt, Outcome.STOPPED, {"code": "stopped_by_person", "who": name})


def _turn_back(attempt: Attempt, outcome: Outcome, reason: dict[str, Any]) -> None:
    with fenced(attempt):
        attempt.undo_outcome, attempt.undo_reason = outcome, reason
        attempt.save(update_fields=["undo_outcome", "undo_reason"])
    _undo(attempt)


def _undo(attempt: Attempt) -> None:
    """Open the administration as it was. Its place never left: that was ROLLBACK.

    What was copied stays, unreferenced, for a retry.
    """
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


def _moves_archive(move: Move) -> bool:
    return StepCode.COPY_ARCHIVE in steps_of(MoveType(move.move_type))


def _was_done(attempt: Attempt, step: StepCode) -> bool:
    return attempt.effects.filter(step=step, undone=False).exists()


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


def _verify(move: Move, before: dict[str, Any]) -> dict[str, Any]:
    """Exactly one administration at the wanted place, this one, with its documents.

    Returns the archive's figures, which are those from before.
    """
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
    archive = before.get("archive")
    if not archive:
        return {}
    found = figures.of_copies(move).stored()
    if found != archive:
        raise RunFailed(
            "archive_differs", before=archive["documents"], after=found["documents"]
        )
    return {"archive": found}


def _list_aftercare(move: Move, codes: tuple[str, ...]) -> None:
    Aftercare.objects.bulk_create(
        Aftercare(move=move, position=position, code=code)
        for position, code in enumerate(codes, start=1)
    )


def _enter(
    attempt: Attempt,
    move: Move,
    steps: Iterable[StepCode],
    facts: dict[StepCode, dict[str, Any]],
) -> None:
    """Ledger and trail of these steps, in one insert each."""
    effects = Effect.objects.bulk_create(
        Effect(
            attempt=attempt,
            move=move,
            step=step,
            worker=attempt.worker,
            facts=facts.get(step, {}),
        )
        for step in steps
    )
    done = [StepCode(effect.step).value for effect in effects]
    params = {"attempt": attempt.number, "steps": done}
    line = trail.about_move(move, EventCode.RUN_STEPS_DONE, params=params)
    trail.record(WORKER, [line])


def _end(attempt: Attempt, outcome: Outcome) -> None:
    attempt.ended_at, attempt.outcome = timezone.now(), outcome
    attempt.save(update_fields=["ended_at", "outcome"])
