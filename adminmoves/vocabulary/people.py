"""Roles, rights, and contributions to a move."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The name of a Django group; a person has one."""

    SUPPORT_AGENT = "SUPPORT_AGENT", _("support agent")
    TEAM_LEAD = "TEAM_LEAD", _("team lead")
    AUDITOR = "AUDITOR", _("auditor")
    ADMINISTRATOR = "ADMINISTRATOR", _("administrator")
    WORKER = "WORKER", _("worker")
    SYSTEM = "SYSTEM", _("system")


class Right(TextChoices):
    """A right to do something that is no step of a move."""

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


class Part(StrEnum):
    """A contribution to a move; any of these bars approving it."""

    ASKED = "asked"
    EDITED = "edited"
    TOOK_OVER = "took_over"
    ATTESTED = "attested"
    COUNTED = "counted"
