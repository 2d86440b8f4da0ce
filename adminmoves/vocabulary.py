"""The words of this domain. Anything may import this; it imports nothing of ours.

Sources: ``docs/domain.md``. States, tones and icons stand together, so that a
state looks the same wherever it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Package(TextChoices):
    TWINFIELD = "TWINFIELD", "Twinfield"
    EXACT_ONLINE = "EXACT_ONLINE", "Exact Online"
    UNIT4 = "UNIT4", "Unit4 Multivers"
    ACCOUNTVIEW = "ACCOUNTVIEW", "AccountView"


class Subscription(TextChoices):
    PREMIUM = "PREMIUM", "Premium"
    TRIAL = "TRIAL", "Trial"


class MoveType(TextChoices):
    MOVE_ENVIRONMENT = "MOVE_ENVIRONMENT", _("Move to another environment")
    CHANGE_CODE = "CHANGE_CODE", _("Change administration code")
    RELINK_CONNECTION = "RELINK_CONNECTION", _("Link another accounting system")
    MOVE_ENVIRONMENT_AND_CHANGE_CODE = (
        "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
        _("Move to another environment and change code"),
    )
    RELINK_CONNECTION_AND_CHANGE_CODE = (
        "RELINK_CONNECTION_AND_CHANGE_CODE",
        _("Link another accounting system and change code"),
    )


class Atom(StrEnum):
    """What a move changes; every type is a mix of these three."""

    ENVIRONMENT = "environment"
    CODE = "code"
    CONNECTION = "connection"


class MoveState(TextChoices):
    DRAFT = "DRAFT", _("Draft")
    AWAITING_BOOKKEEPING = (
        "AWAITING_BOOKKEEPING",
        _("Waiting for the bookkeeping package"),
    )
    AWAITING_APPROVAL = "AWAITING_APPROVAL", _("Awaiting approval")
    APPROVED = "APPROVED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    COMPLETED = "COMPLETED", _("Completed")
    IN_DOUBT = "IN_DOUBT", _("To be checked")
    FAILED = "FAILED", _("Failed, rolled back")
    STOPPED = "STOPPED", _("Stopped, rolled back")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    @classmethod
    def get_choices(cls) -> Sequence[tuple[str, Any]]:
        """For a field whose schema migration refers to them by this name."""
        return cls.choices


S = MoveState

OPEN_STATES = (
    S.AWAITING_BOOKKEEPING,
    S.AWAITING_APPROVAL,
    S.APPROVED,
    S.RUNNING,
    S.IN_DOUBT,
    S.FAILED,
    S.STOPPED,
)
"""States in which a move holds its administration and its wanted place."""

ENDED_STATES = (S.COMPLETED, S.REJECTED, S.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its icon and the tone of its colours."""

    icon: str
    tone: str


STATE_LOOKS: Mapping[MoveState, Look] = {
    S.DRAFT: Look("pencil-line", "grey"),
    S.AWAITING_BOOKKEEPING: Look("book-open-check", "slate"),
    S.AWAITING_APPROVAL: Look("user-check", "amber"),
    S.APPROVED: Look("list-ordered", "slate"),
    S.RUNNING: Look("loader-circle", "blue"),
    S.COMPLETED: Look("check", "green"),
    S.IN_DOUBT: Look("circle-question-mark", "orange"),
    S.FAILED: Look("triangle-alert", "red"),
    S.STOPPED: Look("rotate-ccw", "purple"),
    S.REJECTED: Look("x", "grey"),
    S.WITHDRAWN: Look("ban", "grey"),
}
SENT_BACK_LOOK = Look("undo-2", "orange")
SCHEDULED_LOOK = Look("calendar-clock", "slate")


class Action(TextChoices):
    """One word per step; the same word names its URL, view and test."""

    SUBMIT = "submit", _("Submitted")
    PROVE = "prove", _("Proof accepted")
    APPROVE = "approve", _("Approved")
    START = "start", _("Started")
    FINISH = "finish", _("Completed")
    REOPEN = "reopen", _("Reopened")
    SEND_BACK = "send_back", _("Sent back with a question")
    REJECT = "reject", _("Rejected")
    EXPIRE_PROOF = "expire_proof", _("Proof lapsed")
    REAPPROVE = "reapprove", _("Back to approval")
    RESCHEDULE = "reschedule", _("Rescheduled")
    FAIL = "fail", _("Failed, rolled back")
    STOP = "stop", _("Stopped, rolled back")
    DOUBT = "doubt", _("To be checked by a person")
    SETTLE = "settle", _("Settled by a person")
    RETRY = "retry", _("Queued again")
    WITHDRAW = "withdraw", _("Withdrawn")


