"""One request in flight per connection, and silence after trouble."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from adminmoves.bookkeeping import connection_lock, session
from adminmoves.bookkeeping.answers import Evidence, NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.gateway import (
    FRESH,
    MAX_CALLS_STORED,
    ConnectionBusy,
    check,
)
from adminmoves.models import BookkeepingConnection, ConnectionCall, ConnectionLine
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.world import Consented, Packages

V = Verdict
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PAUSE_SECONDS", 0.01)


@pytest.fixture
def connection(packages: Packages, consented: Consented) -> BookkeepingConnection:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection)
    return connection


def look(connection: BookkeepingConnection, *, urgent: bool = False) -> Evidence:
    return check(connection, "NL100", "KANTOOR-A", age=FRESH, urgent=urgent)


def line_of(connection: BookkeepingConnection) -> ConnectionLine:
    return ConnectionLine.objects.get(connection=connection)


def quiet_for(connection: BookkeepingConnection) -> timedelta | None:
    """How long nobody asks, in whole ten seconds."""
    until: datetime | None = line_of(connection).quiet_until
    if until is None:
        return None
    left = (until - timezone.now()).total_seconds()
    return timedelta(seconds=round(left, -1))


def speak_up(connection: BookkeepingConnection) -> None:
    """Let the silence pass, as if the time had gone by."""
    ConnectionLine.objects.filter(connection=connection).update(
        quiet_until=timezone.now()
    )


# --- one in flight ----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_asks_and_the_other_hears_until_when(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "slow", times=1, seconds=2)

    def ask_first() -> Verdict:
        try:
            return look(connection).verdict
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask_first)
        while not is_locked(connection):
            assert not first.done()
        with pytest.raises(ConnectionBusy) as busy:
            look(connection)
        assert first.result() == V.FOUND_ACTIVE

    assert busy.value.until > timezone.now()
    assert packages.most_at_once(connection) == 1
    assert look(connection).verdict == V.FOUND_ACTIVE


def is_locked(connection: BookkeepingConnection) -> bool:
    locked_lines = ConnectionLine.objects.filter(lease_token__isnull=False)
    return locked_lines.filter(connection=connection).exists()


def test_another_connection_is_not_held_up(
    packages: Packages, consented: Consented, connection: BookkeepingConnection
) -> None:
    other = packages.connection(Package.TWINFIELD, "KANTOOR-B")
    consented(other)
    with connection_lock.connection_lock(other, 60):
        assert look(connection).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize(
    ("package", "code"), [(Package.TWINFIELD, "NL100"), (Package.EXACT_ONLINE, "411")]
)
def test_a_kept_list_that_says_it_all_waits_for_nobody(
    package: Package, code: str, packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(package)
    consented(connection)
    seen = check(connection, code, "KANTOOR-A")
    before = len(packages.calls(connection))

    with connection_lock.connection_lock(connection, 60):
        again = check(connection, code, "KANTOOR-A")
        with pytest.raises(ConnectionBusy):
            check(connection, code, "KANTOOR-A", age=FRESH)

    assert again == seen
    assert again.verdict == V.FOUND_ACTIVE
    assert len(packages.calls(connection)) == before


@pytest.mark.parametrize(
    ("package", "code"),
    [
        (Package.UNIT4, "411"),
        (Package.ACCOUNTVIEW, "KORENAAR"),
        (Package.EXACT_ONLINE, "412"),
    ],
)
def test_a_closer_look_beside_a_kept_list_waits_its_turn(
    package: Package, code: str, packages: Packages, consented: Consented
) -> None:
    connection = packages.connection(package)
    consented(connection)
    check(connection, code, "KANTOOR-A")

    with connection_lock.connection_lock(connection, 60), pytest.raises(ConnectionBusy):
        check(connection, code, "KANTOOR-A")


def test_a_kept_list_breaks_no_silence(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    check(connection, "NL100", "KANTOOR-A")
    packages.befall(connection, "forbidden")
    look(connection)

    assert check(connection, "NL100", "KANTOOR-A").raw_status == {"reason": "quiet"}


def test_the_lease_of_whoever_died_runs_out(connection: BookkeepingConnection) -> None:
    assert look(connection).verdict == V.FOUND_ACTIVE
    line = ConnectionLine.objects.filter(connection=connection)
    soon = timezone.now() + timedelta(seconds=60)
    line.update(lease_token="00000000-0000-0000-0000-000000000001", lease_until=soon)
    with pytest.raises(ConnectionBusy) as busy:
        look(connection)
    assert busy.value.until == soon

    line.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert look(connection).verdict == V.FOUND_ACTIVE


def test_whoever_comes_back_too_late_changes_nothing(
    connection: BookkeepingConnection,
) -> None:
    with connection_lock.connection_lock(connection, 60) as late:
        ConnectionLine.objects.filter(connection=connection).update(
            lease_token="00000000-0000-0000-0000-000000000001"
        )
        connection_lock.record_failure(
            late, NoAnswer(V.RATE_LIMITED, FailureReason.LIMITED), {"left": 0}
        )
        connection_lock.record_answer(late, {"left": 0})

    line = line_of(connection)
    assert (line.quiet_until, line.answered_at, line.limits) == (None, None, {})
    assert str(line.lease_token).endswith("1")


def test_the_line_is_free_again_whatever_happens(
    connection: BookkeepingConnection,
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        connection_lock.connection_lock(connection, 60),
    ):
        raise ZeroDivisionError
    assert line_of(connection).lease_token is None


# --- silence ------------------------------------------------------------------------


def test_a_package_that_does_not_answer_is_left_alone_longer_each_time(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "server_error", status=500)
    quiet = []
    for _time in range(8):
        assert look(connection).verdict == V.UNAVAILABLE
        quiet.append(quiet_for(connection))
        speak_up(connection)

    seconds = [30, 60, 120, 240, 480, 600, 600]
    assert quiet == [None, *(timedelta(seconds=each) for each in seconds)]

    packages.heal()
    assert look(connection).verdict == V.FOUND_ACTIVE
    line = line_of(connection)
    assert (line.failures, line.quiet_until, line.quiet_why) == (0, None, "")


def test_nothing_is_asked_in_silence_unless_a_person_wants_it(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "server_error", status=500)
    look(connection)
    look(connection)
    packages.heal()
    before = len(packages.calls(connection))

    waits = look(connection)
    assert (waits.verdict, waits.raw_status) == (V.UNAVAILABLE, {"reason": "quiet"})
    assert waits.retry_at == line_of(connection).quiet_until
    assert len(packages.calls(connection)) == before

    assert look(connection, urgent=True).verdict == V.FOUND_ACTIVE


@pytest.mark.parametrize("urgent", [True, False])
def test_a_limit_is_waited_for_by_everybody(
    packages: Packages, connection: BookkeepingConnection, urgent: bool
) -> None:
    packages.befall(connection, "too_many", after=300)
    assert look(connection).verdict == V.RATE_LIMITED
    packages.heal()
    before = len(packages.calls(connection))

    waits = look(connection, urgent=urgent)

    assert (waits.verdict, waits.raw_status) == (V.RATE_LIMITED, {"reason": "quiet"})
    assert quiet_for(connection) == timedelta(seconds=300)
    assert len(packages.calls(connection)) == before
    speak_up(connection)
    assert look(connection).verdict == V.FOUND_ACTIVE


def test_a_limit_without_a_time_lasts_a_minute(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "too_many")
    look(connection)
    assert quiet_for(connection) == timedelta(seconds=60)


def test_who_is_refused_is_not_asked_on_and_on(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "forbidden")
    assert look(connection).verdict == V.AUTH_REQUIRED
    packages.heal()

    waits = look(connection)
    assert (waits.verdict, waits.retry_at) == (V.AUTH_REQUIRED, None)
    assert quiet_for(connection) == timedelta(minutes=10)
    connection_lock.clear_backoff(connection)
    assert look(connection).verdict == V.FOUND_ACTIVE


def test_only_passing_trouble_is_tried_again_and_not_for_ever(
    packages: Packages, connection: BookkeepingConnection
) -> None:
    packages.befall(connection, "server_error", times=2, status=503)
    assert look(connection).verdict == V.FOUND_ACTIVE
    lists = [call for call in packages.calls(connection) if call["kind"] == "list"]
    assert [call["status"] for call in lists] == [503, 503, 200]


def test_the_newest_calls_are_kept(connection: BookkeepingConnection) -> None:
    now = timezone.now()
    ConnectionCall.objects.bulk_create(
        ConnectionCall(
            connection=connection, at=now, endpoint="offices", milliseconds=1
        )
        for _call in range(MAX_CALLS_STORED + 10)
    )

    look(connection)

    calls = ConnectionCall.objects.filter(connection=connection)
    assert len(calls) == MAX_CALLS_STORED
    newest = [(call.endpoint, call.status, call.outcome) for call in calls[:2]]
    assert newest == [("offices", 200, ""), ("accesstokenvalidation", 200, "")]
