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
from adminmoves.evidence.files import store_file
from adminmoves.evidence.records import Attestation, ask_package
from adminmoves.evidence.records import attest as store_attestation
from adminmoves.evidence.schedule import TEMPORARY, connections_to_ask
from adminmoves.models import EvidenceFile, Move, Proof
from adminmoves.vocabulary import Right

SLICE_SECONDS = 60.0
"""After this a worker takes no further connection; sweep sends the task again."""
CLAIM_LASTS = timedelta(minutes=5)
"""A worker that died with a question keeps the others off it for this long."""
JUST_ASKED = timedelta(seconds=10)
MAX_SECONDS_FOR_PERSON = 20.0


def ask_due() -> int:
    """Ask for every request that is due, connection by connection; return the count.

    Several workers do this at once, each on another connection, so that a package that
    hangs delays no other one.
    """
    deadline = time.monotonic() + SLICE_SECONDS
    tried: set[int] = set()
    count = 0
    while time.monotonic() < deadline:
        # Read again each time: other workers take connections meanwhile.
        untried = [pk for pk in connections_to_ask() if pk not in tried]
        if not untried:
            break
        tried.add(untried[0])
        count += ask_connection(untried[0])
    return count


def ask_connection(connection_id: int) -> int:
    """Ask one package for all its due moves, of which a list serves many.

    Stops if somebody else asks it, or if it does not answer: the others stay due until
    it may be asked again. Returns how many moves were asked for.
    """
    due = Move.objects.to_ask(timezone.now()).filter(to_connection=connection_id)
    count = 0
    for move_id in due.order_by("ask_proof_at").values_list("pk", flat=True):
        claim_ends = timezone.now() + CLAIM_LASTS
        if not _claim_question(move_id, claim_ends):
            continue
        try:
            proof = ask_package(move_id)
        except ConnectionBusy:
            break
        count += 1
        if proof is None:
            # Only if the claim still stands: a request that was submitted again
            # meanwhile has its own next moment.
            claimed = Move.objects.filter(pk=move_id, ask_proof_at=claim_ends)
            claimed.update(ask_proof_at=None)
        elif proof.verdict in TEMPORARY:
            break
    return count


def _claim_question(move_id: int, claim_ends: datetime) -> bool:
    """One UPDATE, so that of two workers only one gets True."""
    due = Move.objects.to_ask(timezone.now()).filter(pk=move_id)
    return bool(due.update(ask_proof_at=claim_ends))


def check_now(move_id: int, *, actor: Actor) -> Proof | None:
    """Ask for a person, who does not wait for the next moment.

    An answer of ``JUST_ASKED`` serves again. Returns None if this connection is not
    asked. Raises NotAllowed, ConnectionBusy.
    """
    access.require(actor, Right.ATTEST)
    return ask_package(
        move_id,
        actor=actor,
        age=JUST_ASKED,
        seconds=MAX_SECONDS_FOR_PERSON,
        urgent=True,
    )


@transaction.atomic
def attest(
    move_id: int,
    answers: Mapping[str, Any],
    stored_file: EvidenceFile | None,
    *,
    actor: Actor,
    version: str | None = None,
) -> Move:
    """Store an attestation with the file that shows it.

    ``answers``: said_by, moved_on, ticket, file and, if it overrules the package,
    reason; a new file replaces the ``stored_file`` of the request. ``version`` is the
    one that was read. Raises NotAllowed, ChangedMeanwhile, EvidenceFull,
    EvidenceRefused, EvidenceDiffers, StoreAway, ProofRefused, StepRefused.
    """
    access.require(actor, Right.ATTEST)
    move = lifecycle.lock_move(move_id)
    # Before the file is stored, which a rollback does not remove.
    lifecycle.require_version(move, version)
    upload = answers["file"]
    attestation = Attestation(
        answers["said_by"],
        answers["moved_on"],
        ticket=answers["ticket"],
        reason=answers.get("reason", ""),
        evidence=store_file(move, upload, actor=actor) if upload else stored_file,
    )
    return store_attestation(move_id, actor=actor, attestation=attestation)
