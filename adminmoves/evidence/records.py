"""Proofs: ask a package and store its answer, or an attestation (domain.md par. 5)."""

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
from adminmoves.evidence.assessment import assess
from adminmoves.evidence.files import EvidenceDiffers, read_genuine
from adminmoves.evidence.schedule import RETRY_WHEN_BUSY, ask_again_at
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
    """A person's statement that it was moved in the package, and where that is written.

    ``said_by``: the person at the office who said so.
    """

    said_by: str
    moved_on: date
    ticket: str = ""
    reason: str = ""
    evidence: EvidenceFile | None = None


def attestation_right(connection: BookkeepingConnection) -> Right:
    # Where the package is asked by API, only a team lead attests, with a reason.
    return Right.OVERRULE_PROOF if connection.asks_package else Right.ATTEST


@transaction.atomic
def attest(
    move_id: int, *, actor: Actor, attestation: Attestation, version: str | None = None
) -> Move:
    """Record an attestation and let the move go on to approval.

    ``version``: of the move as the page showed it. Raises NotAllowed, ProofRefused
    (what is missing), StepRefused (not waiting, or changed in the meantime).
    """
    move = lifecycle.lock_move(move_id)
    lifecycle.require_version(move, version)
    trail.record(actor, attest_locked(move, actor=actor, attestation=attestation))
    return move


def attest_locked(
    move: Move, *, actor: Actor, attestation: Attestation
) -> list[trail.TrailEntry]:
    """Do the same for a move that the caller locked; the caller records the entries.

    Raises NotAllowed, EvidenceDiffers, StoreAway, ProofRefused, StepRefused.
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
    # It may have been stored by an earlier request, and changed since.
    if attestation.evidence:
        read_genuine(attestation.evidence)
    # An attester never approves, so they are on record before the proof counts.
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
    line = _proof_entry(move, proof, EventCode.PROOF_ATTESTED, attestation)
    return [line, prove_locked(move, proof, actor=actor)]


def prove_locked(move: Move, proof: Proof, *, actor: Actor) -> trail.TrailEntry:
    """Let a waiting move go on; the caller locked it and records the entry."""
    params = {"kind": proof.kind}
    return lifecycle.apply_transition(
        move, Action.PROVE, actor=actor, facts=(proof.pk,), params=params
    )


def ask_package(
    move_id: int,
    *,
    actor: Actor = WORKER,
    age: timedelta = gateway.LIST_AGE,
    seconds: float = gateway.SECONDS,
    urgent: bool = False,
) -> Proof | None:
    """Ask the package about the target place, and store the answer.

    Returns None where it is not asked, or the move changed in the meantime. Raises
    ConnectionBusy, after which a move that waits is due again in a moment.
    """
    # Outside a transaction: a package may take a minute to answer.
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
    soon = min(until, timezone.now() + RETRY_WHEN_BUSY)
    waits = Move.objects.filter(pk=move.pk, state=MoveState.AWAITING_BOOKKEEPING)
    waits.update(ask_proof_at=soon)


@transaction.atomic
def store_answer(snapshot: Move, answer: Evidence, *, actor: Actor) -> Proof | None:
    """Store an answer, and let a waiting move go on. None: the move changed.

    ``snapshot``: the move as it was when the package was asked.
    """
    move = lifecycle.lock_move(snapshot.pk)
    # An answer about another code or connection must not prove this one.
    if _question(move) != _question(snapshot):
        return None
    proof = _store(move, kind=ProofKind.VERIFIED, **assess(move, answer))
    trail.record(actor, [_proof_entry(move, proof, EventCode.PROOF_STORED)])
    if move.state == MoveState.AWAITING_BOOKKEEPING:
        if proof.usable:
            trail.record(WORKER, [prove_locked(move, proof, actor=WORKER)])
        else:
            verdict = Verdict(proof.verdict)
            next_time = ask_again_at(move, verdict, answer.retry_at)
            Move.objects.filter(pk=move.pk).update(ask_proof_at=next_time)
    return proof


def _question(move: Move) -> tuple[object, ...]:
    """The columns that an answer is about; when one changes it proves nothing."""
    return (
        move.revision,
        move.administration_id,
        move.to_connection_id,
        move.to_code,
    )


def usable_proof(move: Move) -> Proof | None:
    """The newest proof that counts for this move with its present target."""
    administration_id, connection_id = move.administration_id, move.to_connection_id
    if (
        not move.is_stored
        or administration_id is None
        or connection_id is None
        or not move.to_code
    ):
        return None
    proofs = move.proofs.select_related("connection")
    proof = proofs.filter(
        administration_id=administration_id,
        connection_id=connection_id,
        code_key=key_of(move),
    ).first()
    if proof is None or not proof.usable or is_stale(proof):
        return None
    return proof if is_wanted(proof) else None


def is_wanted(proof: Proof) -> bool:
    # A connection may have been switched to API after the attestation.
    by_hand = proof.is_attested and not proof.overrules_package
    return not (proof.connection.asks_package and by_hand)


def why_lapsed(proof: Proof) -> dict[str, object]:
    """The reason why an attestation no longer counts; {} where it does."""
    if is_stale(proof):
        return {"code": "proof_too_old"}
    return {} if is_wanted(proof) else {"code": "package_asked_now"}


def holds_until(proof: Proof) -> datetime | None:
    """When an attestation expires; None for an answer of a package."""
    # An answer is not dated: the package is asked again right before the run.
    if not proof.is_attested:
        return None
    return proof.checked_at + timedelta(days=settings.PORTAL_ATTESTED_PROOF_DAYS)


def is_stale(proof: Proof, at: datetime | None = None) -> bool:
    until = holds_until(proof)
    return until is not None and until < (at or timezone.now())


def _store(move: Move, **columns: object) -> Proof:
    return Proof.objects.create(
        move=move,
        revision=move.revision,
        connection_id=move.wanted.connection_id,
        package=move.package,
        code=move.to_code,
        **columns,
    )


def _proof_entry(
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
    """Record, once per file and trouble, that a file was changed or lost."""
    evidence = found.evidence
    params = {"file": evidence.public_id, "trouble": found.trouble.value}
    code = EventCode.EVIDENCE_DIFFERS
    # Each look finds the same trouble; one event says it.
    recorded = Event.objects.filter(move_id=evidence.move_id, code=code, params=params)
    if not recorded.exists():
        trail.record(actor, [trail.about_move(evidence.move, code, params=params)])
