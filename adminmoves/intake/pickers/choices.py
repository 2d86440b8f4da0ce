"""What can be chosen in the form: administrations, offices, connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.models.search import MAX_QUERY_CHARS, office_named, search
from adminmoves.rules.checks.connection import fitting_connections
from adminmoves.web import inputs

SHOWN = 8
FEW_OFFICES = 60
Choices = list[tuple[str, str]]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class PickerResults(Generic[M]):
    """What there is to pick; ``has_more`` asks for a longer text."""

    rows: Sequence[M] = ()
    has_more: bool = False

    def with_chosen(self, chosen: M | None) -> "PickerResults[M]":
        """What is chosen stays in sight, on top."""
        if chosen is None:
            return self
        others = (row for row in self.rows if row.pk != chosen.pk)
        return PickerResults((chosen, *others), self.has_more)


def find_administrations(text: str) -> PickerResults[Administration]:
    """The first that are or were known by this text; none for an empty one."""
    wanted = inputs.plain(text, MAX_QUERY_CHARS).strip()
    if not wanted:
        return PickerResults()
    found, _known = search(wanted, SHOWN + 1)
    return _first(found)


def find_offices(text: str) -> PickerResults[Environment]:
    """The first offices whose code begins so, or whose name has these words."""
    named = office_named(inputs.plain(text, MAX_QUERY_CHARS))
    return _first(list(Environment.objects.filter(named)[: SHOWN + 1]))


def _first(found: Sequence[M]) -> PickerResults[M]:
    """``found``: one more than is shown, where there are more."""
    return PickerResults(found[:SHOWN], len(found) > SHOWN)


def few_offices() -> list[Environment] | None:
    """All offices where a list of them can be read; None where there are too many."""
    offices = list(Environment.objects.all()[: FEW_OFFICES + 1])
    return offices if len(offices) <= FEW_OFFICES else None


def office_choices(administration: Administration | None) -> Choices:
    """Offices other than the present one, as options."""
    here = administration.environment_id if administration else None
    return [
        ("", _("Choose an office")),
        *(
            (office.public_id, f"{office.office_code} — {office.name}")
            for office in few_offices() or []
            if office.pk != here
        ),
    ]


def connection_choices(
    administration: Administration | None, office: Environment | None
) -> Choices:
    """Other connections of that office with the administration's package."""
    if administration is None:
        return [("", _("Choose the administration first"))]
    if office is None:
        return [("", _("Choose the office first"))]
    connections = fitting_connections(administration, office)
    return [
        ("", _("Choose a connection")),
        *((connection.public_id, option(connection)) for connection in connections),
    ]


def option(connection: BookkeepingConnection) -> str:
    return (
        str(connection)
        if connection.is_active
        else _("%(connection)s (not active)") % {"connection": connection}
    )