class Right(TextChoices):
    """What somebody may do that is no step of a move's life."""

    DRAFT = "draft", _("fill in requests")
    TAKE_OVER = "take_over", _("take over a draft")
    ATTEST = "attest", _("attest a move in the package")
    OVERRULE_PROOF = "overrule_proof", _("attest in place of the package")
    RECOUNT = "recount", _("count documents again")
    COMMENT = "comment", _("comment")
    STOP_RUN = "stop_run", _("stop a run")
    TICK_AFTERCARE = "tick_aftercare", _("tick off after-care")
    RETIRE = "retire", _("ask to retire an administration")
    LEND_APPROVAL = "lend_approval", _("lend the right to approve")
    READ_EVIDENCE = "read_evidence", _("read evidence files")
    READ_MOVES = "read_moves", _("read migrations")
    READ_HISTORY = "read_history", _("read the history")
    EXPORT_HISTORY = "export_history", _("export the history")
    KEEP_ESTATE = "keep_estate", _("maintain offices, connections and people")
    READ_OPERATIONS = "read_operations", _("see how the portal is working")
    SWITCH_QUEUE = "switch_queue", _("pause the queue")


class Role(TextChoices):
    """The name of a Django group; a person has one."""

    SUPPORT_AGENT = "SUPPORT_AGENT", _("support agent")
    TEAM_LEAD = "TEAM_LEAD", _("team lead")
    AUDITOR = "AUDITOR", _("auditor")
    ADMINISTRATOR = "ADMINISTRATOR", _("administrator")
    WORKER = "WORKER", _("worker")
    SYSTEM = "SYSTEM", _("system")


class ProofKind(TextChoices):
    VERIFIED = "VERIFIED", _("seen by the package itself")
    ATTESTED = "ATTESTED", _("attested")


class Verdict(TextChoices):
    """The answer of a package; what the gateway may say."""

    FOUND_ACTIVE = "FOUND_ACTIVE", _("found and active")
    FOUND_NOT_USABLE = "FOUND_NOT_USABLE", _("found, not active")
    NOT_FOUND_OR_NO_ACCESS = "NOT_FOUND_OR_NO_ACCESS", _("not found, or no access")
    WRONG_ENVIRONMENT = "WRONG_ENVIRONMENT", _("another environment answered")
    AMBIGUOUS = "AMBIGUOUS", _("several with this code")
    OLD_CODE_STILL_SHOWN = "OLD_CODE_STILL_SHOWN", _("found, the old code too")
    AUTH_REQUIRED = "AUTH_REQUIRED", _("not signed in to the package")
    RATE_LIMITED = "RATE_LIMITED", _("asked too often, wait")
    UNAVAILABLE = "UNAVAILABLE", _("the package does not answer")
    CONFIG_ERROR = "CONFIG_ERROR", _("the connection is not set up")
    ATTESTED = "ATTESTED", _("attested by a person")


class LostGrant(TextChoices):
    """Why a consent does not hold any more; somebody must consent again."""

    REVOKED = "REVOKED", _("withdrawn, or no longer valid")
    DISCONNECTED = "DISCONNECTED", _("disconnected here")


class Severity(TextChoices):
    BLOCKING = "BLOCKING", _("blocking")
    WARNING = "WARNING", _("warning")
    OFF = "OFF", _("off")


class Moment(StrEnum):
    """When a check holds a move back; each moment includes the later ones."""

    SUBMIT = "submit"
    APPROVE = "approve"
    START = "start"


class Part(StrEnum):
    """How somebody contributed to a move; any of these bars approving it."""

    ASKED = "asked"
    EDITED = "edited"
    TOOK_OVER = "took_over"
    ATTESTED = "attested"
    COUNTED = "counted"


class Station(TextChoices):
    """The stepper on a move's page."""

    REQUEST = "REQUEST", _("Request")
    PACKAGE = "PACKAGE", _("Bookkeeping package")
    APPROVAL = "APPROVAL", _("Approval")
    QUEUE = "QUEUE", _("Queue")
    RUN = "RUN", _("Run")
    COMPLETED = "COMPLETED", _("Completed")


