"""Two hundred requests wait for ten connections, and two workers ask for them.

The journal of the rehearsal world says what the packages saw.
"""

import time
from collections.abc import Callable
from math import inf
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import User

from adminmoves.execution.tasks import sweep
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.vocabulary import MoveState, Package
from tests.bookkeeping.troubles import PREFIX
from tests.bookkeeping.world import Askers, Consented, Packages
from tests.builders import make_administration, make_draft, submit

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]
P = Package
OFFICES = (
    *(P.TWINFIELD, P.TWINFIELD, P.TWINFIELD),
    *(P.EXACT_ONLINE, P.EXACT_ONLINE, P.EXACT_ONLINE),
    *(P.UNIT4, P.UNIT4),
    *(P.ACCOUNTVIEW, P.ACCOUNTVIEW),
)
HANGS, PAGED, LIMITED = 0, 3, 9
EACH = 20
OTHERS = 110
"""So many more in one licence of Exact: its list takes three pages of sixty."""
LIMITS = {"exact_minute": 3, "twinfield_credits": 1}
"""Calls in a minute, per division and per organisation: one list and no more."""
SECONDS_TO_WAIT, TOO_MANY = 8, 429
PATIENCE = 180
"""Seconds: more than the two minutes after which a package that did not answer is asked
again. On a quiet machine it takes fifteen."""


@pytest.fixture
def connections(
    packages: Packages, consented: Consented
) -> list[BookkeepingConnection]:
    """Ten offices that show the codes that are asked for; all can be asked."""
    made = []
    for number, package in enumerate(OFFICES):
        connection = packages.establish(package, f"KANTOOR-{number}")
        for other in range(OTHERS if number == PAGED else 0):
            packages.add(connection, f"{other + 1}")
        for wanted in range(EACH):
            packages.add(connection, code_of(connection, wanted))
        consented(connection)
        made.append(connection)
    return made


def code_of(connection: BookkeepingConnection, number: int) -> str:
    return f"{PREFIX.get(Package(connection.package), '')}{5_000 + number}"


@pytest.fixture
def waiting(connections: list[BookkeepingConnection], agent: User) -> None:
    """Twenty requests for each, of administrations that have been moved there."""
    for connection in connections:
        for number in range(EACH):
            administration = make_administration(connection)
            code = code_of(connection, number)
            submit(
                make_draft(agent, administration=administration, to_code=code), agent
            )


def went_on(connection: BookkeepingConnection) -> int:
    moves = Move.objects.filter(to_connection=connection)
    return moves.filter(state=MoveState.AWAITING_APPROVAL).count()


def until(holds: Callable[[], bool]) -> float:
    """Sweep until it holds; after how many seconds that was."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + PATIENCE, "it never came"
        sweep()
        time.sleep(0.5)
    return time.monotonic() - began


def threads_at_work() -> int:
    """Of all workers together, as they report it."""
    replies = current_app.control.inspect(timeout=1).active() or {}
    return sum(len(tasks) for tasks in replies.values())


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("waiting")
def test_two_hundred_wait_and_each_package_is_asked_as_it_may_be(
    packages: Packages,
    connections: list[BookkeepingConnection],
    askers: Askers,
    record_property: Callable[[str, object], None],
) -> None:
    hangs, limited = connections[HANGS], connections[LIMITED]
    packages.rehearsal.switchboard.limits.allowed |= LIMITS
    packages.befall(hangs, "hang")
    packages.befall(limited, "too_many", times=1, after=SECONDS_TO_WAIT)
    others = [connection for connection in connections if connection != hangs]

    workers = askers(2)
    well = until(lambda: all(went_on(connection) == EACH for connection in others[:-1]))
    seconds = well, well + until(lambda: went_on(limited) == EACH)
    until(lambda: threads_at_work() <= 1)

    calls = {connection: packages.calls(connection) for connection in connections}
    counts = {str(connection): len(made) for connection, made in calls.items()}
    record_property("requests per connection", counts)
    record_property("seconds until the healthy ones, and the limited one", seconds)
    for connection in connections:
        assert packages.most_at_once(connection) == 1, connection
    list_counts = [len(lists(calls[connection])) for connection in others]
    assert list_counts == [1, 1, 3, 1, 1, 1, 1, 1, 2]
    refused = [
        connection
        for connection in connections
        for call in calls[connection]
        if call["status"] == TOO_MANY
    ]
    assert refused == [limited], "no limit of a package was overstepped"
    refused_call, after = lists(calls[limited])
    assert after["start"] - refused_call["start"] >= SECONDS_TO_WAIT
    hung_until = lists(calls[hangs])[0]["end"] or inf
    first_lists = [lists(calls[connection])[0]["end"] for connection in others]
    assert max(first_lists) < hung_until, "nobody waited for the one that hangs"
    assert went_on(hangs) == 0
    assert all("succeeded in" in worker.text() for worker in workers)


def lists(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [call for call in calls if call["kind"] == "list"]
