"""Refusals about offices, connections and administrations.

Those with a name of their own are also given before the database is asked.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from adminmoves.models.refusals.refusal import Refusal

BY_REQUEST = Refusal(
    "code",
    _("The administration is at another place."),
    _("A place changes only by a migration: file a request."),
)
CLOSED = Refusal(
    "",
    _("The administration is closed while it is migrated."),
    _("Try again when the migration has ended."),
)
RETIRED = Refusal(
    "",
    _("The administration is retired, so nothing of it changes."),
    _("Leave it out, or have it brought back into use on its own page first."),
)
TAKEN_ADDRESS = Refusal(
    "mail_address",
    _("Another administration has this e-mail address."),
    _("Give one of them an own code for the address."),
)
FORMER_ADDRESS = Refusal(
    "mail_address",
    _("This e-mail address was another administration's."),
    _("It keeps leading to that one. Choose an own code for the address."),
)
PLANNED_ADDRESS = Refusal(
    "mail_address",
    _("A migration of another administration wants this e-mail address."),
    _("Choose an own code for the address, or have that migration withdrawn first."),
)
LONG_ADDRESS = Refusal(
    "mail_address",
    _("The e-mail address would be longer than 320 characters."),
    _("Give the administration a short own code for the address."),
)
NO_COUNTRY = Refusal(
    "country",
    _("This package has no site per country; only Exact Online has."),
    _("Leave it empty."),
)
UNKNOWN_COUNTRY = Refusal(
    "country",
    _("Exact Online has no site of this country."),
    _("Write BE, DE, ES, FR, NL or UK, or leave it empty."),
)
NO_BASE_URL = Refusal(
    "base_url",
    _("This package has one address for all; only Multivers has more."),
    _("Leave it empty."),
)
NEEDS_BASE_URL = Refusal(
    "base_url",
    _("Without a base address Multivers cannot be asked for proof."),
    _("Fill it in, or choose an attestation as the proof wanted."),
)
NO_API_ADDRESS = Refusal(
    "base_url",
    _("This is not the address of an API of Multivers."),
    _(
        "Write one of Exact with its version, such as https://api.multivers.nl/V22, or "
        "the host of the office by its name. Without a user name or a password."
    ),
)
UNASKED_HOST = Refusal(
    "base_url",
    _("The portal does not ask this host for proof."),
    _(
        "Check the address. If it is right, have who looks after the portal name the "
        "host in PORTAL_MULTIVERS_HOSTS."
    ),
)

OF_ESTATE: Mapping[str, Refusal] = {
    "connection_country": NO_COUNTRY,
    "connection_country_known": UNKNOWN_COUNTRY,
    "connection_base_url": NO_BASE_URL,
    "connection_base_url_shape": NO_API_ADDRESS,
    "connection_needs_base_url": NEEDS_BASE_URL,
    "office_code_once": Refusal(
        "office_code",
        _("Another office has this code."),
        _("Capitals make no difference. Choose another code."),
    ),
    "office_code_shape": Refusal(
        "office_code",
        _("An office code has letters and digits only."),
        _("Leave out dots and spaces."),
    ),
    "environment_in_use": Refusal(
        "office_code",
        _("The office is in use and keeps its code."),
        _("Every address hangs on it. Make a new office instead."),
    ),
    "connection_once_per_environment": Refusal(
        "package_environment",
        _("The office has this connection already."),
        _("Use that one, or choose another licence or organisation."),
    ),
    "connection_in_use": Refusal(
        "package_environment",
        _("The connection is in use and keeps its office, package and licence."),
        _("Make a new connection and migrate the administrations to it."),
    ),
    "administration_place_once": Refusal(
        "code",
        _("Another administration has this code at this connection."),
        _(
            "Two are never merged. Check the code in the package. If the other one was "
            "made by mistake, have it retired on its own page."
        ),
    ),
    "administration_code_and_name_once": Refusal(
        "name",
        _("The office has an administration with this code and name."),
        _("Change the name of one of them."),
    ),
    "administration_address_once": TAKEN_ADDRESS,
    "administration_retired": RETIRED,
    "administration_counts_fit": Refusal(
        "documents",
        _("There are more documents in a part than in all."),
        _("Count again."),
    ),
    "administration_code_shape": Refusal(
        "code",
        _("A code has 1 to 100 characters and no spaces."),
        _("Write it as the package does."),
    ),
    "administration_place_guard": BY_REQUEST,
    "archive_closed": CLOSED,
    "administration_lives_at_connection": BY_REQUEST,
    "administration_address_lower": Refusal(
        "mail_address",
        _("The address has capitals."),
        _("Write it in small letters."),
    ),
    "package_known": Refusal(
        "package",
        _("The portal does not know this package."),
        _("Choose one from the list."),
    ),
    "subscription_known": Refusal(
        "subscription",
        _("There is no such subscription."),
        _("Choose Premium or Trial."),
    ),
    "signs_seen": Refusal(
        "",
        _("A sign of this cannot be seen."),
        _("Remove it, or type the text again."),
    ),
}
