"""What the database refused, as a sentence and a remedy: one place for every door."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Refusal:
    """At which field, what is wrong, and what to do where that says it not yet."""

    field: str
    what: Promise | str
    remedy: Promise | str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


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
RETIRED = Refusal(
    "",
    gettext_lazy("The administration is retired, so nothing of it changes."),
    gettext_lazy(
        "Leave it out, or have it brought back into use on its own page first."
    ),
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

LONG_ADDRESS = Refusal(
    "mail_address",
    gettext_lazy("The e-mail address would be longer than 320 characters."),
    gettext_lazy("Give the administration a short own code for the address."),
)
NO_COUNTRY = Refusal(
    "country",
    gettext_lazy("This package has no site per country; only Exact Online has."),
    gettext_lazy("Leave it empty."),
)
UNKNOWN_COUNTRY = Refusal(
    "country",
    gettext_lazy("Exact Online has no site of this country."),
    gettext_lazy("Write BE, DE, ES, FR, NL or UK, or leave it empty."),
)
NO_BASE_URL = Refusal(
    "base_url",
    gettext_lazy("This package has one address for all; only Multivers has more."),
    gettext_lazy("Leave it empty."),
)
NEEDS_BASE_URL = Refusal(
    "base_url",
    gettext_lazy("Without a base address Multivers cannot be asked for proof."),
    gettext_lazy("Fill it in, or choose an attestation as the proof wanted."),
)
NO_API_ADDRESS = Refusal(
    "base_url",
    gettext_lazy("This is not the address of an API of Multivers."),
    gettext_lazy(
        "Write one of Exact with its version, such as https://api.multivers.nl/V22, or "
        "the host of the office by its name. Without a user name or a password."
    ),
)
UNASKED_HOST = Refusal(
    "base_url",
    gettext_lazy("The portal does not ask this host for proof."),
    gettext_lazy(
        "Check the address. If it is right, have who looks after the portal name the "
        "host in PORTAL_MULTIVERS_HOSTS."
    ),
)

REFUSALS: Mapping[str, Refusal] = {
    "connection_country": NO_COUNTRY,
    "connection_country_known": UNKNOWN_COUNTRY,
    "connection_base_url": NO_BASE_URL,
    "connection_base_url_shape": NO_API_ADDRESS,
    "connection_needs_base_url": NEEDS_BASE_URL,
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
        gettext_lazy(
            "Two are never merged. Check the code in the package. If the other one was "
            "made by mistake, have it retired on its own page."
        ),
    ),
    "administration_code_and_name_once": Refusal(
        "name",
        gettext_lazy("The office has an administration with this code and name."),
        gettext_lazy("Change the name of one of them."),
    ),
    "administration_address_once": TAKEN_ADDRESS,
    "administration_retired": RETIRED,
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
    "administration_address_lower": Refusal(
        "mail_address",
        gettext_lazy("The address has capitals."),
        gettext_lazy("Write it in small letters."),
    ),
    "package_known": Refusal(
        "package",
        gettext_lazy("The portal does not know this package."),
        gettext_lazy("Choose one from the list."),
    ),
    "subscription_known": Refusal(
        "subscription",
        gettext_lazy("There is no such subscription."),
        gettext_lazy("Choose Premium or Trial."),
    ),
    "signs_seen": Refusal(
        "",
        gettext_lazy("A sign of this cannot be seen."),
        gettext_lazy("Remove it, or type the text again."),
    ),
    "move_code_shape": Refusal(
        "to_code",
        gettext_lazy("A code has 1 to 100 characters and no spaces."),
        gettext_lazy("Write it as the package does."),
    ),
    "one_open_move_per_administration": Refusal(
        "administration",
        gettext_lazy(
            "Another migration of this administration is under way. Finish or "
            "withdraw that one first."
        ),
    ),
    "one_open_move_per_wanted_place": Refusal(
        "to_code",
        gettext_lazy(
            "Another open migration wants the same place. Choose another place or "
            "withdraw that one first."
        ),
    ),
    "one_open_move_per_wanted_address": Refusal(
        "to_code",
        gettext_lazy(
            "Another open migration wants the same e-mail address. Withdraw that one "
            "first, or have an administrator give one of the two a code of its own for "
            "the address."
        ),
    ),
    "move_approver_right": Refusal(
        "",
        gettext_lazy("You may no longer approve. Ask a team lead to approve it."),
    ),
    "move_not_before": Refusal(
        "",
        gettext_lazy("This migration does not start before its moment."),
    ),
    "move_queue_paused": Refusal(
        "",
        gettext_lazy("The queue is paused, so nothing starts."),
    ),
    "move_frozen": Refusal(
        "",
        gettext_lazy("An office of this migration is frozen, so it does not start."),
    ),
    "one_open_reverse_per_move": Refusal(
        "administration",
        gettext_lazy("A request to turn this migration back is open already."),
        gettext_lazy("Go on with that one, or withdraw it first."),
    ),
    "move_four_eyes": Refusal(
        "",
        gettext_lazy(
            "Who worked on this request does not approve it. Ask another team lead."
        ),
    ),
    "move_of_retired": Refusal(
        "administration",
        gettext_lazy(
            "The administration is retired. Have it brought back into use first, or "
            "choose another one."
        ),
    ),
    "retirement_open_move": Refusal(
        "reason",
        gettext_lazy(
            "A migration of this administration has not ended. Finish or withdraw it "
            "first."
        ),
    ),
    "retirement_right": Refusal(
        "reason", gettext_lazy("You may no longer ask or decide this.")
    ),
    "retirement_by_two": Refusal(
        "reason",
        gettext_lazy("You asked for this, so another team lead decides on it."),
    ),
    "retirement_reason": Refusal(
        "reason",
        gettext_lazy("Write the reason: it stays with the administration."),
    ),
    "one_waiting_retirement": Refusal(
        "reason", gettext_lazy("Somebody asked this already.")
    ),
    "move_origin": Refusal(
        "administration",
        gettext_lazy(
            "The administration is no longer where this request says. Open the "
            "request again and check it."
        ),
    ),
    "loan_ends_after_start": Refusal(
        "until",
        gettext_lazy("It would end before it begins."),
        gettext_lazy("Choose a moment that is still to come."),
    ),
    "loan_between_two": Refusal(
        "borrower",
        gettext_lazy("Nobody lends to themselves."),
        gettext_lazy("Choose somebody else."),
    ),
    "freeze_ends_after_start": Refusal(
        "ends_at",
        gettext_lazy("It would end before it begins."),
        gettext_lazy("Choose an end after the beginning."),
    ),
    "freeze_has_a_name": Refusal(
        "name",
        gettext_lazy("The freeze has no name."),
        gettext_lazy("Give it one that everybody understands."),
    ),
    "window_has_days": Refusal(
        "weekdays",
        gettext_lazy("The window has no day of the week."),
        gettext_lazy("Choose the days on which it begins."),
    ),
    "check_severity_once": Refusal(
        "check_code",
        gettext_lazy("This check has a severity for this type already."),
        gettext_lazy("Change that one."),
    ),
    "auth_user_username_key": Refusal(
        "username",
        gettext_lazy("Somebody has this user name already."),
        gettext_lazy("Choose another one."),
    ),
}
IN_CALENDAR = "_in_calendar"
"""Ends the name of the rule of each column that holds a moment or a day."""
WRONG_YEAR = (
    gettext_lazy("The year cannot be right."),
    gettext_lazy("Check the year: it lies between 1900 and 2199."),
)
STATES: Mapping[str, Refusal] = {
    "22001": Refusal(
        "",
        gettext_lazy("A text is too long."),
        gettext_lazy("Make the code, the name or the address shorter."),
    ),
    "22003": Refusal(
        "",
        gettext_lazy("A number is too large."),
        gettext_lazy("Check the numbers."),
    ),
    "22007": Refusal("", *WRONG_YEAR),
    "22008": Refusal("", *WRONG_YEAR),
    "22021": Refusal(
        "",
        gettext_lazy("A text holds what is no text."),
        gettext_lazy("Type the text again."),
    ),
}
"""By SQLSTATE: what the database refuses without a rule of ours."""


def refusal_of(error: DatabaseError) -> Refusal:
    """The sentence for the rule that the database held."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    told = getattr(diagnosis, "message_primary", None) or str(error)
    if told == "the administration is closed for a move":
        return CLOSED
    if name.endswith(IN_CALENDAR):
        return Refusal(name.removesuffix(IN_CALENDAR), *WRONG_YEAR)
    known = REFUSALS.get(name) or STATES.get(getattr(diagnosis, "sqlstate", None) or "")
    if known:
        column = getattr(diagnosis, "column_name", None) or ""
        return replace(known, field=known.field or column)
    what = _("The database refused this: %(rule)s.") % {"rule": name or told}
    return Refusal("", what, _("Nothing was changed. Ask who looks after the portal."))