class StepCode(TextChoices):
    """The steps of a run, in the order in which they are taken."""

    RECHECK = "RECHECK", _("Check everything again")
    CLOSE = "CLOSE", _("Close the administration")
    BEFORE_IMAGE = "BEFORE_IMAGE", _("Take a snapshot")
    COPY_ARCHIVE = "COPY_ARCHIVE", _("Copy the archive and compare")
    CHANGE_PLACE = "CHANGE_PLACE", _("Change connection and code")
    SWITCH_ADDRESS = "SWITCH_ADDRESS", _("Switch the e-mail address")
    SWITCH_ARCHIVE = "SWITCH_ARCHIVE", _("Switch the archive")
    VERIFY = "VERIFY", _("Verify the outcome")
    OPEN = "OPEN", _("Open the administration")
    AFTERCARE = "AFTERCARE", _("List the after-care")


class FileTrouble(TextChoices):
    """What may have happened to a file since it was given."""

    MISSING = "MISSING", _("missing")
    CHANGED = "CHANGED", _("changed")


class StoreName(TextChoices):
    """The places outside the database where files lie."""

    ARCHIVE = "ARCHIVE", _("archive")
    EVIDENCE = "EVIDENCE", _("evidence")


class BeatKind(TextChoices):
    """Which process shows that it is alive."""

    WORKER = "WORKER", _("carries out migrations")
    ASKS = "ASKS", _("asks packages")
    BOTH = "BOTH", _("carries out migrations and asks packages")
    BEAT = "BEAT", _("rings the bell")


class Outcome(TextChoices):
    """How an attempt ended."""

    COMPLETED = "COMPLETED", _("completed")
    FAILED = "FAILED", _("failed")
    STOPPED = "STOPPED", _("stopped")


class RetirementKind(TextChoices):
    """What is asked for an administration, such as one that was made by mistake."""

    RETIRE = "RETIRE", _("take out of use")
    BRING_BACK = "BRING_BACK", _("bring back into use")


class RetirementOutcome(TextChoices):
    """What became of it; empty while it waits."""

    WAITING = "", _("waits for a team lead")
    APPROVED = "APPROVED", _("approved")
    DECLINED = "DECLINED", _("declined")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


class Stream(StrEnum):
    """What an audit event is about; each subject has a chain of its own."""

    MOVE = "move"
    PERSON = "person"
    ENVIRONMENT = "environment"
    CONNECTION = "connection"
    ADMINISTRATION = "administration"
    JOB = "job"


