"""Facts, constraints and transitions; one file per noun."""

from adminmoves.models.administration import (
    Administration,
    AdministrationSearch,
    FormerPlace,
    SearchCode,
)
from adminmoves.models.archive import (
    CleanUp,
    Document,
    DocumentCopy,
    Leftover,
    WorkflowState,
)
from adminmoves.models.attempt import Aftercare, Attempt, Effect
from adminmoves.models.consent import (
    ConnectionCall,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
)
from adminmoves.models.estate import BookkeepingConnection, Environment, PackageProfile
from adminmoves.models.event import Event, EventWords, StreamHead
from adminmoves.models.move import Approval, Move
from adminmoves.models.operation import QueueSwitch, StoreMark, WorkerBeat
from adminmoves.models.parties import Contributor, Parties
from adminmoves.models.people import ApprovalLoan, CheckSeverity, LoanEnd, Preferences
from adminmoves.models.proof import EvidenceFile, Proof, ProofWords
from adminmoves.models.retirement import Retirement
from adminmoves.models.windows import ExecutionWindow, Freeze

__all__ = [
    "Administration",
    "AdministrationSearch",
    "Aftercare",
    "Approval",
    "ApprovalLoan",
    "Attempt",
    "BookkeepingConnection",
    "CheckSeverity",
    "CleanUp",
    "ConnectionCall",
    "ConnectionGrant",
    "ConnectionLine",
    "ConnectionList",
    "Contributor",
    "Document",
    "DocumentCopy",
    "Effect",
    "Environment",
    "Event",
    "EventWords",
    "EvidenceFile",
    "ExecutionWindow",
    "FormerPlace",
    "Freeze",
    "Leftover",
    "LoanEnd",
    "Move",
    "PackageProfile",
    "Parties",
    "Preferences",
    "Proof",
    "ProofWords",
    "QueueSwitch",
    "Retirement",
    "SearchCode",
    "StoreMark",
    "StreamHead",
    "WorkerBeat",
    "WorkflowState",
]
