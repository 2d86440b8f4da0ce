"""Ask a package and store its answer, or store an attestation (domain.md par. 5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, lifecycle
from adminmoves.access import WORKER, Actor
from adminmoves.audit import trail
from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.gateway import Evidence
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

ASK_AGAIN_AFTER = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    *(timedelta(hours=hour) for hour in range(1, 25)),
)
"""Since the request: after 5 and 15 minutes, hourly for a day, then every 6 hours."""


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


def ask_package(move_id: int, *, actor: Actor = WORKER) -> Proof | None:
    """Ask the package of the wanted place, store the answer, go on when it is there.

    No transaction is held open while the package is asked. None: it was not asked,
    because the connection wants an attestation or the move does not wait any more.
    """
    move = Move.objects.select_related("to_connection", "administration").get(
        pk=move_id
    )
    connection = move.to_connection
    if connection is None or connection.demand != BookkeepingConnection.Demand.API:
        return None
    answer = gateway.check(connection, move.to_code)
    return store_answer(move, answer, actor=actor)


@transaction.atomic
def store_answer(asked: Move, answer: Evidence, *, actor: Actor) -> Proof | None:
    """Store what a package said of that wish; prove the move where it waits."""
    move = lifecycle.hold(asked.pk)
    if _wish(move) != _wish(asked):
        return None
    proof = _store(
        move,
        kind=ProofKind.VERIFIED,
        verdict=answer.verdict,
        counts=_is_this_one(move, answer),
        retry_at=answer.retry_at,
        observed_environment=answer.observed_environment,
        observed_external_id=answer.external_id,
        observed_code=answer.code,
        observed_name=answer.name,
        raw_status=dict(answer.raw_status),
    )
    _record(move, proof, actor, EventCode.PROOF_STORED)
    if move.state == MoveState.AWAITING_BOOKKEEPING:
        if proof.usable:
            told = {"kind": ProofKind.VERIFIED}
            lifecycle.advance(
                move.pk, Action.PROVE, actor=WORKER, facts=(proof.pk,), told=told
            )
        else:
            next_time = answer.retry_at or ask_again_at(move, answer.verdict)
            Move.objects.filter(pk=move.pk).update(ask_proof_at=next_time)
    return proof


def _wish(move: Move) -> tuple[object, ...]:
    """What an answer is about; another wish needs another question."""
    return (
        move.revision,
        move.administration_id,
        move.to_connection_id,
        move.to_code,
    )


def ask_again_at(move: Move, verdict: Verdict) -> datetime | None:
    """When to ask next; None where only a person can change the answer."""
    if verdict in {Verdict.CONFIG_ERROR, Verdict.AUTH_REQUIRED, Verdict.AMBIGUOUS}:
        return None
    since, now = move.state_since, timezone.now()
    later = (since + wait for wait in ASK_AGAIN_AFTER if since + wait > now)
    return next(later, now + timedelta(hours=6))


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
    return proof if _is_wanted(proof) else None


def _is_wanted(proof: Proof) -> bool:
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
    return any(
        seen and seen.casefold() == known.casefold()
        for seen, known in (
            (answer.external_id, ours.external_id),
            (answer.kvk_number, ours.kvk_number),
            (answer.name, ours.name),
        )
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
