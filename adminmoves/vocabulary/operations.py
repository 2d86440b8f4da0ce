"""The processes of the portal, and the stores of its files."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BeatKind(TextChoices):
    """Which process shows that it is alive."""

    WORKER = "WORKER", _("carries out migrations")
    ASKS = "ASKS", _("asks packages")
    BOTH = "BOTH", _("carries out migrations and asks packages")
    BEAT = "BEAT", _("rings the bell")


class StoreName(TextChoices):
    """The places outside the database where files lie."""

    ARCHIVE = "ARCHIVE", _("archive")
    EVIDENCE = "EVIDENCE", _("evidence")


class FileTrouble(TextChoices):
    """What may have happened to a file since it was given."""

    MISSING = "MISSING", _("missing")
    CHANGED = "CHANGED", _("changed")
