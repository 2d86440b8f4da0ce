"""What can be chosen in the form: administrations, offices, connections."""

from django.utils.translation import gettext as _

from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.models.recall import look_up

SHOWN = 8
FEW_OFFICES = 60
Choices = list[tuple[str, str]]


def find_administrations(text: str) -> list[Administration]:
    """The first that are or were known by this text; none for an empty one."""
    if not text.strip():
        return []
    found = Administration.objects.with_place().filter(look_up(text).some())
    return list(found.order_by("name", "pk")[:SHOWN])


def with_chosen(
    chosen: Administration | None, found: list[Administration]
) -> list[Administration]:
    """What is chosen stays in sight, on top."""
    if chosen is None:
        return found
    return [chosen, *(books for books in found if books.pk != chosen.pk)]


def find_offices(text: str) -> list[Environment]:
    """The first offices whose code or name has this text."""
    wanted = text.strip()
    offices = Environment.objects.filter(office_code__istartswith=wanted)
    named = Environment.objects.filter(name__icontains=wanted)
    return list((offices | named)[:SHOWN]) if wanted else []


def few_offices() -> list[Environment] | None:
    """All offices where a list of them can be read; None where there are too many."""
    offices = list(Environment.objects.all()[: FEW_OFFICES + 1])
    return offices if len(offices) <= FEW_OFFICES else None


def office_choices(books: Administration | None) -> Choices:
    """Offices other than the present one, as options."""
    here = books.environment_id if books else None
    return [
        ("", _("Choose an office")),
        *(
            (office.public_id, f"{office.office_code} — {office.name}")
            for office in few_offices() or []
            if office.pk != here
        ),
    ]


def connection_choices(
    books: Administration | None, office: Environment | None
) -> Choices:
    """Other connections of that office with the administration's package."""
    if books is None:
        return [("", _("Choose the administration first"))]
    if office is None:
        return [("", _("Choose the office first"))]
    links = BookkeepingConnection.objects.filter(
        environment=office, package=books.package
    ).exclude(pk=books.connection_id)
    return [
        ("", _("Choose an accounting system")),
        *((link.public_id, option(link)) for link in links),
    ]


def option(link: BookkeepingConnection) -> str:
    return str(link) if link.is_active else _("%(link)s (not active)") % {"link": link}
