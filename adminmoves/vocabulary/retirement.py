"""Taking an administration out of use, and what became of that."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
