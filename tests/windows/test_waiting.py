"""A move that waits says for what, on its page and in the list; a late run is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from adminmoves.execution import runner
from adminmoves.models import (
    Attempt,
    ExecutionWindow,
    Freeze,
    Move,
    QueueSwitch,
    WorkerBeat,
)
from adminmoves.scheduling.queue import MIN_ALIKE, load_queue
from adminmoves.vocabulary import BeatKind, MoveState, MoveType
from tests.builders import (
    approve,
    make_administration,
    make_connection,
    start,
    start_next,
)
from tests.cast import MakeMove
from tests.overview.people import page_words

pytestmark = pytest.mark.django_db
S = MoveState
MINUTE = timedelta(minutes=1)
Completed = Callable[..., None]


@pytest.fixture(autouse=True)
def _a_worker_is_heard(db: None) -> None:
    WorkerBeat.objects.create(
        name="w1", kind=BeatKind.WORKER, started_at=timezone.now()
    )


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def page_and_row(client: Client, move: Move) -> Iterator[str]:
    """The words of its page, and those of the list."""
    for address in (f"/migraties/{move.number}/", "/?status=alle"):
        yield page_words(client.get(address))


def freeze(until: datetime | None) -> None:
    Freeze.objects.create(
        name="Btw-aangifte", starts_at=timezone.now() - MINUTE, ends_at=until
    )


@pytest.fixture
def completed(
    a_move: MakeMove, lead: User, monkeypatch: pytest.MonkeyPatch
) -> Completed:
    """Enough completed moves to measure by: they waited a minute, and ran so many."""

    def complete(minutes: int, move_type: MoveType = MoveType.CHANGE_CODE) -> None:
        for _move in range(MIN_ALIKE):
            move = a_move(S.AWAITING_APPROVAL, move_type=move_type)
            approved = timezone.now() - (1 + minutes) * MINUTE
            with monkeypatch.context() as clock:
                clock.setattr(timezone, "now", lambda then=approved: then)
                approve(move, lead)
            attempt = start(move)
            began = approved + MINUTE
            Move.objects.filter(pk=move.pk).update(started_at=began)
            with monkeypatch.context() as clock:
                ended = began + minutes * MINUTE
                clock.setattr(timezone, "now", lambda then=ended: then)
                runner.execute(attempt)

    return complete


def test_it_says_when_the_window_opens(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    opens = timezone.localtime() + timedelta(days=2)
    ExecutionWindow.objects.create(
        weekdays=[opens.weekday()], opens=time(18), closes=time(23)
    )

    for page in page_and_row(as_lead, move):
        assert f"Venster opent {opens.day} " in page
        assert "18:00" in page


def test_it_names_the_freeze(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    freeze(datetime(2031, 1, 31, 23, tzinfo=UTC))

    for page in page_and_row(as_lead, move):
        assert "Bevroren tot 1 februari 2031 00:00 : Btw-aangifte" in page


def test_the_steps_say_the_moment_that_the_freeze_leaves(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    evening = datetime(2031, 1, 31, 19, tzinfo=UTC)
    Move.objects.filter(pk=move.pk).update(not_before=evening)
    address = f"/migraties/{move.number}/"
    before = steps(as_lead, address)

    freeze(evening + timedelta(hours=3))

    after = steps(as_lead, address)
    assert ("31 januari 2031 20:00" in before, "23:00" in before) == (True, False)
    assert ("31 januari 2031 23:00" in after, "20:00" in after) == (True, False)


def steps(client: Client, address: str) -> str:
    """What stands under the steps of a move."""
    page = client.get(address).content.decode()
    return page.partition('class="stepper"')[2].partition("</ol>")[0]


def test_windows_that_never_meet_are_told(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT)
    day = (timezone.localtime() + timedelta(days=2)).weekday()
    for office, opens in ((move.from_environment, 1), (move.to_environment, 2)):
        ExecutionWindow.objects.create(
            environment=office,
            weekdays=[day],
            opens=time(opens),
            closes=time(opens + 1),
        )

    for page in page_and_row(as_lead, move):
        assert "De vensters van de kantoren vallen nooit samen" in page


def test_it_says_how_many_of_its_office_go_first(
    as_lead: Client, a_move: MakeMove, completed: Completed
) -> None:
    connection = make_connection()
    other = a_move(S.APPROVED)
    first, second, third = (
        a_move(S.APPROVED, administration=make_administration(connection))
        for _n in range(3)
    )
    completed(4)

    assert "Als eerste van dit kantoor; meestal 1 min 0 s" in page_words(
        as_lead.get(f"/migraties/{first.number}/")
    )
    for page in page_and_row(as_lead, third):
        assert "Na 2 migraties van dit kantoor; meestal 1 min 0 s" in page

    Move.objects.filter(pk=third.pk).update(urgent=True)
    ahead = load_queue([first, second, third, other]).ahead
    assert [ahead[move.pk] for move in (other, third, first, second)] == [0, 0, 1, 2]


def test_what_its_office_may_not_start_does_not_go_first(a_move: MakeMove) -> None:
    connection = make_connection()
    frozen, closed, hasty, last = (
        a_move(
            S.APPROVED,
            move_type=MoveType.MOVE_ENVIRONMENT,
            administration=make_administration(connection),
        )
        for _n in range(4)
    )
    now = timezone.now()
    Freeze.objects.create(
        environment=frozen.to_environment,
        name="Btw-aangifte",
        starts_at=now - MINUTE,
        ends_at=now + MINUTE,
    )
    for move in (closed, hasty):
        ExecutionWindow.objects.create(
            environment=move.to_environment,
            weekdays=[(timezone.localdate() + timedelta(days=3)).weekday()],
            opens=time(1),
            closes=time(2),
        )
    assert load_queue([last]).ahead[last.pk] == 0

    Move.objects.filter(pk=hasty.pk).update(outside_windows=True)

    assert load_queue([last]).ahead[last.pk] == 1


def test_a_paused_queue_is_told_with_who_and_why(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    QueueSwitch.objects.update(
        paused_at=timezone.now(), paused_by=lead, reason="Onderhoud"
    )

    page, row = page_and_row(as_lead, move)
    assert "De wachtrij is gepauzeerd" in page
    assert "Wachtrij gepauzeerd door teamleider-1: Onderhoud" in row


def test_the_silence_of_workers_is_told(as_lead: Client, a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    WorkerBeat.objects.update(seen_at=timezone.now() - 3 * MINUTE)

    page, row = page_and_row(as_lead, move)
    assert "Het portaal voert nu niets uit" in page
    assert "Het portaal voert al 2 minuten niets uit" in row


@pytest.mark.parametrize(("lasts", "late"), [(11, False), (13, True)])
def test_a_run_is_late_after_three_times_what_is_usual(
    lasts: int, late: bool, as_lead: Client, a_move: MakeMove, completed: Completed
) -> None:
    completed(4)
    move = a_move(S.RUNNING)
    Attempt.objects.filter(move=move).update(started_at=timezone.now() - lasts * MINUTE)

    page, row = page_and_row(as_lead, move)
    assert ("Dit duurt veel langer dan normaal" in page) == late
    assert ("duurt veel langer dan normaal" in row) == late
    assert "duurt meestal 4 min 0 s" in page


def test_a_run_is_never_late_within_two_minutes(
    a_move: MakeMove, completed: Completed
) -> None:
    completed(0)
    move = a_move(S.RUNNING)
    Attempt.objects.filter(move=move).update(started_at=timezone.now() - MINUTE)

    assert not load_queue([move]).is_late(move)


def test_only_moves_of_that_type_and_size_are_its_measure(
    a_move: MakeMove, completed: Completed
) -> None:
    completed(1, MoveType.RELINK_CONNECTION)
    move = a_move(S.RUNNING)
    attempt = Attempt.objects.filter(move=move)
    attempt.update(started_at=timezone.now() - 90 * MINUTE, documents=40_000)
    assert not load_queue([move]).is_late(move)

    completed(1)
    assert not load_queue([move]).is_late(move)

    Attempt.objects.exclude(move=move).update(documents=50_000)
    assert load_queue([move]).is_late(move)


def test_what_waits_and_runs_costs_the_list_one_query_together(
    as_lead: Client, a_move: MakeMove
) -> None:
    a_move(S.COMPLETED)
    costs = []
    for state in (S.APPROVED, S.APPROVED, S.RUNNING, S.COMPLETED):
        with CaptureQueriesContext(connection) as asked:
            as_lead.get("/?status=alle")
        costs.append(len(asked))
        a_move(state)

    assert costs[1:] == [costs[0] + 1] * 3


def test_a_freeze_until_further_notice_holds_and_says_so(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    freeze(None)

    assert start_next() is None
    for page in page_and_row(as_lead, move):
        assert "Bevroren tot nader order: Btw-aangifte" in page
    assert "zodra een beheerder de bevriezing heeft beëindigd" in page_words(
        as_lead.get(f"/migraties/{move.number}/")
    )

    Freeze.objects.update(ends_at=timezone.now())
    assert start_next() is not None


def test_the_one_without_an_end_is_named_before_one_that_ends(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    freeze(timezone.now() + timedelta(days=2))
    Freeze.objects.create(
        name="Overname", starts_at=timezone.now() + timedelta(days=1), ends_at=None
    )

    for page in page_and_row(as_lead, move):
        assert "Bevroren tot nader order: Overname" in page
