"""The people, offices and connections of the large estate."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from adminmoves.access import SYSTEM, Actor
from adminmoves.audit import trail
from adminmoves.demo.large.world import CONNECTIONS_PER_OFFICE, World, package_of
from adminmoves.estate.lines import differences
from adminmoves.estate.people import facts_of, give_role, line_about_person
from adminmoves.models import BookkeepingConnection, Environment
from adminmoves.vocabulary import Role

AGENTS, LEADS = 20, 5
FIRST_PERSON = 101
OFFICE_CODE = "GROOT{:05}"


@dataclass(frozen=True, slots=True)
class Cast:
    """``connections`` in the order of their numbers, with their offices."""

    agents: Sequence[Actor]
    leads: Sequence[Actor]
    connections: Sequence[BookkeepingConnection]


def is_made() -> bool:
    return Environment.objects.filter(office_code=OFFICE_CODE.format(0)).exists()


def make_cast(world: World) -> Cast:
    offices = Environment.objects.bulk_create(
        Environment(
            office_code=OFFICE_CODE.format(number), name=f"Groot voorbeeld {number}"
        )
        for number in range(world.offices)
    )
    connections = BookkeepingConnection.objects.bulk_create(
        BookkeepingConnection(
            environment=office,
            package=package_of(number * CONNECTIONS_PER_OFFICE + part),
            package_environment=f"{office.office_code}-{part}",
        )
        for number, office in enumerate(offices)
        for part in range(CONNECTIONS_PER_OFFICE)
    )
    return Cast(
        agents=_people("medewerker", Role.SUPPORT_AGENT, AGENTS),
        leads=_people("teamleider", Role.TEAM_LEAD, LEADS),
        connections=connections,
    )


def _people(word: str, role: Role, count: int) -> list[Actor]:
    return [
        _person(f"{word}{number}", f"{word.capitalize()} {number}", role)
        for number in range(FIRST_PERSON, FIRST_PERSON + count)
    ]


def _person(username: str, name: str, role: Role) -> Actor:
    """Make a person who cannot log in, because there is no password."""
    first, last = name.split()
    person = User.objects.create(
        username=username,
        first_name=first,
        last_name=last,
        password=make_password(None),
    )
    give_role(person, role)
    params = differences({}, facts_of(person))
    trail.record(SYSTEM, [line_about_person(person, params)])
    return Actor(name=name, role=role, user_id=person.pk)
