"""Ask packages for the requests that wait for them, or store an attestation."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.evidence import Attestation, ask_package
from adminmoves.evidence import attest as store_attestation
from adminmoves.evidence_file import keep_file
from adminmoves.models import EvidenceFile, Move, Proof
from adminmoves.vocabulary import Right

ASKED_IN_ONE_GO = 50


def ask_due() -> int:
    """Ask for every request whose time has come; the count."""
    due = Move.objects.to_ask(timezone.now()).order_by("ask_proof_at")
    asked = list(due.values_list("pk", flat=True)[:ASKED_IN_ONE_GO])
    return sum(_ask_once(move_id) for move_id in asked)


def _ask_once(move_id: int) -> bool:
    """Take the question, so that of two workers one asks; whether it was this one."""
    now = timezone.now()
    later = now + timedelta(minutes=5)
    if not Move.objects.to_ask(now).filter(pk=move_id).update(ask_proof_at=later):
        return False
    if ask_package(move_id) is None:
        # Submitted again meanwhile, it has a moment of its own, which stays.
        Move.objects.filter(pk=move_id, ask_proof_at=later).update(ask_proof_at=None)
    return True


def check_now(move_id: int, *, actor: Actor) -> Proof | None:
    """A person does not want to wait for the next time."""
    access.require(actor, Right.ATTEST)
    return ask_package(move_id, actor=actor)


@transaction.atomic
def attest(
    move_id: int,
    said: Mapping[str, Any],
    kept: EvidenceFile | None,
    *,
    actor: Actor,
) -> Move:
    """Store what somebody states, with the file that shows it.

    ``said``: said_by, moved_on, ticket and, where it overrules the package, reason;
    a new file takes the place of the ``kept`` one of the request.
    """
    access.require(actor, Right.ATTEST)
    move = Move.objects.get(pk=move_id)
    file = said["file"]
    attestation = Attestation(
        said["said_by"],
        said["moved_on"],
        ticket=said["ticket"],
        reason=said.get("reason", ""),
        evidence=keep_file(move, file, actor=actor) if file else kept,
    )
    return store_attestation(move_id, actor=actor, attestation=attestation)
