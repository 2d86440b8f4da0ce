"""Submit a draft that was read through."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adminmoves import access, celery_tasks, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import CheckRefused
from adminmoves.evidence.records import attest_locked, prove_locked, usable_proof
from adminmoves.intake.draft.actions import require_draft_version, require_own_draft
from adminmoves.intake.draft.answers import reverses_param
from adminmoves.intake.draft.statement import attestation_of
from adminmoves.models import Move
from adminmoves.rules.checks.base import Target
from adminmoves.rules.plan import to_address
from adminmoves.rules.preflight import Report, preflight, target_of
from adminmoves.rules.type_rules import type_of
from adminmoves.vocabulary import Action, Moment, MoveState, MoveType, Part, Right


@transaction.atomic
def submit_move(
    move_id: int,
    *,
    actor: Actor,
    seen: frozenset[str],
    version: int | None = None,
    client_informed: bool | None = None,
) -> Move:
    """Submit the actor's own draft: it then waits for the package, or for approval.

    ``seen`` are the keys of the warnings that were ticked, ``version`` is the
    ``draft_version`` that was read; ``client_informed`` None leaves that answer as it
    is. Raises NotAllowed, StepRefused, ChangedMeanwhile, CheckRefused with the report.
    """
    access.require(actor, Right.DRAFT)
    move = lifecycle.lock_move(move_id)
    require_own_draft(move, actor)
    require_draft_version(move, version)

    # Asked on the page that submits, and one of the checks reads it.
    if client_informed is not None:
        move.parties.client_informed = client_informed
        move.parties.save(update_fields=["client_informed"])
    _set_origin(move)
    target = target_of(move)
    if target is None:
        raise CheckRefused(_("Choose an administration first."), Report(()))
    report = preflight(target)
    _require_passed(report, seen)

    # A tab that still shows the draft is behind from here on.
    move.draft_version += 1
    move.move_type = _derived_type(target)
    lifecycle.add_contributor(move, actor, Part.EDITED)
    submitted = lifecycle.apply_transition(
        move,
        Action.SUBMIT,
        actor=actor,
        params=_submit_params(move, report),
        # Free text stands outside the chain of the trail, where it can be emptied.
        words={"note": move.parties.note},
    )
    trail.record(actor, [submitted, *_prove_if_possible(move, actor)])

    # Not proven yet: the worker asks the package, if it can be asked.
    if move.state == MoveState.AWAITING_BOOKKEEPING:
        transaction.on_commit(partial(celery_tasks.send, celery_tasks.ASK))
    return move


def _set_origin(move: Move) -> None:
    """Set where the administration is now; the database compares it at submit."""
    administration = move.administration
    if administration is None:
        return
    move.from_environment = administration.environment
    move.from_connection = administration.connection
    move.from_code = administration.code
    move.from_address = administration.mail_address
    move.to_address = to_address(move)


def _require_passed(report: Report, seen: frozenset[str]) -> None:
    """Raises CheckRefused: a check holds the move back, or a warning is not ticked."""
    if report.holding(Moment.SUBMIT):
        raise CheckRefused(report.message(Moment.SUBMIT), report)
    if unseen := [w.title for w in report.warnings if w.key not in seen]:
        raise CheckRefused(
            _("Tick that you have seen this: %(titles)s.")
            % {"titles": "; ".join(unseen)},
            report,
        )


def _derived_type(target: Target) -> MoveType:
    derived = type_of(target)
    assert derived is not None  # noqa: S101 - the check type_fits holds otherwise
    return derived


def _submit_params(move: Move, report: Report) -> dict[str, Any]:
    return {
        "warnings": [warning.stored() for warning in report.warnings],
        "from_code": move.from_code,
        "to_code": move.to_code,
        **reverses_param(move),
    }


def _prove_if_possible(move: Move, actor: Actor) -> list[trail.TrailEntry]:
    """Go on to approval if a proof of this place holds, or the draft attests it."""
    if proof := usable_proof(move):
        return [prove_locked(move, proof, actor=actor)]
    if attestation := attestation_of(move):
        return attest_locked(move, actor=actor, attestation=attestation)
    return []
