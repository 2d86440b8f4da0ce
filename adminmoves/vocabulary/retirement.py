"""Taking an administration out of use, or back."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RetirementKind(TextChoices):
    """An administration may have been made by mistake, or be needed again."""

    RETIRE = "RETIRE", _("take out of use")
    BRING_BACK = "BRING_BACK", _("bring back into use")


class RetirementOutcome(TextChoices):
    """The outcome of the request; empty while it waits."""

    WAITING = "", _("waits for a team lead")
    APPROVED = "APPROVED", _("approved")
    DECLINED = "DECLINED", _("declined")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")
