"""The bookkeeping packages, and their answers."""

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


class ProofKind(TextChoices):
    VERIFIED = "VERIFIED", _("seen by the package itself")
    ATTESTED = "ATTESTED", _("attested")


class Verdict(TextChoices):
    """The answer of a package, as the gateway gives it."""

    FOUND_ACTIVE = "FOUND_ACTIVE", _("found and active")
    FOUND_NOT_USABLE = "FOUND_NOT_USABLE", _("found, not active")
    NOT_FOUND_OR_NO_ACCESS = "NOT_FOUND_OR_NO_ACCESS", _("not found, or no access")
    WRONG_ENVIRONMENT = "WRONG_ENVIRONMENT", _("another environment answered")
    AMBIGUOUS = "AMBIGUOUS", _("several with this code")
    OLD_CODE_STILL_SHOWN = "OLD_CODE_STILL_SHOWN", _("found, the old code too")
    AUTH_REQUIRED = "AUTH_REQUIRED", _("no consent at the package")
    RATE_LIMITED = "RATE_LIMITED", _("asked too often, wait")
    UNAVAILABLE = "UNAVAILABLE", _("the package does not answer")
    CONFIG_ERROR = "CONFIG_ERROR", _("the connection is not set up")
    ATTESTED = "ATTESTED", _("attested by a person")


class LostGrant(TextChoices):
    """The cause of a lost consent: somebody must consent again."""

    REVOKED = "REVOKED", _("withdrawn, or no longer valid")
    DISCONNECTED = "DISCONNECTED", _("disconnected here")
