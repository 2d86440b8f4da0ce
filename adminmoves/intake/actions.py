"""From an empty form to a submitted request."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, doorbell, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import (
    ChangedMeanwhile,
    CheckRefused,
    DomainError,
    NotAllowed,
    StepRefused,
)
from adminmoves.evidence.files import keep_file
from adminmoves.evidence.records import attest_held, prove_held, usable_proof
from adminmoves.intake.filling import (
    STATEMENT_FIELDS,
    already_said,
    empty_statement,
    fill_in_what_follows,
    forget_what_was_submitted,
    place_of,
    switch_answers,
    take_only_connection,
    turned_back,
)
from adminmoves.models import Administration, Event, Move, Parties
from adminmoves.rules.plan import to_address
from adminmoves.rules.preflight import Report, preflight, wish_of
from adminmoves.rules.types import type_of
from adminmoves.vocabulary import (
    ENDED_STATES,
    Action,
    EventCode,
    Moment,
    MoveState,
    MoveType,
    Part,
    Right,
    Stream,
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
    *STATEMENT_FIELDS,
)
REOPENS = frozenset({MoveState.AWAITING_BOOKKEEPING, MoveState.AWAITING_APPROVAL})
FORM_FIELDS = frozenset({"intent", *MOVE_FIELDS, *PARTY_FIELDS})


def blank_draft(
    intent: MoveType,
    *,
    actor: Actor,
    answers: Mapping[str, Any] | None = None,
    reverses: Move | None = None,
) -> Move:
    """A draft that is not stored: a form before anybody filled something in."""
    access.require(actor, Right.DRAFT)
    move = Move(intent=intent, requested_by_id=actor.person, reverses=reverses)
    move.parties = Parties(move=move)
    _set_answers(move, answers or {})
    fill_in_what_follows(move)
    take_only_connection(move)
    return move


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
    lifecycle.add_contributor(move, actor, Part.ASKED)
    line = trail.about_move(
        move,
        EventCode.MOVE_DRAFTED,
        params={"intent": intent, **turned_back(move)},
        after=move.state,
    )
    trail.record(actor, [line])
    return edit_draft(move.pk, answers, actor=actor) if answers else move


@transaction.atomic
def edit_draft(
    move_id: int,
    answers: Mapping[str, Any],
    *,
    actor: Actor,
    version: int | None = None,
    upload: UploadedFile[bytes] | None = None,
) -> Move:
    """Keep answers in a draft of one's own. Unknown names are refused.

    ``answers`` maps names of MOVE_FIELDS and PARTY_FIELDS (and ``intent``) to
    cleaned values, ``upload`` is a file that shows what the draft states. Saved at
    every pause of typing, so the trail names it once per revision and person. What
    waits already is reopened by the first answer that changes, and by nothing else.
    ``version`` is the one that the page showed; what was saved since then is not
    overwritten (ChangedMeanwhile). Raises EvidenceFull, EvidenceRefused or StoreAway
    where the file cannot be kept.
    """
    if unknown := answers.keys() - FORM_FIELDS:
        raise ValueError(f"{sorted(unknown)} are no answers of the form")
    access.require(actor, Right.DRAFT)
    move = lifecycle.lock_move(move_id)
    answers = {**answers, **_keep_upload(move, upload, actor, version)}
    changed = _changed(move, answers)
    if move.state in REOPENS:
        if not changed:
            return move
        _require_version(move, version)
        move, version = reopen_move(move_id, actor=actor), None
    _require_own_draft(move, actor)
    if changed:
        _require_version(move, version)
    wanted, place = _wanted(move), place_of(move)
    _fill_in(move, answers, changed)
    if changed or _wanted(move) != wanted:
        move.draft_version += 1
    move.edited_at = timezone.now()
    move.save()
    # The database makes the key of the code.
    move.refresh_from_db(fields=["to_code_key"])
    if all(place) and place_of(move) != place:
        empty_statement(move.parties, but=changed)
    move.parties.save()
    if not move.contributors.filter(
        user_id=actor.person, revision=move.revision
    ).exists():
        lifecycle.add_contributor(move, actor, Part.EDITED)
        trail.record(actor, [trail.about_move(move, EventCode.MOVE_EDITED)])
    else:
        access.require_still(actor)
    return move


@transaction.atomic
def switch_type(
    move_id: int, intent: MoveType, *, actor: Actor, version: int | None = None
) -> Move:
    """Another type with the same answers; a code that only stood there is asked."""
    return edit_draft(move_id, {"intent": intent}, actor=actor, version=version)


@transaction.atomic
def take_over_draft(move_id: int, *, actor: Actor, version: str | None = None) -> Move:
    """Somebody is absent: a colleague goes on with the draft.

    ``version`` is the one that was read, and with it whose draft it was.
    """
    access.require(actor, Right.TAKE_OVER)
    move = lifecycle.lock_move(move_id)
    if move.state != MoveState.DRAFT:
        raise StepRefused(_("This request is no longer a draft. Reopen it to edit it."))
    if move.requested_by_id == actor.user_id:
        raise DomainError(_("This draft is yours already."))
    lifecycle.require_version(move, version)
    former = move.requested_by.get_full_name() or move.requested_by.get_username()
    move.requested_by_id = actor.person
    move.save()
    lifecycle.add_contributor(move, actor, Part.TOOK_OVER)
    line = trail.about_move(move, EventCode.MOVE_TAKEN_OVER, params={"from": former})
    trail.record(actor, [line])
    return move


@transaction.atomic
def submit_move(
    move_id: int,
    *,
    actor: Actor,
    seen: frozenset[str],
    version: int | None = None,
    client_informed: bool | None = None,
) -> Move:
    """Submit a draft; it then waits for the package, or for approval when proven.

    ``seen`` are the keys of the warnings that were ticked, ``version`` is the one that
    was read through; ``client_informed`` None leaves that answer as it is. What the
    draft says about the package is stored as an attestation. Raises CheckRefused with
    the report, or ChangedMeanwhile.
    """
    move = _own_draft(move_id, actor)
    _require_version(move, version)
    # A tab that still shows the draft is behind from here on.
    move.draft_version += 1
    if client_informed is not None:
        move.parties.client_informed = client_informed
        move.parties.save(update_fields=["client_informed"])
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
    lifecycle.add_contributor(move, actor, Part.EDITED)
    told: dict[str, Any] = {
        "warnings": [warning.stored() for warning in report.warnings],
        "from_code": move.from_code,
        "to_code": move.to_code,
        **turned_back(move),
    }
    words = {"note": move.parties.note}
    line = lifecycle.apply_transition(
        move, Action.SUBMIT, actor=actor, params=told, words=words
    )
    trail.record(actor, [line, *_with_proof(move, actor)])
    return move


@transaction.atomic
def reopen_move(move_id: int, *, actor: Actor) -> Move:
    """Back to a draft, to edit: a new revision that is proven and approved anew."""
    move = lifecycle.advance(move_id, Action.REOPEN, actor=actor)
    lifecycle.add_contributor(move, actor, Part.EDITED)
    if move.requested_by_id != actor.user_id:
        take_over_draft(move_id, actor=actor)
    return lifecycle.lock_move(move_id)


@transaction.atomic
def withdraw_move(
    move_id: int, *, actor: Actor, reason: str, version: str | None = None
) -> Move:
    """``version`` is the one that was read. Raises ChangedMeanwhile."""
    move = lifecycle.lock_move(move_id)
    if move.state == MoveState.DRAFT:
        _own_draft_or_refuse(move, actor)
    elif not reason.strip():
        raise DomainError(_("Say why you withdraw this request."))
    return lifecycle.advance(
        move_id,
        Action.WITHDRAW,
        actor=actor,
        version=version,
        words={"reason": reason},
    )


@transaction.atomic
def recount_documents(
    administration_id: int,
    counts: Mapping[str, int],
    *,
    actor: Actor,
    ticket: str,
    version: str | None = None,
) -> Administration:
    """An agent counted again. ``counts``: documents, unprocessed, awaiting.

    Whoever counts becomes a contributor of every request for it that is under way,
    from whichever page they counted. ``version`` is the ``counts_version`` that was
    read. Raises ChangedMeanwhile.
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
    if version is not None and version != administration.counts_version:
        raise ChangedMeanwhile(_told_of_counts(administration))
    before = _counts(administration)
    administration.documents = counts["documents"]
    administration.documents_unprocessed = counts["documents_unprocessed"]
    administration.documents_awaiting_authorisation = counts[
        "documents_awaiting_authorisation"
    ]
    administration.documents_counted_at = timezone.now()
    administration.save()
    for move in moves:
        lifecycle.add_contributor(move, actor, Part.COUNTED)
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


