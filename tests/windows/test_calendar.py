"""When offices are open: hours of a week, nights when clocks change, freezes."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from adminmoves.scheduling.times import Closed, Frozen, Hours, Times

EVERY_DAY = range(7)
WEEK_ENDS = (5, 6)
A, B = 1, 2
AROUND = [timedelta(days=shift) for shift in (-2, -1, 0, 1, 2)]


def at(local: str) -> datetime:
    """Local time, such as "2026-11-24 18:00"; a twice-shown moment is the first."""
    return timezone.make_aware(datetime.fromisoformat(local)).astimezone(UTC)


def hours(opens: str, closes: str, days: Collection[int] = EVERY_DAY) -> Hours:
    return Hours(days, time.fromisoformat(opens), time.fromisoformat(closes))


def frozen(start: str, end: str, office: int | None = None) -> Frozen:
    return Frozen("Btw-aangifte", office, at(start), at(end))


def of_all(*windows: Hours, freezes: tuple[Frozen, ...] = ()) -> Times:
    return Times({None: list(windows)} if windows else {}, freezes)


EVENINGS = hours("18:00", "23:00")
NIGHTS = hours("22:00", "06:00")
VAT = frozen("2026-11-25 00:00", "2026-12-01 00:00")
OPEN = "open"


@pytest.mark.parametrize(
    ("times", "now", "opens"),
    [
        (of_all(), "2026-11-24 12:00", OPEN),
        (of_all(EVENINGS), "2026-11-24 12:00", "2026-11-24 18:00"),
        (of_all(EVENINGS), "2026-11-24 18:00", OPEN),
        (of_all(EVENINGS), "2026-11-24 22:59", OPEN),
        (of_all(EVENINGS), "2026-11-24 23:00", "2026-11-25 18:00"),
        # Across midnight: the day counts on which they begin.
        (of_all(NIGHTS), "2026-11-25 05:59", OPEN),
        (of_all(NIGHTS), "2026-11-25 06:00", "2026-11-25 22:00"),
        (of_all(hours("22:00", "06:00", [4])), "2026-11-28 05:00", OPEN),
        (
            of_all(hours("22:00", "06:00", [5])),
            "2026-11-28 05:00",
            "2026-11-28 22:00",
        ),
        (of_all(hours("00:00", "00:00", WEEK_ENDS)), "2026-11-29 23:59", OPEN),
        (
            of_all(hours("00:00", "00:00", WEEK_ENDS)),
            "2026-11-30 00:00",
            "2026-12-05 00:00",
        ),
        # Several in one day: the next one.
        (
            of_all(EVENINGS, hours("12:00", "13:00")),
            "2026-11-24 11:00",
            "2026-11-24 12:00",
        ),
        # Clocks forward on 29 March 2026: 02:00 is 03:00.
        (of_all(hours("02:30", "04:00")), "2026-03-29 01:00", "2026-03-29 03:30"),
        (of_all(hours("02:15", "03:00")), "2026-03-29 01:00", "2026-03-30 02:15"),
        (
            of_all(hours("02:15", "03:00", [6])),
            "2026-03-22 04:00",
            "2026-04-05 02:15",
        ),
        (of_all(NIGHTS), "2026-03-29 05:59", OPEN),
        (of_all(NIGHTS), "2026-03-29 06:00", "2026-03-29 22:00"),
        # Clocks back on 25 October 2026: 03:00 is 02:00 again.
        (of_all(NIGHTS), "2026-10-25 05:59", OPEN),
        (of_all(hours("02:30", "04:00")), "2026-10-25 01:00", "2026-10-25 02:30"),
        # A freeze inside a window, one over all windows, one that is over.
        (
            of_all(EVENINGS, freezes=(frozen("2026-11-24 19:00", "2026-11-24 20:00"),)),
            "2026-11-24 19:30",
            "2026-11-24 20:00",
        ),
        (of_all(EVENINGS, freezes=(VAT,)), "2026-11-24 12:00", "2026-11-24 18:00"),
        (of_all(EVENINGS, freezes=(VAT,)), "2026-11-24 23:30", "2026-12-01 18:00"),
        (of_all(freezes=(VAT,)), "2026-11-25 00:00", "2026-12-01 00:00"),
        (of_all(freezes=(VAT,)), "2026-12-01 00:00", OPEN),
        (
            of_all(freezes=(VAT, frozen("2026-11-30 12:00", "2026-12-02 09:00"))),
            "2026-11-26 12:00",
            "2026-12-02 09:00",
        ),
        (
            of_all(freezes=(frozen("2026-11-01 00:00", "2026-12-01 00:00", 9),)),
            "2026-11-24 12:00",
            OPEN,
        ),
    ],
)
def test_offices_are_open_by_their_hours_and_freezes(
    times: Times, now: str, opens: str
) -> None:
    found = times.both_closed([A], at(now))

    assert (found.until if found else OPEN) == (OPEN if opens == OPEN else at(opens))


def test_hours_of_its_own_replace_those_of_all() -> None:
    times = Times({None: [EVENINGS], A: [hours("08:00", "09:00")]}, ())
    evening = at("2026-11-24 19:00")

    assert times.both_closed([A], evening) == Closed(at("2026-11-25 08:00"))
    assert times.both_closed([B], evening) is None


def test_both_offices_have_to_be_open() -> None:
    times = Times({A: [hours("18:00", "23:00")], B: [hours("22:00", "02:00")]}, ())

    assert times.both_closed([A, B], at("2026-11-24 19:00")) == Closed(
        at("2026-11-24 22:00")
    )
    assert times.both_closed([A, B], at("2026-11-24 22:30")) is None


def test_hours_that_never_meet_say_so() -> None:
    times = Times({A: [hours("18:00", "20:00")], B: [hours("20:00", "22:00")]}, ())

    assert times.both_closed([A, B], at("2026-11-24 19:00")) == Closed(None)


def test_a_freeze_is_named_and_holds_what_may_run_outside_the_hours() -> None:
    times = of_all(EVENINGS, freezes=(VAT,))
    noon = at("2026-11-26 12:00")

    assert times.both_closed([A], noon) == Closed(
        at("2026-12-01 18:00"), "Btw-aangifte"
    )
    assert times.both_closed([A], noon, heed_hours=False) == Closed(
        at("2026-12-01 00:00"), "Btw-aangifte"
    )
    assert times.both_closed([A], at("2026-11-24 12:00"), heed_hours=False) is None


clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
some_hours = st.builds(
    Hours, st.sets(st.integers(0, 6), min_size=1).map(tuple), clocks, clocks
)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=730)).map(NEW_YEAR.__add__)
some_freezes = st.builds(
    lambda office, start, length: Frozen("vast", office, start, start + length),
    st.sampled_from((None, A, B)),
    moments,
    st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
)
some_times = st.builds(
    lambda every, of_a, of_b, freezes: Times(
        {
            office: window
            for office, window in ((None, every), (A, of_a), (B, of_b))
            if window
        },
        tuple(freezes),
    ),
    *[st.lists(some_hours, max_size=2)] * 3,
    st.lists(some_freezes, max_size=3),
)


@given(some_times, moments)
def test_the_moment_told_is_to_come_and_open(times: Times, now: datetime) -> None:
    found = times.both_closed([A, B], now)

    if found is None:
        assert times.freeze([A, B], now) is None
        assert times.is_open(A, now)
        assert times.is_open(B, now)
    elif found.until:
        assert found.until > now
        assert times.both_closed([A, B], found.until) is None


@given(some_times, moments, st.integers(1, 400))
def test_nothing_opens_before_the_moment_told(
    times: Times, now: datetime, minutes: int
) -> None:
    found = times.both_closed([A, B], now)
    between = now + timedelta(minutes=minutes)

    if found and (found.until is None or between < found.until):
        assert times.both_closed([A, B], between) is not None


@given(some_hours, moments)
def test_a_clock_on_the_wall_agrees_but_in_the_nights_it_changes(
    window: Hours, now: datetime
) -> None:
    local = timezone.localtime(now)
    steady = {(now + shift).astimezone(local.tzinfo).utcoffset() for shift in AROUND}
    if len(steady) > 1:
        return
    clock, today, before = local.time(), local.weekday(), (local.weekday() - 1) % 7
    if window.opens < window.closes:
        expected = today in window.weekdays and window.opens <= clock < window.closes
    else:
        expected = (today in window.weekdays and clock >= window.opens) or (
            before in window.weekdays and clock < window.closes
        )

    assert of_all(window).is_open(A, now) == expected
