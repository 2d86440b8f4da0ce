"""The processes of the portal, and the stores of its files."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BeatKind(TextChoices):
    """The kinds of processes that show that they are alive."""

    WORKER = "WORKER", _("carries out migrations")
    ASKS = "ASKS", _("asks packages")
    BOTH = "BOTH", _("carries out migrations and asks packages")
    BEAT = "BEAT", _("rings the bell")


class StoreName(TextChoices):
    """The places outside the database where files lie."""

    ARCHIVE = "ARCHIVE", _("archive")
    EVIDENCE = "EVIDENCE", _("evidence")


class FileTrouble(TextChoices):
    """A fault of a file that was stored."""

    MISSING = "MISSING", _("missing")
    CHANGED = "CHANGED", _("changed")
