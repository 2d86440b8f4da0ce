"""What can be chosen in the form: administrations, offices, connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.models.search import office_named, search
from adminmoves.models.search_terms import MAX_QUERY_CHARS
from adminmoves.rules.checks.connection import fitting_connections
from adminmoves.web import inputs

SHOWN_RESULTS = 8
MAX_LISTED_OFFICES = 60
"""More offices than this are searched, not listed."""
Choices = list[tuple[str, str]]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class PickerResults(Generic[M]):
    """``has_more``: a longer text shows the others."""

    rows: Sequence[M] = ()
    has_more: bool = False

    def with_chosen(self, chosen: M | None) -> "PickerResults[M]":
        """The same with what is chosen on top, so that it stays in sight."""
        if chosen is None:
            return self
        others = (row for row in self.rows if row.pk != chosen.pk)
        return PickerResults((chosen, *others), self.has_more)


def find_administrations(text: str) -> PickerResults[Administration]:
    """The first that are or were known by this text; none for an empty one."""
    query = inputs.plain(text, MAX_QUERY_CHARS).strip()
    if not query:
        return PickerResults()
    # One more than is shown tells that there are more.
    administrations, _others = search(query, SHOWN_RESULTS + 1)
    return _first(administrations)


def find_offices(text: str) -> PickerResults[Environment]:
    """The first offices whose code begins so, or whose name has these words."""
    named = office_named(inputs.plain(text, MAX_QUERY_CHARS))
    return _first(list(Environment.objects.filter(named)[: SHOWN_RESULTS + 1]))


def _first(rows: Sequence[M]) -> PickerResults[M]:
    """``rows``: one more than is shown, if there are more."""
    return PickerResults(rows[:SHOWN_RESULTS], len(rows) > SHOWN_RESULTS)


def listed_offices() -> list[Environment] | None:
    """All offices, or None if they are too many for a list."""
    offices = list(Environment.objects.all()[: MAX_LISTED_OFFICES + 1])
    return offices if len(offices) <= MAX_LISTED_OFFICES else None


def office_choices(administration: Administration | None) -> Choices:
    """Offices other than the present one, as options."""
    here = administration.environment_id if administration else None
    return [
        ("", _("Choose an office")),
        *(
            (office.public_id, _office_label(office))
            for office in listed_offices() or []
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
        *((connection.public_id, _label(connection)) for connection in connections),
    ]


def _office_label(office: Environment) -> str:
    label = f"{office.office_code} — {office.name}"
    return (
        label if office.is_active else _("%(office)s (not active)") % {"office": label}
    )


def _label(connection: BookkeepingConnection) -> str:
    if connection.is_active:
        return str(connection)
    return _("%(connection)s (not active)") % {"connection": connection}
