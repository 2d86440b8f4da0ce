"""Which moves may run now, as whoever starts them asks the database."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adminmoves.models import Environment, ExecutionWindow, Freeze, Move
from adminmoves.scheduling.times import Closed
from adminmoves.scheduling.windows import closed_offices, read_times
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_move, start_next
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
EVENING = datetime(2026, 11, 24, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def evenings(office: Environment | None = None) -> ExecutionWindow:
    """From 18:00 until 23:00 by the clocks of Amsterdam; it is 12:00 there at NOON."""
    return ExecutionWindow.objects.create(
        environment=office, weekdays=[*range(7)], opens=time(18), closes=time(23)
    )


def always(office: Environment | None) -> ExecutionWindow:
    return ExecutionWindow.objects.create(
        environment=office, weekdays=[*range(7)], opens=time(0), closes=time(0)
    )


def freeze(office: Environment | None = None) -> Freeze:
    """Long, since what is over by the clock of the database is not read."""
    return Freeze.objects.create(
        name="Btw-aangifte",
        environment=office,
        starts_at=NOON - HOUR,
        ends_at=NOON + timedelta(days=4000),
    )


def may_run(now: datetime) -> set[Move]:
    return set(Move.objects.filter(closed_offices(now).let_run()))


@pytest.fixture
def within(a_move: MakeMove) -> Move:
    """Changes its code at one office."""
    return a_move(MoveState.APPROVED)


@pytest.fixture
def between(a_move: MakeMove) -> Move:
    """Goes from one office to another."""
    return a_move(MoveState.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT)


def test_without_windows_everything_runs(within: Move, between: Move) -> None:
    assert may_run(NOON) == {within, between}


def test_windows_of_all_hold_every_office_without_its_own(
    within: Move, between: Move
) -> None:
    evenings()
    always(within.from_environment)

    assert may_run(NOON) == {within}
    assert may_run(EVENING) == {within, between}


@pytest.mark.parametrize("side", ["from_environment", "to_environment"])
def test_a_move_between_offices_waits_for_both(
    within: Move, between: Move, side: str
) -> None:
    evenings(getattr(between, side))

    assert may_run(NOON) == {within}
    assert may_run(EVENING) == {within, between}


def test_a_freeze_holds_what_a_lead_let_out_of_the_windows(within: Move) -> None:
    Move.objects.update(outside_windows=True)
    freeze(within.from_environment)

    assert may_run(NOON) == set()


@pytest.mark.parametrize("side", ["from_environment", "to_environment"])
def test_a_freeze_holds_the_moves_of_its_office(
    within: Move, between: Move, side: str
) -> None:
    freeze(getattr(between, side))

    assert may_run(NOON) == {within}
    assert may_run(NOON - 2 * HOUR) == {within, between}


def test_a_freeze_of_all_holds_everything_also_what_is_let_out_of_the_windows(
    within: Move, between: Move
) -> None:
    freeze()
    Move.objects.update(outside_windows=True)

    assert may_run(NOON) == set()


def test_what_a_lead_let_out_of_the_windows_runs(within: Move, between: Move) -> None:
    evenings()
    evenings(between.to_environment)
    Move.objects.filter(pk=between.pk).update(outside_windows=True)

    assert may_run(NOON) == {between}


def test_all_that_is_asked_of_the_database_is_one_query(
    within: Move, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    evenings()
    evenings(within.from_environment)
    freeze()
    with django_assert_num_queries(1):
        closed_offices(NOON)
    with django_assert_num_queries(1):
        read_times().closed(within, NOON)


def test_one_move_is_told_when_it_can_run(within: Move) -> None:
    assert read_times().closed(within, NOON) is None
    evenings()

    assert read_times().closed(within, NOON) == Closed(
        datetime(2026, 11, 24, 17, tzinfo=UTC)
    )

    within.not_before = datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert read_times().closed(within, NOON) is None


def test_what_the_filter_lets_run_is_what_one_move_is_told(
    agent: User, lead: User
) -> None:
    moves = [
        make_move(MoveState.APPROVED, agent=agent, lead=lead, move_type=kind)
        for kind in (MoveType.CHANGE_CODE, MoveType.MOVE_ENVIRONMENT) * 3
    ]
    keepers: list[Callable[[Environment | None], object]] = [evenings, always, freeze]
    for closed, keep in zip(moves, keepers * 2, strict=True):
        keep(closed.to_environment)
    evenings()

    for now in (NOON, EVENING):
        open_now = {move for move in moves if read_times().closed(move, now) is None}
        assert may_run(now) == open_now
        assert 0 < len(open_now) < len(moves)


def test_a_worker_takes_only_what_may_run_and_the_urgent_one_first(
    a_move: MakeMove,
) -> None:
    first, closed, urgent = (a_move(MoveState.APPROVED) for _move in range(3))
    day = (timezone.localtime() + timedelta(days=2)).weekday()
    ExecutionWindow.objects.create(
        environment=closed.from_environment,
        weekdays=[day],
        opens=time(18),
        closes=time(23),
    )
    Move.objects.filter(pk=urgent.pk).update(urgent=True)

    assert [taken.move for taken in iter(start_next, None)] == [urgent, first]

    Move.objects.filter(pk=closed.pk).update(outside_windows=True)
    assert [taken.move for taken in iter(start_next, None)] == [closed]


@pytest.mark.parametrize("weekdays", [[], [7], [0, None]])
def test_a_window_has_days_of_the_week(weekdays: list[int]) -> None:
    with pytest.raises(IntegrityError):
        ExecutionWindow.objects.create(
            weekdays=weekdays, opens=time(18), closes=time(23)
        )


@pytest.mark.parametrize(
    ("name", "length"), [("", HOUR), ("Btw-aangifte", 0 * HOUR), ("Btw", -HOUR)]
)
def test_a_freeze_has_a_name_and_a_length(name: str, length: timedelta) -> None:
    with pytest.raises(IntegrityError):
        Freeze.objects.create(name=name, starts_at=NOON, ends_at=NOON + length)


def test_the_database_refuses_priority_or_override_without_an_approval(
    a_move: MakeMove,
) -> None:
    waits = Move.objects.filter(pk=a_move(MoveState.AWAITING_APPROVAL).pk)
    for flag in ("urgent", "outside_windows"):
        with pytest.raises(IntegrityError), transaction.atomic():
            waits.update(**{flag: True})
