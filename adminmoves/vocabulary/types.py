"""The types of a move: one table, from which everything else about a type follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Atom(StrEnum):
    """A change that a move makes; every type is a mix of these three."""

    ENVIRONMENT = "environment"
    CODE = "code"
    CONNECTION = "connection"


class MoveType(TextChoices):
    MOVE_ENVIRONMENT = "MOVE_ENVIRONMENT", _("Move to another environment")
    CHANGE_CODE = "CHANGE_CODE", _("Change administration code")
    RELINK_CONNECTION = "RELINK_CONNECTION", _("Link another accounting system")
    MOVE_ENVIRONMENT_AND_CHANGE_CODE = (
        "MOVE_ENVIRONMENT_AND_CHANGE_CODE",
        _("Move to another environment and change code"),
    )
    RELINK_CONNECTION_AND_CHANGE_CODE = (
        "RELINK_CONNECTION_AND_CHANGE_CODE",
        _("Link another accounting system and change code"),
    )


@dataclass(frozen=True, slots=True)
class MoveTypeInfo:
    """All that is said of a type; its label stands in ``MoveType``.

    ``short`` fits a narrow column, ``help`` stands at the choice of a type, and
    ``explanation`` on the help page.
    """

    atoms: frozenset[Atom]
    short: Promise
    help: Promise
    explanation: Promise


MOVE_TYPES: Mapping[MoveType, MoveTypeInfo] = {
    MoveType.MOVE_ENVIRONMENT: MoveTypeInfo(
        atoms=frozenset({Atom.ENVIRONMENT}),
        short=pgettext_lazy("short type", "Move"),
        help=_(
            "The administration goes to another office. The office code changes, the "
            "administration code stays."
        ),
        explanation=_(
            "The administration goes to another office and keeps its code. It gets a "
            "connection of the new office. Users do not move along."
        ),
    ),
    MoveType.CHANGE_CODE: MoveTypeInfo(
        atoms=frozenset({Atom.CODE}),
        short=pgettext_lazy("short type", "Change code"),
        help=_(
            "The code has changed in the bookkeeping package and has to change here "
            "too."
        ),
        explanation=_(
            "The administration stays where it is and gets another code, because it "
            "was renamed in the bookkeeping package."
        ),
    ),
    MoveType.RELINK_CONNECTION: MoveTypeInfo(
        atoms=frozenset({Atom.CONNECTION}),
        short=pgettext_lazy("short type", "Other accounting system"),
        help=_(
            "Same office and same package, but another licence or organisation in it."
        ),
        explanation=_(
            "The administration stays at its office and is linked to another "
            "accounting system of the same package."
        ),
    ),
    MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE: MoveTypeInfo(
        atoms=frozenset({Atom.ENVIRONMENT, Atom.CODE}),
        short=pgettext_lazy("short type", "Move + code"),
        help=_("Another office, and a new administration code."),
        explanation=_(
            "Another office and another code, in one go. Users do not move along."
        ),
    ),
    MoveType.RELINK_CONNECTION_AND_CHANGE_CODE: MoveTypeInfo(
        atoms=frozenset({Atom.CONNECTION, Atom.CODE}),
        short=pgettext_lazy("short type", "Accounting system + code"),
        help=_(
            "Same office, another licence or organisation, and a new administration "
            "code."
        ),
        explanation=_(
            "Another accounting system of the same package and another code, in one go."
        ),
    ),
}
MIXES: Mapping[MoveType, frozenset[Atom]] = {
    move_type: MOVE_TYPES[move_type].atoms for move_type in MoveType
}


def types_with(atom: Atom) -> frozenset[MoveType]:
    return frozenset(move_type for move_type in MoveType if atom in MIXES[move_type])
