"""Ask a package and store its answer, or store an attestation (domain.md par. 5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, lifecycle
from adminmoves.access import WORKER, Actor
from adminmoves.asking import BUSY, ask_again_at
from adminmoves.audit import trail
from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.bookkeeping.lines import LineBusy
from adminmoves.changes.recognised import same_kvk, same_name
from adminmoves.errors import ProofRefused, StepRefused
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    EvidenceFile,
    FormerPlace,
    Move,
    Proof,
    ProofWords,
)
from adminmoves.preflight import code_key
from adminmoves.vocabulary import (
    Action,
    EventCode,
    MoveState,
    Part,
    ProofKind,
    Right,
    Verdict,
)

OLD_PLACE_AGE = timedelta(minutes=10)
"""So old a list of the old place may be to say something of it."""
SHOWS_OLD = {True: "still_shown", False: "not_shown"}


@dataclass(frozen=True, slots=True)
class Attestation:
    """Who said that it was moved in the package, when, and where that is written."""

    said_by: str
    moved_on: date
    ticket: str = ""
    reason: str = ""
    evidence: EvidenceFile | None = None


def attestation_right(connection: BookkeepingConnection) -> Right:
    """Where the package's own API is asked, only a lead attests, with a reason."""
    wants_api = connection.demand == BookkeepingConnection.Demand.API
    return Right.OVERRULE_PROOF if wants_api else Right.ATTEST


@transaction.atomic
def attest(move_id: int, *, actor: Actor, attestation: Attestation) -> Move:
    """Record an attestation and let the move go on to approval.

    Raises NotAllowed, ProofRefused (what is missing), StepRefused (not waiting).
    """
    move = lifecycle.hold(move_id)
    if move.state != MoveState.AWAITING_BOOKKEEPING or move.to_connection is None:
        raise StepRefused(_("This request does not wait for the bookkeeping package."))
    right = attestation_right(move.to_connection)
    access.require(actor, right)
    if not (attestation.ticket or attestation.evidence):
        raise ProofRefused(_("Give a ticket number or a file as evidence."))
    overrules = right == Right.OVERRULE_PROOF
    if overrules and not attestation.reason:
        raise ProofRefused(_("Give the reason why the package itself is not asked."))
    lifecycle.sign(move, actor, Part.ATTESTED)
    proof = _store(
        move,
        kind=ProofKind.ATTESTED,
        verdict=Verdict.ATTESTED,
        attested_by_id=actor.person,
        moved_on=attestation.moved_on,
        overrules_package=overrules,
        evidence=attestation.evidence,
    )
    ProofWords.objects.create(
        proof=proof,
        said_by=attestation.said_by,
        ticket=attestation.ticket,
        reason=attestation.reason,
    )
    _record(move, proof, actor, EventCode.PROOF_ATTESTED, attestation)
    return lifecycle.advance(
        move.pk,
        Action.PROVE,
        actor=actor,
        facts=(proof.pk,),
        told={"kind": ProofKind.ATTESTED},
    )


def ask_package(
    move_id: int,
    *,
    actor: Actor = WORKER,
    age: timedelta = gateway.LIST_AGE,
    seconds: float = gateway.SECONDS,
    urgent: bool = False,
) -> Proof | None:
    """Ask the package of the wanted place, store the answer, go on when it is there.

    No transaction is held open while the package is asked. None: it was not asked,
    because the connection wants an attestation or the move does not wait any more.
    Raises LineBusy: somebody else asks that connection now, so nothing is stored and
    a move that waits is asked in a moment.
    """
    move = Move.objects.select_related("to_connection", "administration").get(
        pk=move_id
    )
    connection = move.to_connection
    if connection is None or connection.demand != BookkeepingConnection.Demand.API:
        return None
    try:
        answer = gateway.check(
            connection,
            move.to_code,
            connection.package_environment,
            age=age,
            seconds=seconds,
            urgent=urgent,
        )
    except LineBusy as busy:
        _ask_in_a_moment(move, busy.until)
        raise
    return store_answer(move, answer, actor=actor)


def _ask_in_a_moment(move: Move, until: datetime) -> None:
    soon = min(until, timezone.now() + BUSY)
    waits = Move.objects.filter(pk=move.pk, state=MoveState.AWAITING_BOOKKEEPING)
    waits.update(ask_proof_at=soon)


@transaction.atomic
def store_answer(asked: Move, answer: Evidence, *, actor: Actor) -> Proof | None:
    """Store what a package said of that wish; prove the move where it waits."""
    move = lifecycle.hold(asked.pk)
    if _wish(move) != _wish(asked):
        return None
    proof = _store(move, **answered(move, answer))
    _record(move, proof, actor, EventCode.PROOF_STORED)
    if move.state == MoveState.AWAITING_BOOKKEEPING:
        if proof.usable:
            told = {"kind": ProofKind.VERIFIED}
            lifecycle.advance(
                move.pk, Action.PROVE, actor=WORKER, facts=(proof.pk,), told=told
            )
        else:
            verdict = Verdict(proof.verdict)
            next_time = ask_again_at(move, verdict, answer.retry_at)
            Move.objects.filter(pk=move.pk).update(ask_proof_at=next_time)
    return proof


