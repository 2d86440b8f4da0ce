"""A draft: begin it, save answers in it, take it over, reopen what was submitted."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import ChangedMeanwhile, DomainError, NotAllowed, StepRefused
from adminmoves.evidence.files import store_file
from adminmoves.intake.draft.answers import (
    ANSWER_FIELDS,
    changed_answers,
    fill_in,
    reverses_param,
    set_answers,
    set_derived,
    take_only_connection,
    target_of,
)
from adminmoves.intake.draft.statement import empty_statement, place_of
from adminmoves.models import Move, Parties
from adminmoves.models.people import display_name
from adminmoves.vocabulary import Action, EventCode, MoveState, MoveType, Part, Right

REOPENS = frozenset({MoveState.AWAITING_BOOKKEEPING, MoveState.AWAITING_APPROVAL})
"""In these a changed answer makes a draft again."""


def blank_draft(
    intent: MoveType,
    *,
    actor: Actor,
    answers: Mapping[str, object] | None = None,
    answered_type: MoveType | None = None,
    reverses: Move | None = None,
) -> Move:
    """A draft that is not stored: a form before its first answer.

    ``answered_type``: the type of which the answers are, if it is not the intent.
    ``reverses``: the completed move of the same administration that it turns back.
    """
    access.require(actor, Right.DRAFT)
    answers = answers or {}
    _require_answer_names(answers)
    first_type = answered_type or intent
    move = Move(intent=first_type, requested_by_id=actor.person, reverses=reverses)
    move.parties = Parties(move=move)
    set_answers(move, answers)
    set_derived(move)
    take_only_connection(move)
    if first_type != intent:
        fill_in(move, {"intent": intent}, {"intent"})
    return move


@transaction.atomic
def start_draft(
    intent: MoveType,
    *,
    actor: Actor,
    answers: Mapping[str, object] | None = None,
) -> Move:
    """Store a draft in the actor's name."""
    return store_draft(blank_draft(intent, actor=actor, answers=answers), actor=actor)


@transaction.atomic
def store_draft(blank: Move, *, actor: Actor) -> Move:
    """Store a blank draft in the actor's name, with all that it begins with.

    Returns what was stored. The blank itself stays without a number: the form compares
    the two.
    """
    access.require(actor, Right.DRAFT)
    move, parties = copy(blank), copy(blank.parties)
    move.save()
    move.parties = parties
    parties.save()
    lifecycle.add_contributor(move, actor, Part.ASKED)
    entry = trail.about_move(
        move,
        EventCode.MOVE_DRAFTED,
        params={"intent": move.intent, **reverses_param(move)},
        after=move.state,
    )
    trail.record(actor, [entry])
    return move


@transaction.atomic
def edit_draft(
    move_id: int,
    answers: Mapping[str, object],
    *,
    actor: Actor,
    version: int | None = None,
    upload: UploadedFile[bytes] | None = None,
) -> Move:
    """Save answers in the actor's own draft, or reopen what waits and save them.

    ``answers`` maps names of ANSWER_FIELDS to cleaned values; ``upload`` is a file that
    shows what the draft states. ``version`` is the ``draft_version`` that was read.
    Raises ValueError (a name that is no answer), ChangedMeanwhile, NotAllowed,
    StepRefused; EvidenceFull, EvidenceRefused or StoreAway if the file is not stored.
    """
    _require_answer_names(answers)
    access.require(actor, Right.DRAFT)
    move = lifecycle.lock_move(move_id)
    # A colleague may edit what waits: reopening takes it over.
    if move.state not in REOPENS:
        require_own_draft(move, actor)
    answers = {**answers, **_store_upload(move, upload, actor, version)}
    changed = changed_answers(move, answers)
    if changed:
        require_draft_version(move, version)
    if move.state in REOPENS:
        # The same answers once more leave it where it waits.
        if not changed:
            return move
        move = reopen_move(move_id, actor=actor)
    _save_answers(move, answers, changed)
    _record_edit(move, actor)
    return move


