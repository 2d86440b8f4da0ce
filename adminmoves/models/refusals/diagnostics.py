"""Reads from a database error which rule it is, and gives its refusal in words."""

from collections.abc import Mapping
from dataclasses import replace

from django.db import DatabaseError, Error
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.models.refusals.estate import CLOSED, OF_ESTATE
from adminmoves.models.refusals.moves import OF_MOVES
from adminmoves.models.refusals.refusal import Refusal
from adminmoves.models.refusals.settings import OF_SETTINGS

REFUSALS: Mapping[str, Refusal] = {**OF_ESTATE, **OF_MOVES, **OF_SETTINGS}
"""By the name of the constraint, also of one that only a trigger holds."""
PLACE_GUARD, CLOSED_MESSAGE = (
    "administration_place_guard",
    "the administration is closed for a move",
)
"""One rule of estate_guards.sql refuses both, and only its message says which."""
CALENDAR_SUFFIX = "_in_calendar"
"""Of the rule of each column that holds a moment or a day; before it its name."""
WRONG_YEAR = (
    gettext_lazy("The year cannot be right."),
    gettext_lazy("Check the year: it lies between 1900 and 2199."),
)
BY_SQLSTATE: Mapping[str, Refusal] = {
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
"""Refusals of PostgreSQL itself, without a rule of ours."""


def constraint_name(error: Error) -> str:
    """The rule that the database held; empty where it held none of ours."""
    return _diagnostics(error, "constraint_name")


def refusal_of(error: DatabaseError) -> Refusal:
    """The sentence for the rule that the database held."""
    name = constraint_name(error)
    message = _diagnostics(error, "message_primary") or str(error)
    if (name, message) == (PLACE_GUARD, CLOSED_MESSAGE):
        return CLOSED
    if name.endswith(CALENDAR_SUFFIX):
        return Refusal(name.removesuffix(CALENDAR_SUFFIX), *WRONG_YEAR)
    refusal = REFUSALS.get(name) or BY_SQLSTATE.get(_diagnostics(error, "sqlstate"))
    if refusal:
        field = refusal.field or _diagnostics(error, "column_name")
        return replace(refusal, field=field)
    what = _("The database refused this: %(rule)s.") % {"rule": name or message}
    return Refusal("", what, _("Nothing was changed. Ask who looks after the portal."))


def _diagnostics(error: Error, field: str) -> str:
    """A field of psycopg's diagnostics; empty where the server did not send it."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, field, None) or ""
