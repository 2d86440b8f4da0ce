"""Makes the large estate as the owner, in one transaction (`manage.py make_estate`).

In this transaction the triggers are off, because they let moves begin only as drafts.
Constraints and foreign keys stay on.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models, transaction
from django.utils import timezone

from adminmoves.access import SYSTEM
from adminmoves.audit import trail
from adminmoves.demo.large import moments, rows
from adminmoves.demo.large.cast import Cast, make_cast
from adminmoves.demo.large.chaining import PastTrail, TrailMoment
from adminmoves.demo.large.copying import Table
from adminmoves.demo.large.facts import MoveFacts, administration_at
from adminmoves.demo.large.world import Journey, World
from adminmoves.estate.saving import chunks
from adminmoves.models import Administration, Attempt, Move, Proof, postgres
from adminmoves.vocabulary import EventCode

CHUNK_ROWS = 5000
JOB = "make_estate"
Say = Callable[[str], None]


@transaction.atomic
def make_estate(administrations: int, moves: int, say: Say) -> None:
    world = World.of(administrations, timezone.now())
    cast = make_cast(world)
    # Administrations are written where they end, so the journeys come first.
    journeys = list(world.travel(moves))
    say(f"{administrations} administrations in {world.offices} offices")
    with _without_triggers():
        numbers = _write_administrations(world, cast)
        _write_moves(journeys, numbers, cast, say)
    _index(numbers, say)
    params = {"administrations": administrations, "moves": moves}
    line = trail.about_job(
        JOB, EventCode.ESTATE_IMPORTED, subject="make_estate", params=params
    )
    trail.record(SYSTEM, [line])
    _analyse()


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Switch our own triggers off; check foreign keys at each statement."""
    names = [model._meta.db_table for model in rows.GUARDED]  # noqa: SLF001 - Django's documented API
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        # A proof refers to its move and the move to its proof.
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND condeferrable"
            " AND conrelid = 'adminmoves_proof'::regclass"
            " AND confrelid = 'adminmoves_move'::regclass"
        )
        for (constraint,) in cursor.fetchall():
            cursor.execute(f"SET CONSTRAINTS {constraint} DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def _write_administrations(world: World, cast: Cast) -> list[int]:
    """Write each at its last place; return their ids by number."""
    table = Table(Administration)
    numbers = [next(table.ids) for _place in world.places]
    for part in chunks(range(len(numbers)), CHUNK_ROWS):
        table.copy(
            administration_at(
                number, numbers[number], world.places[number], world.since[number], cast
            )
            for number in part
        )
    table.settle_ids()
    return numbers


def _write_moves(
    journeys: Sequence[Journey], numbers: list[int], cast: Cast, say: Say
) -> None:
    tables = {model: Table(model) for model in rows.WRITTEN}
    past, moved = PastTrail(), Counter[int]()
    for part in chunks(journeys, CHUNK_ROWS):
        facts = [_facts_of(journey, numbers, cast, tables) for journey in part]
        rows.write(tables, facts)
        past.copy(list(_moments(facts, moved)))
        say(f"{part[-1].number + 1} moves")
    for table in tables.values():
        table.settle_ids()
    say("chaining the events")
    past.store()


def _index(numbers: list[int], say: Say) -> None:
    """Index new administrations, which a trigger does otherwise."""
    say("indexing for the search")
    postgres.call("adminmoves_index_administrations", numbers)


def _facts_of(
    journey: Journey,
    numbers: list[int],
    cast: Cast,
    tables: dict[type[models.Model], Table],
) -> MoveFacts:
    since, number = journey.at_place_since, journey.administration
    return MoveFacts(
        journey,
        cast,
        move_id=next(tables[Move].ids),
        proof_id=next(tables[Proof].ids),
        attempt_id=next(tables[Attempt].ids),
        administration=administration_at(
            number, numbers[number], journey.left, since, cast
        ),
    )


def _moments(parts: Sequence[MoveFacts], moved: Counter[int]) -> Iterator[TrailMoment]:
    for facts in parts:
        yield from moments.of_move(facts)
        if facts.is_done:
            moved[facts.administration.pk] += 1
            yield moments.of_administration(facts, moved[facts.administration.pk])


def _analyse() -> None:
    with connection.cursor() as cursor:
        for model in rows.GUARDED:
            cursor.execute(f"ANALYZE {model._meta.db_table}")  # noqa: SLF001 - Django's documented API