def _with_proof(move: Move, actor: Actor) -> list[trail.TrailEntry]:
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


def _told_of_counts(administration: Administration) -> str:
    """Who counted meanwhile, where people did and not a file."""
    last = (
        Event.objects.filter(
            stream=Stream.ADMINISTRATION,
            stream_id=administration.public_id,
            code=EventCode.DOCUMENTS_RECOUNTED,
        )
        .order_by("-id")
        .first()
    )
    at = administration.documents_counted_at
    counted_at = last and last.params["after"].get("documents_counted_at")
    is_told = last and at and counted_at == at.isoformat()
    return _(
        "%(who)s changed the counts meanwhile, so nothing was kept. Above stands what "
        "is counted now, below what you typed. Keep it once more if yours is right."
    ) % {"who": last.actor_name if last and is_told else _("Somebody")}


def _require_own_draft(move: Move, actor: Actor) -> None:
    if move.state != MoveState.DRAFT:
        raise StepRefused(_("This request is no longer a draft. Reopen it to edit it."))
    _own_draft_or_refuse(move, actor)


def _own_draft(move_id: int, actor: Actor) -> Move:
    access.require(actor, Right.DRAFT)
    move = lifecycle.lock_move(move_id)
    _require_own_draft(move, actor)
    return move


def _value_of(move: Move, name: str) -> Any:
    return getattr(move.parties if name in PARTY_FIELDS else move, name)


