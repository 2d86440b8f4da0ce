"""Ask packages for the requests that wait for them."""

from django.utils import timezone

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.evidence import ask_package
from adminmoves.models import Move, Proof
from adminmoves.vocabulary import Right

ASKED_IN_ONE_GO = 50


def ask_due() -> int:
    """Ask for every request whose time has come; the count."""
    due = Move.objects.to_ask(timezone.now()).order_by("ask_proof_at")
    asked = list(due.values_list("pk", flat=True)[:ASKED_IN_ONE_GO])
    for move_id in asked:
        if ask_package(move_id) is None:
            Move.objects.filter(pk=move_id).update(ask_proof_at=None)
    return len(asked)


def check_now(move_id: int, *, actor: Actor) -> Proof | None:
    """A person does not want to wait for the next time."""
    access.require(actor, Right.ATTEST)
    return ask_package(move_id, actor=actor)
