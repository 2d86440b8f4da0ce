"""The steps of a run as the database knows them, each in a transaction of the run."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from adminmoves import lifecycle
from adminmoves.access import WORKER
from adminmoves.archive import copying, figures
from adminmoves.audit import trail
from adminmoves.models import (
    Administration,
    Aftercare,
    Attempt,
    Effect,
    FormerPlace,
    Move,
    direct,
)
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import Action, EventCode, Outcome, StepCode

COUNTED = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")
PLACE = ("connection_id", "environment_id", "code", "mail_address")
THERE = f"""
SELECT id, {", ".join(COUNTED)} FROM adminmoves_administration
WHERE connection_id = %s AND code_key = %s AND retired_by_id IS NULL
"""  # noqa: S608 - built from column names only; values go in as parameters


class RunFailed(Exception):
    """A step's own refusal or failed check: the move fails, with this reason."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = {"code": code, **params}


def change_place(
    move: Move,
    attempt: Attempt,
    administration: Administration,
    steps: Collection[StepCode],
) -> list[trail.TrailEntry]:
    """To the wanted place and to the end of the run; what the trail tells of it."""
    plan = make_plan(move)
    _leave_place(move, administration)
    if attempt.documents:
        copying.switch(move)
    moved = _take_place(move, administration)
    after = _verify(move, attempt.before_image)
    _list_aftercare(move, plan.aftercare)
    taken = [step for step in plan.steps if step in steps]
    facts = {
        StepCode.BEFORE_IMAGE: attempt.before_image,
        StepCode.VERIFY: after,
    }
    entered = enter(attempt, move, taken, facts)
    end(attempt, Outcome.COMPLETED)
    told = {"attempt": attempt.number, "worker": attempt.worker, **after}
    done = lifecycle.apply_transition(move, Action.FINISH, actor=WORKER, params=told)
    return [entered, moved, done]


def hold_administration(move: Move) -> Administration:
    held = Administration.objects.with_place().select_for_update(of=("self",))
    return held.get(pk=move.wanted.administration_id)


def image_of(administration: Administration) -> dict[str, Any]:
    return {
        name: getattr(administration, name)
        for name in ("public_id", "name", "external_id", "mail_code", *PLACE, *COUNTED)
    }


def _leave_place(move: Move, administration: Administration) -> None:
    """The former place stays findable: code, office and address."""
    left = FormerPlace(
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
    direct.insert([left])


def _take_place(move: Move, administration: Administration) -> trail.TrailEntry:
    before = image_of(administration)
    administration.connection_id = move.wanted.connection_id
    administration.environment_id = move.wanted.environment_id
    administration.code = move.to_code
    administration.mail_address = move.plan["to_address"]
    administration.at_place_since = timezone.now()
    administration.closed_by = None
    direct.update(administration)
    after = image_of(administration)
    params = {
        "number": move.number,
        "before": {name: before[name] for name in PLACE},
        "after": {name: after[name] for name in PLACE},
    }
    return trail.about_administration(
        administration, EventCode.ADMINISTRATION_MOVED, params=params, move=move
    )


def _verify(move: Move, before: dict[str, Any]) -> dict[str, Any]:
    """Exactly one administration at the wanted place, this one, with its documents.

    Returns the archive's figures, which are those from before.
    """
    with connection.cursor() as cursor:
        cursor.execute(THERE, [move.to_connection_id, move.to_code_key])
        there = {pk: counts for pk, *counts in cursor.fetchall()}
    if list(there) != [move.administration_id]:
        raise RunFailed("not_alone_at_place", count=len(there))
    counts = dict(zip(COUNTED, there[move.administration_id], strict=True))
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
    direct.insert(
        [
            Aftercare(move=move, position=position, code=code)
            for position, code in enumerate(codes, start=1)
        ]
    )


def enter(
    attempt: Attempt,
    move: Move,
    steps: Iterable[StepCode],
    facts: Mapping[StepCode, dict[str, Any]],
) -> trail.TrailEntry:
    """Write these steps into the ledger; what the trail tells of it."""
    effects = [
        Effect(
            attempt=attempt,
            move=move,
            step=step,
            worker=attempt.worker,
            facts=facts.get(step, {}),
        )
        for step in steps
    ]
    direct.insert(effects)
    done = [StepCode(effect.step).value for effect in effects]
    params = {"attempt": attempt.number, "steps": done}
    return trail.about_move(move, EventCode.RUN_STEPS_DONE, params=params)


def end(attempt: Attempt, outcome: Outcome) -> None:
    attempt.ended_at, attempt.outcome = timezone.now(), outcome
    direct.update(attempt)
