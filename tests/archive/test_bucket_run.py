"""A real worker, set by its environment, moves an archive that lies in S3."""

import pytest

from adminmoves import celery_tasks
from adminmoves.models import CleanUp, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.bucket import NAME, Bucket
from tests.archive.shelves import contents, files, fill, fill_with
from tests.archive.test_stores import LARGE
from tests.builders import make_administration
from tests.cast import MakeMove
from tests.execution.standstill import until
from tests.servers import Process, Workers

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("store", ["bucket"], indirect=True)
def test_it_is_whole_at_the_other_office_and_the_old_files_are_gone(
    a_move: MakeMove, workers: Workers, beat: Process, bucket: Bucket
) -> None:
    administration = make_administration()
    fill_with(administration, 20)
    fill(administration, LARGE)
    before, old = contents(administration), files()
    move = a_move(
        MoveState.APPROVED,
        move_type=MoveType.MOVE_ENVIRONMENT,
        administration=administration,
    )

    workers(
        1,
        PORTAL_ARCHIVE_STORE="adminmoves.archive.s3.S3Store",
        PORTAL_ARCHIVE_BUCKET=NAME,
        PORTAL_ARCHIVE_ENDPOINT=bucket.endpoint,
        PORTAL_SWEEP_SECONDS="1",
    )
    celery_tasks.send()
    until(lambda: Move.objects.get(pk=move.pk).state == MoveState.COMPLETED)
    assert files() > old, "they are kept for a day"
    # A day later.
    CleanUp.objects.update(due_at=move.created_at)
    until(lambda: CleanUp.objects.exclude(done_at=None).exists())

    assert contents(administration) == before
    assert len(files()) == 21
    assert not files() & old
