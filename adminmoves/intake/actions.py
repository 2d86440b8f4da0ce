"""From an empty form to a submitted request."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import CheckRefused, DomainError, NotAllowed, StepRefused
from adminmoves.evidence import attest_held, prove_held, usable_proof
from adminmoves.intake.filling import (
    already_said,
    fill_in_what_follows,
    forget_what_was_submitted,
    turned_back,
)
from adminmoves.models import Administration, Move, Parties
from adminmoves.movetypes import type_of
from adminmoves.plan import to_address
from adminmoves.preflight import Report, preflight, wish_of
from adminmoves.vocabulary import (
    ENDED_STATES,
    Action,
    EventCode,
    Moment,
    MoveState,
    MoveType,
    Part,
    Right,
)

MOVE_FIELDS = (
    "administration",
    "to_environment",
    "to_connection",
    "to_code",
    "not_before",
)
COUNTED = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")
PARTY_FIELDS = (
    "requester_name",
    "requester_email",
    "requester_ticket",
    "consent_name",
    "consent_email",
    "consent_on",
    "consent_ticket",
    "consent_accepts_costs",
    "client_informed",
    "note",
    "moved_said_by",
    "moved_on",
    "moved_ticket",
    "moved_evidence",
)


@transaction.atomic
def start_draft(
    intent: MoveType,
    *,
    actor: Actor,
    answers: Mapping[str, Any] | None = None,
    reverses: Move | None = None,
) -> Move:
    """A draft of that type in the name of who asks; empty, or with what comes along.

    ``reverses``: the completed move of the same administration that it turns back.
    """
    access.require(actor, Right.DRAFT)
    move = Move.objects.create(
        intent=intent,
        requested_by_id=actor.person,
        reverses=reverses,
        administration=reverses.administration if reverses else None,
    )
    Parties.objects.create(move=move)
    lifecycle.sign(move, actor, Part.ASKED)
    line = trail.about_move(
        move,
        EventCode.MOVE_DRAFTED,
        params={"intent": intent, **turned_back(move)},
        after=move.state,
    )
    trail.record(actor, [line])
    return edit_draft(move.pk, answers, actor=actor) if answers else move


@transaction.atomic
def edit_draft(move_id: int, answers: Mapping[str, Any], *, actor: Actor) -> Move:
    """Keep answers in a draft of one's own. Unknown names are refused.

    ``answers`` maps names of MOVE_FIELDS and PARTY_FIELDS (and ``intent``) to
    cleaned values. Saved at every pause of typing, so the trail names it once per
    revision and person.
    """
    move = _own_draft(move_id, actor)
    for name, value in answers.items():
        if name in MOVE_FIELDS or name == "intent":
            setattr(move, name, value)
        elif name in PARTY_FIELDS:
            setattr(move.parties, name, value)
        else:
            raise ValueError(f"{name} is no answer of the form")
    forget_what_was_submitted(move)
    fill_in_what_follows(move)
    move.edited_at = timezone.now()
    move.save()
    # The database makes the key of the code.
    move.refresh_from_db(fields=["to_code_key"])
    move.parties.save()
    if not move.contributors.filter(
        user_id=actor.person, revision=move.revision
    ).exists():
        lifecycle.sign(move, actor, Part.EDITED)
        trail.record(actor, [trail.about_move(move, EventCode.MOVE_EDITED)])
    else:
        access.require_still(actor)
    return move


@transaction.atomic
def switch_type(move_id: int, intent: MoveType, *, actor: Actor) -> Move:
    """Another type with the same answers; a code that only stood there is asked."""
    move = _own_draft(move_id, actor)
    answers: dict[str, Any] = {"intent": intent}
    if move.administration and move.to_code == move.administration.code:
        answers["to_code"] = ""
    return edit_draft(move_id, answers, actor=actor)


@transaction.atomic
def take_over_draft(move_id: int, *, actor: Actor) -> Move:
    """Somebody is absent: a colleague goes on with the draft."""
    access.require(actor, Right.TAKE_OVER)
    move = _draft(move_id)
    if move.requested_by_id == actor.user_id:
        raise DomainError(_("This draft is yours already."))
    former = move.requested_by.get_full_name() or move.requested_by.get_username()
    move.requested_by_id = actor.person
    move.save()
    lifecycle.sign(move, actor, Part.TOOK_OVER)
    line = trail.about_move(move, EventCode.MOVE_TAKEN_OVER, params={"from": former})
    trail.record(actor, [line])
    return move


@transaction.atomic
def submit_move(move_id: int, *, actor: Actor, seen: frozenset[str]) -> Move:
    """Submit a draft; it then waits for the package, or for approval when proven.

    ``seen`` are the keys of the warnings that were ticked. What the draft says about
    the package is stored as an attestation. Raises CheckRefused with the report.
    """
    move = _own_draft(move_id, actor)
    _store_origin(move)
    wish = wish_of(move)
    report = preflight(wish) if wish else Report(())
    if wish is None or not report.results:
        raise CheckRefused(_("Choose an administration first."), report)
    if report.holding(Moment.SUBMIT):
        raise CheckRefused(report.told(Moment.SUBMIT), report)
    if unseen := [w.title for w in report.warnings if w.key not in seen]:
        raise CheckRefused(
            _("Tick that you have seen this: %(titles)s.")
            % {"titles": "; ".join(unseen)},
            report,
        )
    derived = type_of(wish)
    assert derived is not None  # noqa: S101 - the check type_fits holds otherwise
    move.move_type = derived
    lifecycle.sign(move, actor, Part.EDITED)
    told: dict[str, Any] = {
        "warnings": [warning.stored() for warning in report.warnings],
        "from_code": move.from_code,
        "to_code": move.to_code,
        **turned_back(move),
    }
    words = {"note": move.parties.note}
    line = lifecycle.take_step(move, Action.SUBMIT, actor=actor, told=told, words=words)
    trail.record(actor, [line, *_with_proof(move, actor)])
    return move


@transaction.atomic
def reopen_move(move_id: int, *, actor: Actor) -> Move:
    """Back to a draft, to edit: a new revision that is proven and approved anew."""
    move = lifecycle.advance(move_id, Action.REOPEN, actor=actor)
    lifecycle.sign(move, actor, Part.EDITED)
    if move.requested_by_id != actor.user_id:
        take_over_draft(move_id, actor=actor)
    return lifecycle.hold(move_id)


@transaction.atomic
def withdraw_move(move_id: int, *, actor: Actor, reason: str) -> Move:
    move = lifecycle.hold(move_id)
    if move.state == MoveState.DRAFT:
        _own_draft_or_refuse(move, actor)
    elif not reason.strip():
        raise DomainError(_("Say why you withdraw this request."))
    return lifecycle.advance(
        move_id, Action.WITHDRAW, actor=actor, words={"reason": reason}
    )


@transaction.atomic
def recount_documents(
    administration_id: int,
    counts: Mapping[str, int],
    *,
    actor: Actor,
    ticket: str,
) -> Administration:
    """An agent counted again. ``counts``: documents, unprocessed, awaiting.

    Whoever counts becomes a contributor of every request for it that is under way,
    from whichever page they counted.
    """
    access.require(actor, Right.RECOUNT)
    # The moves first, as everywhere: two orders would be a deadlock.
    about = Move.objects.filter(administration_id=administration_id)
    under_way = about.exclude(state__in=ENDED_STATES).order_by("pk")
    moves = list(under_way.select_for_update(of=("self",)))
    administration = Administration.objects.select_for_update(of=("self",)).get(
        pk=administration_id
    )
    if administration.closed_by_id:
        raise DomainError(_("The administration is closed while it is migrated."))
    if administration.retired_by_id is not None:
        raise DomainError(_("The administration is retired, so nothing is counted."))
    before = _counts(administration)
    administration.documents = counts["documents"]
    administration.documents_unprocessed = counts["documents_unprocessed"]
    administration.documents_awaiting_authorisation = counts[
        "documents_awaiting_authorisation"
    ]
    administration.documents_counted_at = timezone.now()
    administration.save()
    for move in moves:
        lifecycle.sign(move, actor, Part.COUNTED)
    line = trail.about_administration(
        administration,
        EventCode.DOCUMENTS_RECOUNTED,
        params={
            "before": before,
            "after": {
                **_counts(administration),
                "documents_counted_at": administration.documents_counted_at.isoformat(),
            },
            "moves": [move.pk for move in moves],
        },
        words={"ticket": ticket},
    )
    trail.record(actor, [line])
    return administration


def _with_proof(move: Move, actor: Actor) -> list[trail.Line]:
    """Go on to approval where proof is there or is said already; else ask for it."""
    if proof := usable_proof(move):
        return [prove_held(move, proof, actor=actor)]
    if said := already_said(move):
        return attest_held(move, actor=actor, attestation=said)
    transaction.on_commit(partial(doorbell.ring, doorbell.ASK))
    return []


def _counts(administration: Administration) -> Mapping[str, int | None]:
    """None before the first count: unknown, not zero."""
    counted = administration.is_counted
    return {
        name: getattr(administration, name) if counted else None for name in COUNTED
    }


def _draft(move_id: int) -> Move:
    move = lifecycle.hold(move_id)
    if move.state != MoveState.DRAFT:
        raise StepRefused(_("This request is no draft any more. Reopen it to edit it."))
    return move


def _own_draft(move_id: int, actor: Actor) -> Move:
    access.require(actor, Right.DRAFT)
    move = _draft(move_id)
    _own_draft_or_refuse(move, actor)
    return move


def _own_draft_or_refuse(move: Move, actor: Actor) -> None:
    if move.requested_by_id != actor.user_id:
        raise NotAllowed(
            _("This draft is a colleague's. Take it over first, then go on.")
        )


def _store_origin(move: Move) -> None:
    """Where the administration is now; the database compares it at submit."""
    now = move.administration
    if now is None:
        return
    move.from_environment = now.environment
    move.from_connection = now.connection
    move.from_code = now.code
    move.from_address = now.mail_address
    move.to_address = to_address(move)
