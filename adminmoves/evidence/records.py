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
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.errors import ProofRefused, StepRefused
from adminmoves.evidence.assessment import weigh
from adminmoves.evidence.files import EvidenceDiffers, genuine
from adminmoves.evidence.schedule import BUSY, ask_again_at
from adminmoves.models import (
    BookkeepingConnection,
    Event,
    EvidenceFile,
    Move,
    Proof,
    ProofWords,
)
from adminmoves.rules.preflight import key_of
from adminmoves.vocabulary import (
    Action,
    EventCode,
    MoveState,
    Part,
    ProofKind,
    Right,
    Verdict,
)


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
    return Right.OVERRULE_PROOF if connection.asks_package else Right.ATTEST


@transaction.atomic
def attest(
    move_id: int, *, actor: Actor, attestation: Attestation, version: str | None = None
) -> Move:
    """Record an attestation and let the move go on to approval.

    ``version`` is the one that was read. Raises NotAllowed, ProofRefused (what is
    missing), StepRefused (not waiting, or changed meanwhile).
    """
    move = lifecycle.lock_move(move_id)
    lifecycle.require_version(move, version)
    trail.record(actor, attest_held(move, actor=actor, attestation=attestation))
    return move


def attest_held(
    move: Move, *, actor: Actor, attestation: Attestation
) -> list[trail.TrailEntry]:
    """The same for a move that the caller holds, who records the lines.

    Raises EvidenceDiffers, StoreAway, ProofRefused, StepRefused.
    """
    if move.state != MoveState.AWAITING_BOOKKEEPING or move.to_connection is None:
        raise StepRefused(_("This request does not wait for the bookkeeping package."))
    right = attestation_right(move.to_connection)
    access.require(actor, right)
    if not (attestation.ticket or attestation.evidence):
        raise ProofRefused(_("Give a ticket number or a file as evidence."))
    overrules = right == Right.OVERRULE_PROOF
    if overrules and not attestation.reason:
        raise ProofRefused(_("Give the reason why the package itself is not asked."))
    if attestation.evidence:
        genuine(attestation.evidence)
    lifecycle.add_contributor(move, actor, Part.ATTESTED)
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
    line = _told(move, proof, EventCode.PROOF_ATTESTED, attestation)
    return [line, prove_held(move, proof, actor=actor)]


def prove_held(move: Move, proof: Proof, *, actor: Actor) -> trail.TrailEntry:
    """Let a waiting move go on; the caller holds it and records the line."""
    told = {"kind": proof.kind}
    return lifecycle.apply_transition(
        move, Action.PROVE, actor=actor, facts=(proof.pk,), params=told
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
    Raises ConnectionBusy: somebody else asks that connection now, so nothing is stored,
    and a move that waits is asked in a moment.
    """
    move = Move.objects.select_related("to_connection", "administration").get(
        pk=move_id
    )
    connection = move.to_connection
    if connection is None or not connection.asks_package:
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
    except ConnectionBusy as busy:
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
    move = lifecycle.lock_move(asked.pk)
    if _wish(move) != _wish(asked):
        return None
    proof = _store(move, kind=ProofKind.VERIFIED, **weigh(move, answer))
    trail.record(actor, [_told(move, proof, EventCode.PROOF_STORED)])
    if move.state == MoveState.AWAITING_BOOKKEEPING:
        if proof.usable:
            trail.record(WORKER, [prove_held(move, proof, actor=WORKER)])
        else:
            verdict = Verdict(proof.verdict)
            next_time = ask_again_at(move, verdict, answer.retry_at)
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


def usable_proof(move: Move) -> Proof | None:
    """The newest proof that holds for this move as it is now wanted."""
    whose, where = move.administration_id, move.to_connection_id
    if not move.is_stored or whose is None or where is None or not move.to_code:
        return None
    known = move.proofs.select_related("connection")
    proof = known.filter(
        administration_id=whose, connection_id=where, code_key=key_of(move)
    ).first()
    if proof is None or not proof.usable or is_stale(proof):
        return None
    return proof if is_wanted(proof) else None


def is_wanted(proof: Proof) -> bool:
    """Where the package is asked by now, only a lead's attestation with a reason is."""
    by_hand = proof.is_attested and not proof.overrules_package
    return not (proof.connection.asks_package and by_hand)


def why_lapsed(proof: Proof) -> dict[str, object]:
    """The reason why an attestation does not count any more; empty where it does.

    It grows old, or its connection is asked itself since then.
    """
    if is_stale(proof):
        return {"code": "proof_too_old"}
    return {} if is_wanted(proof) else {"code": "package_asked_now"}


def holds_until(proof: Proof) -> datetime | None:
    """An attestation grows old by the clock; a package's answer is asked again."""
    if not proof.is_attested:
        return None
    return proof.checked_at + timedelta(days=settings.PORTAL_ATTESTED_PROOF_DAYS)


def is_stale(proof: Proof, at: datetime | None = None) -> bool:
    until = holds_until(proof)
    return until is not None and until < (at or timezone.now())


def _store(move: Move, **facts: object) -> Proof:
    return Proof.objects.create(
        move=move,
        revision=move.revision,
        connection_id=move.wanted.connection_id,
        package=move.package,
        code=move.to_code,
        **facts,
    )


def _told(
    move: Move,
    proof: Proof,
    code: EventCode,
    attestation: Attestation | None = None,
) -> trail.TrailEntry:
    params = {
        "proof": proof.pk,
        "verdict": proof.verdict,
        "code": proof.code,
        "connection": str(move.to_connection),
        "overrules_package": proof.overrules_package,
        "checked_at": proof.checked_at.isoformat(),
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
    return trail.about_move(move, code, params=params, words=words)


@transaction.atomic
def record_trouble(found: EvidenceDiffers, *, actor: Actor) -> None:
    """Write down, once, that a file is not what it was when it was given."""
    kept = found.kept
    params = {"file": kept.public_id, "trouble": found.trouble.value}
    code = EventCode.EVIDENCE_DIFFERS
    told = Event.objects.filter(move_id=kept.move_id, code=code, params=params)
    if not told.exists():
        trail.record(actor, [trail.about_move(kept.move, code, params=params)])