def _changed(move: Move, answers: Mapping[str, Any]) -> set[str]:
    """The names of the answers that differ from what the draft says."""
    return {name for name, told in answers.items() if _value_of(move, name) != told}


def _wanted(move: Move) -> tuple[object, ...]:
    return tuple(getattr(move, f"{name}_id", move.to_code) for name in MOVE_FIELDS[:4])


def _set_answers(move: Move, answers: Mapping[str, Any]) -> None:
    for name, value in answers.items():
        setattr(move.parties if name in PARTY_FIELDS else move, name, value)


def _fill_in(move: Move, answers: Mapping[str, Any], changed: set[str]) -> None:
    """Set the answers and what follows from them."""
    if "intent" in changed:
        answers = {**switch_answers(move, MoveType(answers["intent"])), **answers}
    _set_answers(move, answers)
    forget_what_was_submitted(move)
    fill_in_what_follows(move)
    # A connection that was chosen and does not fit is told, not replaced.
    elsewhere = changed & {"administration", "to_environment"}
    if elsewhere or not answers.get("to_connection"):
        take_only_connection(move)


def _keep_upload(
    move: Move,
    upload: UploadedFile[bytes] | None,
    actor: Actor,
    version: int | None,
) -> Mapping[str, Any]:
    """The answer that a file is; nothing without one.

    Refused first what is refused later, or the file would stay in the folder.
    """
    if upload is None:
        return {}
    if move.state not in REOPENS:
        _require_own_draft(move, actor)
    _require_version(move, version)
    return {"moved_evidence": keep_file(move, upload, actor=actor)}


def _require_version(move: Move, version: int | None) -> None:
    if version is not None and version != move.draft_version:
        raise ChangedMeanwhile(_("This draft was changed meanwhile."))


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
