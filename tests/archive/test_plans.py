"""A large archive costs in proportion, whatever the planner knows of it."""

import pytest
from django.db import connection
from psycopg2 import extensions

from adminmoves.models import Administration
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill
from tests.builders import make_administration, run
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("adminmoves_document", "adminmoves_documentcopy")
READ = """
SELECT sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) FROM pg_stat_user_tables
WHERE relname IN %s
"""
MANY = 400
LOOKS = 40
"""So often, at the most, does a run look at one document or its copy."""


def with_documents(count: int) -> Administration:
    administration = make_administration()
    fill(administration, *(b"%d" % number for number in range(count)))
    return administration


def rows_read(owner: extensions.connection) -> int:
    """Rows of documents and copies that were read so far, by anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    with owner.cursor() as cursor:
        cursor.execute(READ, [TABLES])
        row = cursor.fetchone()
    assert row
    return int(row[0])


def test_a_run_does_not_go_through_the_archive_once_for_each_document(
    a_move: MakeMove, owner: extensions.connection
) -> None:
    """Also where the statistics know of every archive but this one."""
    here = {"move_type": MoveType.MOVE_ENVIRONMENT}
    run(a_move(MoveState.APPROVED, administration=with_documents(MANY), **here))
    with owner.cursor() as cursor:
        cursor.execute("ANALYZE adminmoves_documentcopy, adminmoves_document")
    move = a_move(MoveState.APPROVED, administration=with_documents(MANY), **here)

    before = rows_read(owner)
    run(move)

    assert rows_read(owner) - before < LOOKS * MANY
