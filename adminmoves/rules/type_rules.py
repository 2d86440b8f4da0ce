"""The type of a move, its checks and its after-care (domain.md par. 2)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Administration
from adminmoves.rules.checks import (
    code,
    connection,
    environment,
    free_place,
    general,
    identity,
)
from adminmoves.rules.checks.base import (
    Check,
    Finding,
    Message,
    Target,
    blocking,
    ok,
    problem,
)
from adminmoves.vocabulary import MIXES, Atom, MoveType

TYPE_OF_MIX: Mapping[frozenset[Atom], MoveType] = {
    mix: move_type for move_type, mix in MIXES.items()
}


def derive(
    administration: Administration,
    to_environment_id: int,
    to_connection_id: int,
    to_code_key: str,
) -> MoveType | None:
    """The type that a wanted place makes; None when nothing differs.

    With another environment the connection comes along, so it is no atom of its own.
    """
    atoms = set()
    if to_environment_id != administration.environment_id:
        atoms.add(Atom.ENVIRONMENT)
    elif to_connection_id != administration.connection_id:
        atoms.add(Atom.CONNECTION)
    if to_code_key != administration.code_key:
        atoms.add(Atom.CODE)
    return TYPE_OF_MIX.get(frozenset(atoms))


def type_of(target: Target) -> MoveType | None:
    """The type of a complete target."""
    if not (target.to_environment and target.to_connection and target.to_code):
        return None
    return derive(
        target.administration,
        target.to_environment.pk,
        target.to_connection.pk,
        target.to_code_key,
    )


def something_differs(target: Target) -> Finding:
    derived = type_of(target)
    if not target.is_complete or derived == target.intent:
        return ok()
    if derived is None:
        return problem("nothing", "to_code")
    return problem("other_type", "to_code", move_type=derived.value)


TYPE_FITS = Check(
    "type_fits",
    blocking(),
    something_differs,
    {
        "nothing": Message(
            _("Nothing would change"),
            _(
                "The wanted place is the present one. Choose another office, "
                "connection or code."
            ),
        ),
        "other_type": Message(
            _("This is another type of migration"),
            _(
                "What you filled in belongs to “%(move_type)s”. Choose that type; your "
                "answers come along."
            ),
        ),
        "ok": Message(_("The type fits what you filled in")),
    },
    fixed=True,
)

CHECKS: tuple[Check, ...] = (
    *environment.CHECKS,
    *connection.CHECKS,
    *code.CHECKS,
    TYPE_FITS,
    *free_place.CHECKS,
    *general.CHECKS,
    *identity.CHECKS,
)
CHECKS_BY_CODE: Mapping[str, Check] = {check.code: check for check in CHECKS}


def checks_for(move_type: MoveType) -> tuple[Check, ...]:
    return tuple(check for check in CHECKS if move_type in check.severities)


AFTERCARE: Mapping[Atom, tuple[str, ...]] = {
    Atom.ENVIRONMENT: environment.AFTERCARE,
    Atom.CODE: code.AFTERCARE,
    Atom.CONNECTION: connection.AFTERCARE,
}
AFTERCARE_LABELS: Mapping[str, Promise] = {
    "tell_new_address": _("Tell the client and suppliers the new e-mail address"),
    "create_users": _("Create the users in the new office"),
    "rebuild_authorisation": _("Rebuild the authorisation flows"),
    "link_package_users": _("Link booking users to users of the package again"),
    "check_synchronisation": _("See synchronisation run without errors"),
    "test_booking": _("Make a test booking"),
    "check_invoicing": _("See that invoices go to the new office"),
    "delete_left_over_users": _("Delete left-over users in the old office"),
}


def aftercare_for(move_type: MoveType, *, address_changes: bool) -> list[str]:
    """Codes of the after-care, in the order of the labels."""
    wanted = {code for atom in MIXES[move_type] for code in AFTERCARE[atom]}
    if not address_changes:
        wanted.discard("tell_new_address")
    return [code for code in AFTERCARE_LABELS if code in wanted]
