"""A host whose clock is wrong takes no lease from another, and loses none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from adminmoves.archive import copying
from adminmoves.execution import runner, takeover
from adminmoves.models import Attempt, Event, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import contents, fill_with
from tests.builders import make_administration, run, start
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
OFF = [timedelta(days=-1), timedelta(minutes=-5), timedelta(minutes=5)]
off = pytest.mark.parametrize("by", OFF, ids=str)


@pytest.fixture
def approved(a_move: MakeMove, monkeypatch: pytest.MonkeyPatch) -> Move:
    """To another office, with ten documents, in chunks of four."""
    monkeypatch.setattr(copying, "MOST_DOCUMENTS", 4)
    administration = make_administration()
    fill_with(administration, 10)
    return a_move(
        S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT, administration=administration
    )


def set_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """This host's, not the database's."""
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + by)


@off
@pytest.mark.parametrize("move_type", [MoveType.MOVE_ENVIRONMENT, MoveType.CHANGE_CODE])
def test_a_move_completes_on_a_host_whose_clock_is_wrong(
    move_type: MoveType,
    by: timedelta,
    a_move: MakeMove,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    administration = make_administration()
    fill_with(administration, 10)
    move = a_move(S.APPROVED, move_type=move_type, administration=administration)
    before = contents(administration)
    set_clock(monkeypatch, by)

    done = run(move)

    assert done.state == S.COMPLETED
    assert contents(administration) == before


@off
def test_it_takes_no_run_that_somebody_holds_and_holds_its_own(
    by: timedelta, approved: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = start(approved)
    with monkeypatch.context() as wrong:
        set_clock(wrong, by)
        assert takeover.resume_expired("worker-2") is None
        runner.execute(attempt, until=0)
        taken = takeover.resume_yielded("worker-2")
        assert taken is not None
        assert not Attempt.objects.unclaimed().exists()

    assert takeover.resume_expired("worker-3") is None, (
        "it is held, whatever its host says"
    )
    runner.execute(taken)
    assert Move.objects.get(pk=approved.pk).state == S.COMPLETED
    assert not Event.objects.filter(
        code__in=["RUN_TAKEN_OVER", "MOVE_IN_DOUBT"]
    ).exists()
