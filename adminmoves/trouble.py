"""Why a package gave no answer, or cannot use what it has, in words for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

CONVERTED = _("The package is converting it. That passes.")
SLOW = _("The answer did not come in time.")
LEFT_ALONE = _("We leave the package alone for a while, since it had trouble before.")
BROKEN = _("The connection was cut before the whole answer was there.")
NO_CONSENT = _("Nobody has given consent yet, or the consent has ended.")
REFUSED = _("The package does not accept our consent any more.")
UNREADABLE = _("The answer was not in the form that the package documents.")

WHYS: Mapping[str, Any] = {
    "archived": _("It is archived there."),
    "inactive": _("It is inactive there."),
    "blocked": _("It is blocked there."),
    "conversion": CONVERTED,
    "backup": _("The package is making a back-up of it. That passes."),
    "copy": _("The package is copying it. That passes."),
    "deletion": _("It is being deleted there."),
    "owner_unknown": _("The package does not say whose administration it is."),
    "division_blocked": _("The administration of our user is blocked there."),
    "quiet": LEFT_ALONE,
    "timeout": SLOW,
    "connection": BROKEN,
    "certificate": _("The certificate of the package is not right, so we stopped."),
    "redirect": _("The package sent us to another address. We do not follow that."),
    "too_large": _("The answer was far too large, so we stopped reading."),
    "doctype": _("The answer held something that we refuse to read."),
    "html": _("A page for people came back, such as one about maintenance."),
    "too_early": _("The package gives new access only after some minutes."),
    "limited": _("The package told us to wait."),
    "no_consent": NO_CONSENT,
    "unauthorised": REFUSED,
    "token_invalid": REFUSED,
    "forbidden": _("Our user may not ask this there."),
    "client_missing": _("The portal is not registered at this package yet."),
    "key_missing": _("The portal cannot open the stored consent: a key is missing."),
    "address_not_allowed": _("The address of this connection is not one we may ask."),
    "base_url": _("The address of this connection is not one we may ask."),
    "yearly_administration": _(
        "This is the code of one year. Give the code of the company."
    ),
    "codes_unknown": _(
        "The list tells no codes. Ask for the number of the database, such as MVL00001."
    ),
    "other_code": _("The list and the database itself name different codes."),
    "package_error": _("The package answered with a fault of its own."),
    "no_office": _("Our user may not see any administration there."),
}
UNREADABLE_ANSWERS = frozenset(
    {"not_json", "not_xml", "not_text", "empty", "no_list", "no_row", "no_result"}
)


def why_of(reason: str) -> str:
    """The words for a reason; empty where there are none that help."""
    if reason in UNREADABLE_ANSWERS:
        return str(UNREADABLE)
    if reason.startswith("status_5"):
        return str(_("The package has a fault of its own."))
    return str(WHYS.get(reason, ""))
