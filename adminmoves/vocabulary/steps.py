"""The steps of a move and of its run, and the moments when checks hold it back."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


class Severity(TextChoices):
    BLOCKING = "BLOCKING", _("blocking")
    WARNING = "WARNING", _("warning")
    OFF = "OFF", _("off")


class Moment(StrEnum):
    """A moment from which a check holds a move back, until the end."""

    SUBMIT = "submit"
    APPROVE = "approve"
    START = "start"


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


class Outcome(TextChoices):
    """How an attempt ended."""

    COMPLETED = "COMPLETED", _("completed")
    FAILED = "FAILED", _("failed")
    STOPPED = "STOPPED", _("stopped")
