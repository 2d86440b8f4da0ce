"""The buttons of a move's page."""

from dataclasses import dataclass

from adminmoves.access import Actor, can
from adminmoves.models import Move
from adminmoves.vocabulary import Action, MoveState, Right

S = MoveState


@dataclass(frozen=True, slots=True)
class AllowedActions:
    """The buttons that the reader would not be refused."""

    decide: bool
    reschedule: bool
    retry: bool
    settle: bool
    stop: bool
    comment: bool
    tick: bool
    read_evidence: bool


def allowed_actions(move: Move, actor: Actor, *, may_decide: bool) -> AllowedActions:
    """``may_decide``: whether four eyes let this reader approve or refuse it now."""
    state = move.state
    return AllowedActions(
        decide=state == S.AWAITING_APPROVAL and may_decide,
        reschedule=state == S.APPROVED and can(actor, Action.RESCHEDULE),
        retry=state in {S.FAILED, S.STOPPED} and can(actor, Action.RETRY),
        settle=state == S.IN_DOUBT and can(actor, Action.SETTLE),
        stop=state == S.RUNNING and can(actor, Right.STOP_RUN),
        comment=can(actor, Right.COMMENT),
        tick=state == S.COMPLETED and can(actor, Right.TICK_AFTERCARE),
        read_evidence=can(actor, Right.READ_EVIDENCE),
    )
