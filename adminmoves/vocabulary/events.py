"""The codes of the audit trail."""

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from adminmoves.vocabulary.steps import Action


class Stream(StrEnum):
    """The subjects of audit events; each one has a chain of its own."""

    MOVE = "move"
    PERSON = "person"
    ENVIRONMENT = "environment"
    CONNECTION = "connection"
    ADMINISTRATION = "administration"
    JOB = "job"


class EventCode(TextChoices):
    """Stored instead of a sentence, so that both languages can tell it."""

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
