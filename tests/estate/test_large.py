"""The large estate: made by the owner, for show only, and as true as a lived one."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import override_settings
from psycopg2 import extensions

from adminmoves.audit import chain
from adminmoves.models import (
    Administration,
    AdministrationSearch,
    Environment,
    Event,
    FormerPlace,
    Move,
)
from adminmoves.models.search import search
from adminmoves.rules.type_rules import derive
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_move
from tests.servers import with_database

pytestmark = pytest.mark.slow

S = MoveState
MADE = 500, 300


def make_estate(
    database: str, sizes: tuple[int, int] = MADE, **env: str
) -> subprocess.CompletedProcess[str]:
    """As the owner runs it: another process, with the owner's URL."""
    administrations, moves = sizes
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            "make_estate",
            f"--administrations={administrations}",
            f"--moves={moves}",
        ],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
            "DATABASE_URL": with_database(os.environ["DATABASE_OWNER_URL"], database),
            "PORTAL_DEMO": "yes",
            **env,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def made(owner: extensions.connection, database_name: str) -> None:
    done = make_estate(database_name)
    assert done.returncode == 0, done.stderr


def test_it_makes_what_was_asked_with_chains_that_hold(made: None) -> None:
    assert (Administration.objects.count(), Move.objects.count()) == MADE
    found = chain.verify()
    assert found.faults == ()
    assert found.events == Event.objects.count()
    states = Counter(Move.objects.values_list("state", flat=True))
    assert set(states) == {S.COMPLETED, S.REJECTED, S.WITHDRAWN}
    kinds = Counter(Move.objects.values_list("move_type", flat=True))
    assert set(kinds) == set(MoveType.values)


def test_every_administration_is_where_its_last_move_brought_it(made: None) -> None:
    completed = Move.objects.filter(state=S.COMPLETED).order_by("ended_at")
    last = {move.administration_id or 0: move for move in completed}

    there = {
        administration.pk: (
            administration.connection_id,
            administration.code,
            administration.mail_address,
        )
        for administration in Administration.objects.filter(pk__in=last)
    }

    assert there == {
        pk: (move.to_connection_id, move.to_code, move.to_address)
        for pk, move in last.items()
    }


def test_every_administration_is_found_by_its_name_and_former_codes(
    made: None,
) -> None:
    administration = Administration.objects.get(public_id="groot0000123")
    former = FormerPlace.objects.latest("id")

    assert AdministrationSearch.objects.count() == Administration.objects.count()
    assert administration in search("voorbeeld 123", 20)[0]
    assert former.administration in search(former.mail_address, 20)[0]


def test_the_type_of_a_made_move_is_what_its_places_say(made: None) -> None:
    for move in Move.objects.filter(state=S.COMPLETED):
        assert move.from_environment_id is not None
        assert move.from_connection_id is not None
        administration = Administration(
            environment_id=move.from_environment_id,
            connection_id=move.from_connection_id,
        )
        administration.code_key = (
            move.from_code
        )  # the codes made differ by more than spelling
        assert move.to_environment_id is not None
        assert move.to_connection_id is not None
        derived = derive(
            administration, move.to_environment_id, move.to_connection_id, move.to_code
        )
        assert derived == move.move_type


def test_every_guard_is_on_again(made: None, owner: extensions.connection) -> None:
    with owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)


def test_every_row_fits_its_constraints_and_foreign_keys(
    made: None, owner: extensions.connection
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype IN ('f', 'c')"
            " AND connamespace = 'public'::regnamespace"
        )
        constraints = cursor.fetchall()
        assert len(constraints) > 50
        cursor.execute("BEGIN")
        for table, definition in constraints:
            # Adding it once more makes the database look at every row.
            cursor.execute(f"ALTER TABLE {table} ADD {definition}")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ROLLBACK")


def test_work_goes_on_after_it(made: None, agent: User, lead: User) -> None:
    """Sequences were set: the portal's own next rows do not collide."""
    move = make_move(S.COMPLETED, agent=agent, lead=lead)

    assert move.state == S.COMPLETED
    assert chain.verify().faults == ()


def test_a_second_time_is_refused(made: None, database_name: str) -> None:
    again = make_estate(database_name)

    assert again.returncode == 1
    assert "made already" in again.stderr
    assert Administration.objects.count() == MADE[0]


def test_it_is_for_demo_databases_only(
    owner: extensions.connection, database_name: str
) -> None:
    done = make_estate(database_name, PORTAL_DEMO="no")

    assert done.returncode == 1
    assert "This is no demo database" in done.stderr
    assert not Environment.objects.exists()


@pytest.mark.django_db
@override_settings(PORTAL_DEMO=True)
def test_the_app_role_cannot_make_a_past() -> None:
    with pytest.raises(CommandError, match="Run this as the owner"):
        call_command("make_estate", administrations=10, moves=1)


@pytest.mark.django_db
@override_settings(PORTAL_DEMO=True)
@pytest.mark.parametrize(("administrations", "moves"), [(0, 0), (1, 101), (1, -1)])
def test_numbers_that_cannot_be_are_refused(administrations: int, moves: int) -> None:
    with pytest.raises(CommandError):
        call_command("make_estate", administrations=administrations, moves=moves)