class EventCode(TextChoices):
    """What happened; stored instead of a sentence, so that both languages tell it."""

    MOVE_DRAFTED = "MOVE_DRAFTED", _("Draft started")
    MOVE_EDITED = "MOVE_EDITED", _("Draft edited")
    MOVE_TAKEN_OVER = "MOVE_TAKEN_OVER", _("Draft taken over")
    MOVE_SUBMITTED = "MOVE_SUBMITTED", _("Request submitted")
    MOVE_PROVED = "MOVE_PROVED", _("Proof accepted")
    MOVE_APPROVED = "MOVE_APPROVED", _("Approved")
    MOVE_STARTED = "MOVE_STARTED", _("Run started")
    MOVE_COMPLETED = "MOVE_COMPLETED", _("Migration completed")
    MOVE_REOPENED = "MOVE_REOPENED", _("Reopened for editing")
    MOVE_SENT_BACK = "MOVE_SENT_BACK", _("Sent back with a question")
    MOVE_REJECTED = "MOVE_REJECTED", _("Rejected")
    MOVE_PROOF_EXPIRED = "MOVE_PROOF_EXPIRED", _("Proof lapsed")
    MOVE_REAPPROVAL_ASKED = (
        "MOVE_REAPPROVAL_ASKED",
        _("Plan changed, approval asked again"),
    )
    MOVE_RESCHEDULED = "MOVE_RESCHEDULED", _("Rescheduled")
    MOVE_FAILED = "MOVE_FAILED", _("Failed, rolled back")
    MOVE_STOPPED = "MOVE_STOPPED", _("Stopped, rolled back")
    MOVE_IN_DOUBT = "MOVE_IN_DOUBT", _("Outcome uncertain, a person is asked")
    MOVE_SETTLED = "MOVE_SETTLED", _("Settled by a person")
    MOVE_RETRIED = "MOVE_RETRIED", _("Queued again")
    MOVE_WITHDRAWN = "MOVE_WITHDRAWN", _("Withdrawn")
    EVIDENCE_DIFFERS = "EVIDENCE_DIFFERS", _("Evidence missing or changed")
    RUN_TAKEN_OVER = "RUN_TAKEN_OVER", _("Run taken over by another worker")
    RUN_STEPS_DONE = "RUN_STEPS_DONE", _("Steps carried out")
    RUN_STOP_ASKED = "RUN_STOP_ASKED", _("Stop asked for")
    ARCHIVE_CLEANED = "ARCHIVE_CLEANED", _("Old files removed")
    PROOF_STORED = "PROOF_STORED", _("Answer of the package stored")
    PROOF_ATTESTED = "PROOF_ATTESTED", _("Attestation recorded")
    COMMENTED = "COMMENTED", _("Comment written")
    AFTERCARE_TICKED = "AFTERCARE_TICKED", _("After-care ticked off")
    DOCUMENTS_RECOUNTED = "DOCUMENTS_RECOUNTED", _("Documents counted again")
    ADMINISTRATION_MOVED = "ADMINISTRATION_MOVED", _("Administration moved")
    ADMINISTRATION_CHANGED = "ADMINISTRATION_CHANGED", _("Administration changed")
    RETIREMENT_ASKED = "RETIREMENT_ASKED", _("Retirement asked for")
    BRINGING_BACK_ASKED = "BRINGING_BACK_ASKED", _("Bringing back asked for")
    ADMINISTRATION_RETIRED = "ADMINISTRATION_RETIRED", _("Administration retired")
    ADMINISTRATION_BACK = "ADMINISTRATION_BACK", _("Administration brought back")
    RETIREMENT_DECLINED = "RETIREMENT_DECLINED", _("Retirement declined")
    BRINGING_BACK_DECLINED = "BRINGING_BACK_DECLINED", _("Bringing back declined")
    RETIREMENT_WITHDRAWN = "RETIREMENT_WITHDRAWN", _("Retirement withdrawn")
    BRINGING_BACK_WITHDRAWN = "BRINGING_BACK_WITHDRAWN", _("Bringing back withdrawn")
    ENVIRONMENT_CHANGED = "ENVIRONMENT_CHANGED", _("Office changed")
    CONNECTION_CHANGED = "CONNECTION_CHANGED", _("Connection changed")
    CONNECTION_CONSENTED = "CONNECTION_CONSENTED", _("Consent given")
    CONNECTION_DISCONNECTED = "CONNECTION_DISCONNECTED", _("Disconnected")
    CONSENT_LOST = "CONSENT_LOST", _("Consent refused by the package")
    ESTATE_IMPORTED = "ESTATE_IMPORTED", _("Estate imported")
    HISTORY_EXPORTED = "HISTORY_EXPORTED", _("History exported")
    AUDIT_VERIFIED = "AUDIT_VERIFIED", _("Audit trail verified")
    APPROVAL_LENT = "APPROVAL_LENT", _("Right to approve lent")
    LOAN_ENDED = "LOAN_ENDED", _("Right to approve taken back")
    SIGNED_IN = "SIGNED_IN", _("Signed in")
    SIGN_IN_FAILED = "SIGN_IN_FAILED", _("Sign-in refused")
    SIGNED_OUT = "SIGNED_OUT", _("Signed out")
    PERSON_CHANGED = "PERSON_CHANGED", _("Person changed")
    SETTING_CHANGED = "SETTING_CHANGED", _("Setting changed")
    QUEUE_PAUSED = "QUEUE_PAUSED", _("Queue paused")
    QUEUE_RESUMED = "QUEUE_RESUMED", _("Queue resumed")


ACTION_EVENTS: Mapping[Action, EventCode] = {
    Action.SUBMIT: EventCode.MOVE_SUBMITTED,
    Action.PROVE: EventCode.MOVE_PROVED,
    Action.APPROVE: EventCode.MOVE_APPROVED,
    Action.START: EventCode.MOVE_STARTED,
    Action.FINISH: EventCode.MOVE_COMPLETED,
    Action.REOPEN: EventCode.MOVE_REOPENED,
    Action.SEND_BACK: EventCode.MOVE_SENT_BACK,
    Action.REJECT: EventCode.MOVE_REJECTED,
    Action.EXPIRE_PROOF: EventCode.MOVE_PROOF_EXPIRED,
    Action.REAPPROVE: EventCode.MOVE_REAPPROVAL_ASKED,
    Action.RESCHEDULE: EventCode.MOVE_RESCHEDULED,
    Action.FAIL: EventCode.MOVE_FAILED,
    Action.STOP: EventCode.MOVE_STOPPED,
    Action.DOUBT: EventCode.MOVE_IN_DOUBT,
    Action.SETTLE: EventCode.MOVE_SETTLED,
    Action.RETRY: EventCode.MOVE_RETRIED,
    Action.WITHDRAW: EventCode.MOVE_WITHDRAWN,
}
