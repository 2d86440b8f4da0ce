"""What the database refused, as a sentence and a remedy for who keeps the estate."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Refusal:
    """At which field, what is wrong, and what to do."""

    field: str
    what: Promise | str
    remedy: Promise | str


BY_REQUEST = Refusal(
    "code",
    gettext_lazy("The administration is at another place."),
    gettext_lazy("A place changes only by a migration: file a request."),
)
CLOSED = Refusal(
    "",
    gettext_lazy("The administration is closed while it is migrated."),
    gettext_lazy("Try again when the migration has ended."),
)
TAKEN_ADDRESS = Refusal(
    "mail_address",
    gettext_lazy("Another administration has this e-mail address."),
    gettext_lazy("Give one of them an own code for the address."),
)
FORMER_ADDRESS = Refusal(
    "mail_address",
    gettext_lazy("This e-mail address was another administration's."),
    gettext_lazy("It keeps leading to that one. Choose an own code for the address."),
)

REFUSALS: Mapping[str, Refusal] = {
    "office_code_once": Refusal(
        "office_code",
        gettext_lazy("Another office has this code."),
        gettext_lazy("Capitals make no difference. Choose another code."),
    ),
    "office_code_shape": Refusal(
        "office_code",
        gettext_lazy("An office code has letters and digits only."),
        gettext_lazy("Leave out dots and spaces."),
    ),
    "environment_in_use": Refusal(
        "office_code",
        gettext_lazy("The office is in use and keeps its code."),
        gettext_lazy("Every address hangs on it. Make a new office instead."),
    ),
    "connection_once_per_environment": Refusal(
        "package_environment",
        gettext_lazy("The office has this connection already."),
        gettext_lazy("Use that one, or choose another licence or organisation."),
    ),
    "connection_in_use": Refusal(
        "package_environment",
        gettext_lazy(
            "The connection is in use and keeps its office, package and licence."
        ),
        gettext_lazy("Make a new connection and migrate the administrations to it."),
    ),
    "administration_place_once": Refusal(
        "code",
        gettext_lazy("Another administration has this code at this connection."),
        gettext_lazy("Two are never merged. Check the code in the package."),
    ),
    "administration_code_and_name_once": Refusal(
        "name",
        gettext_lazy("The office has an administration with this code and name."),
        gettext_lazy("Change the name of one of them."),
    ),
    "adminmoves_administration_mail_address_key": TAKEN_ADDRESS,
    "administration_counts_fit": Refusal(
        "documents",
        gettext_lazy("There are more documents in a part than in all."),
        gettext_lazy("Count again."),
    ),
    "administration_code_shape": Refusal(
        "code",
        gettext_lazy("A code has 1 to 100 characters and no spaces."),
        gettext_lazy("Write it as the package does."),
    ),
    "administration_place_guard": BY_REQUEST,
    "administration_lives_at_connection": BY_REQUEST,
}
IN_CALENDAR = "_in_calendar"
"""Ends the name of the rule of each column that holds a moment or a day."""
WRONG_YEAR = (
    gettext_lazy("The year cannot be right."),
    gettext_lazy("Check the year: it lies between 1900 and 2199."),
)


def refusal_of(error: IntegrityError) -> Refusal:
    """The sentence for the rule that the database held."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    told = getattr(diagnosis, "message_primary", None) or str(error)
    if told == "the administration is closed for a move":
        return CLOSED
    if name in REFUSALS:
        return REFUSALS[name]
    if name.endswith(IN_CALENDAR):
        return Refusal(name.removesuffix(IN_CALENDAR), *WRONG_YEAR)
    what = _("The database refused this: %(rule)s.") % {"rule": name or told}
    return Refusal("", what, _("Nothing was changed. Ask who looks after the portal."))
