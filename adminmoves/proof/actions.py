"""Ask packages for the requests that wait for them, or store an attestation."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from adminmoves import access, lifecycle
from adminmoves.access import Actor
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.evidence.files import keep_file
from adminmoves.evidence.records import Attestation, ask_package
from adminmoves.evidence.records import attest as store_attestation
from adminmoves.evidence.schedule import TEMPORARY, connections_to_ask
from adminmoves.models import EvidenceFile, Move, Proof
from adminmoves.vocabulary import Right

SLICE = 60.0
"""Seconds after which a worker takes no further connection; sweep rings again."""
TAKEN = timedelta(minutes=5)
"""A question that a worker took and did not end is asked again after this."""
SEEN_JUST_NOW = timedelta(seconds=10)
SECONDS_FOR_PERSON = 20.0


def ask_due() -> int:
    """Ask for every request whose time has come, connection by connection; the count.

    Several workers do this at once, each on a connection of its own, so that one that
    hangs keeps none of the others waiting.
    """
    until, tried, asked = time.monotonic() + SLICE, set[int](), 0
    while time.monotonic() < until:
        free = [one for one in connections_to_ask() if one not in tried]
        if not free:
            break
        tried.add(free[0])
        asked += ask_connection(free[0])
    return asked


def ask_connection(connection_id: int) -> int:
    """Ask one package for all its moves that are due; a list serves many. The count.

    Stops where somebody else asks it, or where it does not answer: what is left stays
    due until it may be asked again.
    """
    due = Move.objects.to_ask(timezone.now()).filter(to_connection=connection_id)
    asked = 0
    for move_id in due.order_by("ask_proof_at").values_list("pk", flat=True):
        later = timezone.now() + TAKEN
        if not _take(move_id, later):
            continue
        try:
            proof = ask_package(move_id)
        except ConnectionBusy:
            break
        asked += 1
        if proof is None:
            # Submitted again meanwhile, it has a moment of its own, which stays.
            taken = Move.objects.filter(pk=move_id, ask_proof_at=later)
            taken.update(ask_proof_at=None)
        elif proof.verdict in TEMPORARY:
            break
    return asked


def _take(move_id: int, later: datetime) -> bool:
    """Take the question, so that of two workers one asks; whether it is this one."""
    due = Move.objects.to_ask(timezone.now()).filter(pk=move_id)
    return bool(due.update(ask_proof_at=later))


def check_now(move_id: int, *, actor: Actor) -> Proof | None:
    """A person does not want to wait for the next time.

    What was seen seconds ago is not asked again. Raises ConnectionBusy.
    """
    access.require(actor, Right.ATTEST)
    return ask_package(
        move_id,
        actor=actor,
        age=SEEN_JUST_NOW,
        seconds=SECONDS_FOR_PERSON,
        urgent=True,
    )


@transaction.atomic
def attest(
    move_id: int,
    said: Mapping[str, Any],
    kept: EvidenceFile | None,
    *,
    actor: Actor,
    version: str | None = None,
) -> Move:
    """Store what somebody states, with the file that shows it.

    ``said``: said_by, moved_on, ticket and, where it overrules the package, reason;
    a new file takes the place of the ``kept`` one of the request. ``version`` is the
    one that was read. Raises ChangedMeanwhile (before a file is kept), EvidenceRefused,
    EvidenceDiffers, StoreAway.
    """
    access.require(actor, Right.ATTEST)
    move = lifecycle.lock_move(move_id)
    lifecycle.require_version(move, version)
    file = said["file"]
    attestation = Attestation(
        said["said_by"],
        said["moved_on"],
        ticket=said["ticket"],
        reason=said.get("reason", ""),
        evidence=keep_file(move, file, actor=actor) if file else kept,
    )
    return store_attestation(move_id, actor=actor, attestation=attestation)