@transaction.atomic
def switch_type(
    move_id: int, intent: MoveType, *, actor: Actor, version: int | None = None
) -> Move:
    return edit_draft(move_id, {"intent": intent}, actor=actor, version=version)


@transaction.atomic
def take_over_draft(move_id: int, *, actor: Actor, version: str | None = None) -> Move:
    """Make a colleague's draft the actor's own.

    ``version`` is the ``Move.version`` that was read, and with it whose draft it was.
    """
    access.require(actor, Right.TAKE_OVER)
    move = lifecycle.lock_move(move_id)
    _require_draft(move)
    if move.requested_by_id == actor.user_id:
        raise DomainError(_("This draft is yours already."))
    lifecycle.require_version(move, version)
    # The trail keeps the name: people are renamed, and leave.
    former = display_name(move.requested_by)
    move.requested_by_id = actor.person
    move.save()
    lifecycle.add_contributor(move, actor, Part.TOOK_OVER)
    entry = trail.about_move(move, EventCode.MOVE_TAKEN_OVER, params={"from": former})
    trail.record(actor, [entry])
    return move


@transaction.atomic
def reopen_move(move_id: int, *, actor: Actor) -> Move:
    """Make it the actor's own draft again: a new revision, to be proven and approved.

    Returns the move, locked.
    """
    move = lifecycle.advance(move_id, Action.REOPEN, actor=actor)
    lifecycle.add_contributor(move, actor, Part.EDITED)
    if move.requested_by_id != actor.user_id:
        take_over_draft(move_id, actor=actor)
    return lifecycle.lock_move(move_id)


def require_own_draft(move: Move, actor: Actor) -> None:
    """Raises StepRefused (it is no draft), NotAllowed (it is a colleague's)."""
    _require_draft(move)
    require_owner(move, actor)


def _require_answer_names(answers: Mapping[str, object]) -> None:
    """Raises ValueError."""
    if unknown := answers.keys() - ANSWER_FIELDS:
        raise ValueError(f"{sorted(unknown)} are no answers of the form")


def _require_draft(move: Move) -> None:
    if move.state != MoveState.DRAFT:
        raise StepRefused(_("This request is no longer a draft. Reopen it to edit it."))


def require_owner(move: Move, actor: Actor) -> None:
    """Raises NotAllowed."""
    if move.requested_by_id != actor.user_id:
        raise NotAllowed(
            _("This draft is a colleague's. Take it over first, then go on.")
        )


def require_draft_version(move: Move, version: int | None) -> None:
    """Compare the ``draft_version`` that was read; None is no page, but code.

    Raises ChangedMeanwhile.
    """
    if version is not None and version != move.draft_version:
        raise ChangedMeanwhile(_("This draft was changed meanwhile."))


def _store_upload(
    move: Move,
    upload: UploadedFile[bytes] | None,
    actor: Actor,
    version: int | None,
) -> Mapping[str, Any]:
    """The answer that a file is; empty without one."""
    if upload is None:
        return {}
    # Before the file is stored: a refusal afterwards would leave it in the folder.
    require_draft_version(move, version)
    return {"moved_evidence": store_file(move, upload, actor=actor)}


def _save_answers(move: Move, answers: Mapping[str, object], changed: set[str]) -> None:
    target, place = target_of(move), place_of(move)
    fill_in(move, answers, changed)
    if changed or target_of(move) != target:
        move.draft_version += 1
    move.edited_at = timezone.now()
    move.save()
    # The database makes the key of the code.
    move.refresh_from_db(fields=["to_code_key"])
    # A statement about one place says nothing of another.
    if all(place) and place_of(move) != place:
        empty_statement(move.parties, but=changed)
    move.parties.save()


def _record_edit(move: Move, actor: Actor) -> None:
    """Once per revision and person: the form saves at every pause of typing."""
    signed = move.contributors.filter(user_id=actor.person, revision=move.revision)
    if signed.exists():
        # Writing an event looks at the rights once more; without one this does.
        access.require_still(actor)
        return
    lifecycle.add_contributor(move, actor, Part.EDITED)
    trail.record(actor, [trail.about_move(move, EventCode.MOVE_EDITED)])
