"""The steps of a run in the database, each inside a transaction of the run."""

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
    cached_sql,
)
from adminmoves.models.sql import fetch_as, sql_beside
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import Action, EventCode, Outcome, StepCode

ALL_STEPS = frozenset(StepCode)
COUNTED = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")
PLACE = ("connection_id", "environment_id", "code", "mail_address")
AT_PLACE = sql_beside(__file__, "at_place")


class RunFailed(Exception):
    """A step's own refusal or failed check: the move fails, with this reason."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.reason = {"code": code, **params}


class StopRequested(Exception):
    """A person asked to stop, and this is a safe point."""


def check_stop_request(attempt: Attempt) -> None:
    if attempt.stop_asked_at:
        raise StopRequested


def was_done(attempt: Attempt, step: StepCode) -> bool:
    return attempt.effects.filter(step=step, undone=False).exists()


def finish(
    move: Move, attempt: Attempt, steps: Collection[StepCode]
) -> list[trail.TrailEntry]:
    """Change the place, verify it, and end the run; return the lines for the trail.

    ``steps`` of the plan are entered in the ledger. The caller locked the move and its
    administration. Raises RunFailed, IntegrityError: then nothing of it may stay.
    """
    administration = move.administration
    if administration is None:
        raise ValueError("only a complete move runs")
    # A run in one transaction has no image yet; nothing came between.
    attempt.before_image = attempt.before_image or image_of(administration)
    plan = make_plan(move)
    if attempt.documents:
        copying.switch(move)
    moved = _change_place(move, administration)
    after = _verify(move, attempt.before_image)
    cached_sql.insert(
        [
            Aftercare(move=move, position=position, code=code)
            for position, code in enumerate(plan.aftercare, start=1)
        ]
    )
    done = [step for step in plan.steps if step in steps]
    facts = {StepCode.BEFORE_IMAGE: attempt.before_image, StepCode.VERIFY: after}
    entered = enter(attempt, move, done, facts)
    attempt.ended_at, attempt.outcome = timezone.now(), Outcome.COMPLETED
    cached_sql.update(attempt)
    params = {"attempt": attempt.number, "worker": attempt.worker, **after}
    finished = lifecycle.apply_transition(
        move, Action.FINISH, actor=WORKER, params=params
    )
    return [entered, moved, finished]


def image_of(administration: Administration) -> dict[str, Any]:
    return {
        name: getattr(administration, name)
        for name in ("public_id", "name", "external_id", "mail_code", *PLACE, *COUNTED)
    }


def _change_place(move: Move, administration: Administration) -> trail.TrailEntry:
    """Move to the wanted place; the former one stays findable."""
    former = FormerPlace(
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
    cached_sql.insert([former])
    before = {name: getattr(administration, name) for name in PLACE}
    administration.connection_id = move.wanted.connection_id
    administration.environment_id = move.wanted.environment_id
    administration.code = move.to_code
    administration.mail_address = move.plan["to_address"]
    administration.at_place_since = timezone.now()
    administration.closed_by = None
    cached_sql.update(administration)
    after = {name: getattr(administration, name) for name in PLACE}
    return trail.about_administration(
        administration,
        EventCode.ADMINISTRATION_MOVED,
        params={"number": move.number, "before": before, "after": after},
        move=move,
    )


def _verify(move: Move, before: dict[str, Any]) -> dict[str, Any]:
    """Check that this administration is alone at the wanted place, with its documents.

    Return the figures of its archive, which are those from before. Raises RunFailed.
    """
    with connection.cursor() as cursor:
        cursor.execute(AT_PLACE, [move.to_connection_id, move.to_code_key])
        found = {row.pop("id"): row for row in fetch_as(cursor, dict[str, int])}
    counts = found.get(move.wanted.administration_id)
    if counts is None or len(found) > 1:
        raise RunFailed("not_alone_at_place", count=len(found))
    if counts != {name: before[name] for name in COUNTED}:
        raise RunFailed("documents_differ", before=before["documents"], **counts)
    archive = before.get("archive")
    if not archive:
        return {}
    copies = figures.of_copies(move).stored()
    if copies != archive:
        raise RunFailed(
            "archive_differs", before=archive["documents"], after=copies["documents"]
        )
    return {"archive": copies}


def enter(
    attempt: Attempt,
    move: Move,
    steps: Iterable[StepCode],
    facts: Mapping[StepCode, dict[str, Any]],
) -> trail.TrailEntry:
    """Write these steps into the ledger; return the line for the trail."""
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
    cached_sql.insert(effects)
    done = [StepCode(effect.step).value for effect in effects]
    params = {"attempt": attempt.number, "steps": done}
    return trail.about_move(move, EventCode.RUN_STEPS_DONE, params=params)