def answered(move: Move, answer: Evidence) -> dict[str, Any]:
    """What is kept of an answer about the place that a move wants.

    Beside what the package said: whether it counts for this administration, and what
    the old place or the old code shows, where a kept list can tell.
    """
    verdict, raw = answer.verdict, dict(answer.raw_status)
    old = _old_place(move)
    if old is not None and _keeps_connection(move):
        # The old code is advice no more: two rows may be two administrations.
        if old and verdict == Verdict.FOUND_ACTIVE:
            verdict = Verdict.OLD_CODE_STILL_SHOWN
    elif old is not None:
        raw["old_place"] = SHOWS_OLD[old]
    return {
        "kind": ProofKind.VERIFIED,
        "verdict": verdict,
        "counts": _is_this_one(move, answer),
        "checked_at": answer.checked_at or timezone.now(),
        "retry_at": answer.retry_at,
        "observed_environment": answer.observed_environment,
        "observed_external_id": answer.external_id,
        "observed_code": answer.code,
        "observed_name": answer.name,
        "observed_kvk_number": answer.kvk_number,
        "seen_as": answer.seen_as,
        "endpoint": answer.endpoint,
        "request_id": answer.request_id,
        "list_size": answer.list_size,
        "raw_status": raw,
    }


def _keeps_connection(move: Move) -> bool:
    ours = move.administration
    return ours is not None and ours.connection_id == move.to_connection_id


def _old_place(move: Move) -> bool | None:
    """Whether the old place is still shown; None where nothing can be told of it.

    Never asked for this: only a kept list tells. After a change of code within one
    connection the old code may be another administration's by our own record.
    """
    ours = move.administration
    if ours is None or not gateway.can_ask(ours.connection):
        return None
    if _keeps_connection(move):
        unchanged = ours.code_key == code_key(move.package, move.to_code)
        if unchanged or _old_code_is_anothers(ours):
            return None
    return gateway.shows(ours.connection, ours.code, age=OLD_PLACE_AGE)


def _old_code_is_anothers(ours: Administration) -> bool:
    wanting = Move.objects.wanting(ours.connection_id, ours.code_key)
    same_office = Administration.objects.filter(
        environment=ours.environment_id, package=ours.package, code_key=ours.code_key
    )
    return (
        wanting.exclude(administration=ours).exists()
        or same_office.exclude(pk=ours.pk).exists()
    )


def _wish(move: Move) -> tuple[object, ...]:
    """What an answer is about; another wish needs another question."""
    return (
        move.revision,
        move.administration_id,
        move.to_connection_id,
        move.to_code,
    )


def usable_proof(move: Move) -> Proof | None:
    """The newest proof that holds for this move as it is now wanted."""
    whose, where = move.administration_id, move.to_connection_id
    if whose is None or where is None or not move.to_code:
        return None
    proof = move.proofs.filter(
        administration_id=whose,
        connection_id=where,
        code_key=code_key(move.package, move.to_code),
    ).first()
    if proof is None or not proof.usable or is_stale(proof):
        return None
    return proof if is_wanted(proof) else None


def is_wanted(proof: Proof) -> bool:
    """Where the package is asked by now, only a lead's attestation with a reason is."""
    asks = attestation_right(proof.connection) == Right.OVERRULE_PROOF
    return not (asks and proof.is_attested and not proof.overrules_package)


def holds_until(proof: Proof) -> datetime | None:
    """An attestation grows old by the clock; a package's answer is asked again."""
    if not proof.is_attested:
        return None
    return proof.checked_at + timedelta(days=settings.PORTAL_ATTESTED_PROOF_DAYS)


def is_stale(proof: Proof, at: datetime | None = None) -> bool:
    until = holds_until(proof)
    return until is not None and until < (at or timezone.now())


def _is_this_one(move: Move, answer: Evidence) -> bool:
    """Where our record knows another one at that place, a hit must be recognised."""
    ours = move.administration
    if ours is None:
        return False
    place = {
        "connection_id": move.to_connection_id,
        "code_key": code_key(move.package, move.to_code),
    }
    others = Administration.objects.filter(**place).exclude(pk=ours.pk).exists()
    formerly = FormerPlace.objects.filter(**place).exclude(administration=ours).exists()
    if not (others or formerly):
        return True
    seen = answer.external_id
    return (
        bool(seen and seen.casefold() == ours.external_id.casefold())
        or same_kvk(answer.kvk_number, ours.kvk_number)
        or same_name(answer.name, ours.name)
    )


def _store(move: Move, **facts: object) -> Proof:
    return Proof.objects.create(
        move=move,
        revision=move.revision,
        connection_id=move.wanted.connection_id,
        package=move.package,
        code=move.to_code,
        **facts,
    )


def _record(
    move: Move,
    proof: Proof,
    actor: Actor,
    code: EventCode,
    attestation: Attestation | None = None,
) -> None:
    params = {
        "proof": proof.pk,
        "verdict": proof.verdict,
        "code": proof.code,
        "connection": str(move.to_connection),
        "overrules_package": proof.overrules_package,
    }
    words = {}
    if attestation:
        params["moved_on"] = attestation.moved_on.isoformat()
        if attestation.evidence:
            params["evidence_sha256"] = attestation.evidence.sha256
        words = {
            "said_by": attestation.said_by,
            "ticket": attestation.ticket,
            "reason": attestation.reason,
        }
    trail.record(actor, [trail.about_move(move, code, params=params, words=words)])
