"""Makes moves that wait to be approved or carried out, with the past they would have.

By COPY, as the large estate is made; a real move takes five pages to get there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from adminmoves.demo.large.chaining import PastTrail
from adminmoves.demo.large.copying import Table
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Contributor,
    Environment,
    Event,
    Move,
    Parties,
    Proof,
    ProofWords,
)
from adminmoves.vocabulary import MoveState, MoveType, Package
from benchmarks.people import People
from benchmarks.waiting import Waiting

WITHOUT_ARCHIVE = (
    MoveType.CHANGE_CODE,
    MoveType.RELINK_CONNECTION,
    MoveType.RELINK_CONNECTION_AND_CHANGE_CODE,
)
PER_OFFICE = 10
Tables = dict[type[Model], Table]
GUARDED: tuple[type[Model], ...] = (
    Administration,
    Proof,
    Move,
    ProofWords,
    Parties,
    Contributor,
    Event,
)
_number = count(1)


@transaction.atomic
def make_waiting(
    how_many: int,
    people: People,
    state: MoveState = MoveState.APPROVED,
    types: tuple[MoveType, ...] = WITHOUT_ARCHIVE,
    per_office: int = PER_OFFICE,
) -> list[int]:
    """Make this number of moves in a state and return their ids, as the owner."""
    tables: Tables = {model: Table(model) for model in GUARDED if model is not Event}
    connections = _offices(-(-how_many // per_office))
    waiting = [
        _waiting(
            number // per_office,
            tables,
            connections,
            (people, state, types[number % len(types)]),
        )
        for number in range(how_many)
    ]
    with _without_triggers():
        for model, table in tables.items():
            rows = (row for move in waiting for row in move.rows())
            table.copy(row for row in rows if type(row) is model)
            table.settle_ids()
        past = PastTrail()
        past.copy([moment for move in waiting for moment in move.moments()])
        past.store()
    return [move.ids[1] for move in waiting]


def _waiting(
    office: int,
    tables: Tables,
    connections: list[BookkeepingConnection],
    wanted: tuple[People, MoveState, MoveType],
) -> Waiting:
    people, state, move_type = wanted
    connection = office * 2
    other = {
        MoveType.CHANGE_CODE: 0,
        MoveType.MOVE_ENVIRONMENT: 2,
        MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE: 2,
    }.get(move_type, 1)
    return Waiting(
        number=next(_number),
        ids=(
            next(tables[Administration].ids),
            next(tables[Move].ids),
            next(tables[Proof].ids),
        ),
        connection=connections[connection],
        target=connections[(connection + other) % len(connections)],
        move_type=move_type,
        state=state,
        people=people,
        now=timezone.now(),
    )


def _offices(how_many: int) -> list[BookkeepingConnection]:
    """Make at least two offices; return two connections of each, in order."""
    offices = Environment.objects.bulk_create(
        Environment(office_code=f"MEET{number:07}", name=f"Kantoor {number}")
        for number in (next(_number) for _office in range(max(how_many, 2)))
    )
    return BookkeepingConnection.objects.bulk_create(
        BookkeepingConnection(
            environment=office,
            package=Package.UNIT4,
            package_environment=f"{office.office_code}-{part}",
        )
        for office in offices
        for part in range(2)
    )


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Switch our triggers off in this transaction; check constraints at its end."""
    names = [model._meta.db_table for model in GUARDED]  # noqa: SLF001 - Django's documented API
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
            cursor.execute(f"ANALYZE {name}")


def make_administrations(how_many: int) -> list[Administration]:
    """Make administrations without a move; call it as the owner."""
    connection = _offices(1)[0]
    office = connection.environment
    codes = [f"B{next(_number):07}" for _administration in range(how_many)]
    return Administration.objects.bulk_create(
        Administration(
            code=code,
            name=f"Voorbeeld {code}",
            environment=office,
            connection=connection,
            package=connection.package,
            mail_address=office.address_for(code),
            documents=12,
            documents_counted_at=timezone.now(),
            at_place_since=timezone.now(),
        )
        for code in codes
    )
