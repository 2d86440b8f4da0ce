"""The words of this domain, a module per noun. Anything may import this.

Sources: ``docs/domain.md``.
"""

from adminmoves.vocabulary.events import (
    ACTION_EVENTS,
    EventCode,
    Stream,
)
from adminmoves.vocabulary.operations import (
    BeatKind,
    FileTrouble,
    StoreName,
)
from adminmoves.vocabulary.packages import (
    LostGrant,
    Package,
    ProofKind,
    Subscription,
    Verdict,
)
from adminmoves.vocabulary.people import (
    Part,
    Right,
    Role,
)
from adminmoves.vocabulary.retirement import (
    RetirementKind,
    RetirementOutcome,
)
from adminmoves.vocabulary.states import (
    APPROVED_STATES,
    CHECKED_STATES,
    DONE,
    ENDED_STATES,
    HERE,
    OPEN_STATES,
    PROVEN_STATES,
    REFUSED_STATES,
    SCHEDULED_LOOK,
    SENT_BACK_LOOK,
    STATES,
    TO_COME,
    Look,
    Mark,
    MoveState,
    StateInfo,
    Station,
)
from adminmoves.vocabulary.steps import (
    Action,
    Moment,
    Outcome,
    Severity,
    StepCode,
)
from adminmoves.vocabulary.types import (
    MIXES,
    MOVE_TYPES,
    Atom,
    MoveType,
    MoveTypeInfo,
    types_with,
)

__all__ = [
    "ACTION_EVENTS",
    "APPROVED_STATES",
    "CHECKED_STATES",
    "DONE",
    "ENDED_STATES",
    "HERE",
    "MIXES",
    "MOVE_TYPES",
    "OPEN_STATES",
    "PROVEN_STATES",
    "REFUSED_STATES",
    "SCHEDULED_LOOK",
    "SENT_BACK_LOOK",
    "STATES",
    "TO_COME",
    "Action",
    "Atom",
    "BeatKind",
    "EventCode",
    "FileTrouble",
    "Look",
    "LostGrant",
    "Mark",
    "Moment",
    "MoveState",
    "MoveType",
    "MoveTypeInfo",
    "Outcome",
    "Package",
    "Part",
    "ProofKind",
    "RetirementKind",
    "RetirementOutcome",
    "Right",
    "Role",
    "Severity",
    "StateInfo",
    "Station",
    "StepCode",
    "StoreName",
    "Stream",
    "Subscription",
    "Verdict",
    "types_with",
]
