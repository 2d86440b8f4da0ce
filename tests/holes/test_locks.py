"""Nobody and no worker wait for each other: both get done."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import Error, connection, transaction
from psycopg2 import extensions

from adminmoves.access import WORKER, actor_for
from adminmoves.audit import trail
from adminmoves.errors import NotAllowed
from adminmoves.estate.importing import import_estate
from adminmoves.execution.lease import fenced
from adminmoves.intake.draft.actions import reopen_move
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import Administration, Attempt, Move
from adminmoves.overview.move.actions import comment
from adminmoves.vocabulary import EventCode, MoveState
from tests.cast import MakeMove
from tests.estate.files import OFFICE, estate
from tests.execution.standstill import until

pytestmark = pytest.mark.django_db(transaction=True)
S = MoveState
Act = Callable[[], object]
COUNTS = {
    "documents": 9,
    "documents_unprocessed": 0,
    "documents_awaiting_authorisation": 0,
}


def meet(owner: extensions.connection, move: Move, other: Act) -> list[str]:
    """A worker in the middle of its run, while ``other`` comes and has to wait."""
    running = threading.Event()

    def work() -> None:
        attempt = Attempt.objects.get(move=move, ended_at=None)
        with fenced(attempt) as locked:
            Administration.objects.select_for_update(of=("self",)).get(
                pk=locked.wanted.administration_id
            )
            running.set()
            until(lambda: somebody_waits(owner))
            line = trail.about_move(locked, EventCode.RUN_STEPS_DONE)
            trail.record(WORKER, [line])

    def come() -> None:
        running.wait()
        other()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(outcome_of, (work, come)))


def test_a_draft_that_a_colleague_reopens_meanwhile_is_not_withdrawn(
    owner: extensions.connection, a_move: MakeMove, agent: User, other_agent: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    def withdraw() -> None:
        with pytest.raises(NotAllowed):
            withdraw_move(move.pk, actor=actor_for(other_agent), reason="Oud.")

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        reopen_move(move.pk, actor=actor_for(agent))
        late = pool.submit(outcome_of, withdraw)
        until(lambda: somebody_waits(owner))

    assert (late.result(), Move.objects.get(pk=move.pk).state) == ("done", S.DRAFT)


def outcome_of(act: Act) -> str:
    try:
        act()
    except Error as fault:
        return str(fault).splitlines()[0]
    finally:
        connection.close()
    return "done"


def somebody_waits(owner: extensions.connection) -> bool:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return cursor.fetchone() != (0,)


def test_a_comment_while_it_runs(
    owner: extensions.connection, a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.RUNNING)

    outcome = meet(
        owner, move, lambda: comment(move.pk, actor=actor_for(agent), text="Hoe ver?")
    )

    assert outcome == ["done", "done"]


def test_a_count_while_it_runs(
    owner: extensions.connection, a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.RUNNING)
    administration = move.wanted.administration_id

    outcome = meet(
        owner,
        move,
        lambda: recount_documents(
            administration, COUNTS, actor=actor_for(agent), ticket="X"
        ),
    )

    assert outcome == ["done", "done"]


def test_an_import_of_its_office_while_it_runs(
    owner: extensions.connection, a_move: MakeMove, administrator: User
) -> None:
    move = a_move(S.RUNNING)
    administration = Administration.objects.with_place().get(
        pk=move.wanted.administration_id
    )
    office, connection = administration.environment, administration.connection
    files = estate(
        [{**OFFICE, "id": office.public_id, "office_code": office.office_code}],
        [
            {
                "id": connection.public_id,
                "environment": office.public_id,
                "package": connection.package,
                "package_environment": connection.package_environment,
            }
        ],
        [
            {
                "id": administration.public_id,
                "connection": connection.public_id,
                "code": administration.code,
                "name": administration.name,
            }
        ],
    )

    outcome = meet(
        owner, move, lambda: import_estate(files, actor=actor_for(administrator))
    )

    assert outcome == ["done", "done"]
