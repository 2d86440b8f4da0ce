"""What monitoring is told: healthy, ready line by line, and the figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from psycopg2 import extensions
from pytest_django.fixtures import Settings

from adminmoves.access import actor_for
from adminmoves.models import (
    Attempt,
    ConnectionCall,
    Environment,
    ExecutionWindow,
    Freeze,
    Move,
    QueueSwitch,
    WorkerBeat,
)
from adminmoves.operations import health_queries
from adminmoves.operations.actions import pause_queue, resume_queue
from adminmoves.vocabulary import BeatKind, MoveState, MoveType, Verdict
from tests.builders import (
    expire_lease,
    make_administration,
    make_connection,
    make_environment,
)
from tests.cast import MakeMove
from tests.estate.test_large import make_estate
from tests.servers import Broker

pytestmark = pytest.mark.django_db(transaction=True)
S = MoveState
TOKEN = "bewaking"  # noqa: S105 - opens nothing but this test
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.PORTAL_METRICS_TOKEN = TOKEN


@pytest.fixture
def all_well(broker: Broker) -> None:
    for kind in (BeatKind.WORKER, BeatKind.ASKS, BeatKind.BEAT):
        show(f"{kind}@here", kind)


def show(name: str, kind: BeatKind, *, seconds_ago: int = 0) -> None:
    WorkerBeat.objects.update_or_create(
        name=name,
        defaults={
            "kind": kind,
            "started_at": timezone.now(),
            "seen_at": Now() - timedelta(seconds=seconds_ago),
        },
    )


@pytest.fixture
def approved_hours_ago(a_move: MakeMove, owner: extensions.connection) -> Move:
    """An approval does not change, so the owner sets it back in time."""
    move = a_move(S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT)
    with owner.cursor() as cursor:
        cursor.execute("ALTER TABLE adminmoves_move DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE adminmoves_move SET approved_at = approved_at - interval '3 hours'"
        )
        cursor.execute("ALTER TABLE adminmoves_move ENABLE TRIGGER USER")
    return move


def looked_at(move: Move, **ago: float) -> None:
    moment = timezone.now() - timedelta(**ago)
    Move.objects.filter(pk=move.pk).update(dispatched_at=moment)


def ready(client: Client) -> tuple[int, dict[str, dict[str, Any]]]:
    answer = client.get("/readyz", headers=SHOWN)
    lines = answer.json()["checks"]
    return answer.status_code, {line["check"]: line for line in lines}


def wrong(client: Client) -> tuple[int, set[str]]:
    status, lines = ready(client)
    return status, {name for name, line in lines.items() if not line["ok"]}


def figures(client: Client) -> dict[tuple[str, str], float]:
    """Each figure by its name and the values of its labels, in the labels' order."""
    text = client.get("/metrics", headers=SHOWN).content.decode()
    return {
        (
            sample.name,
            " ".join(dict(sorted(sample.labels.items())).values()),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.usefixtures("all_well")
def test_all_is_well(client: Client) -> None:
    status, lines = ready(client)

    assert status == 200
    assert list(lines) == [
        "database", "broker", "archive", "evidence", "guards", "worker", "asks", "beat",
        "queue", "leases", "doubts",
    ]  # fmt: skip
    assert all(line["ok"] for line in lines.values())


@pytest.mark.usefixtures("all_well")
@pytest.mark.parametrize("kind", [BeatKind.WORKER, BeatKind.ASKS, BeatKind.BEAT])
def test_who_missed_three_heartbeats_is_named(
    kind: BeatKind, client: Client, settings: Settings
) -> None:
    late = 3 * settings.PORTAL_HEARTBEAT_SECONDS + 1
    show(f"{kind}@here", kind, seconds_ago=late)

    assert wrong(client) == (503, {kind.lower()})


@pytest.mark.usefixtures("all_well")
def test_one_of_two_workers_is_enough(client: Client, settings: Settings) -> None:
    show("worker@gone", BeatKind.WORKER, seconds_ago=600)

    assert wrong(client) == (200, set())


@pytest.mark.usefixtures("all_well")
def test_a_broker_that_is_away_is_named(client: Client, broker: Broker) -> None:
    broker.stop()

    assert wrong(client) == (503, {"broker"})


@pytest.mark.usefixtures("all_well")
def test_without_the_database_nothing_of_it_is_called_well(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "is-weg")
    connection.close()

    status, names = wrong(client)

    assert status == 503
    assert names == {
        "database", "archive", "evidence", "guards", "worker", "asks", "beat", "queue",
        "leases", "doubts",
    }  # fmt: skip
    _status, lines = ready(client)
    units = [line["unit"] for name, line in lines.items() if name != "broker"]
    assert units[1:] == ["unknown"] * (len(units) - 1), "nobody is called silent"


@pytest.mark.usefixtures("all_well")
def test_a_due_move_that_nobody_looks_at_is_told(
    client: Client, approved_hours_ago: Move
) -> None:
    status, lines = ready(client)

    assert (status, lines["queue"]["ok"]) == (503, False)
    assert lines["queue"]["value"] >= 3 * 3600

    looked_at(approved_hours_ago, minutes=4)
    assert wrong(client) == (200, set())

    looked_at(approved_hours_ago, minutes=6)
    assert wrong(client) == (503, {"queue"})


@pytest.mark.usefixtures("all_well")
def test_a_move_that_was_approved_just_now_is_not_late(
    client: Client, a_move: MakeMove
) -> None:
    a_move(S.APPROVED)

    assert wrong(client) == (200, set())


@pytest.mark.usefixtures("all_well")
def test_a_move_that_waits_for_its_moment_is_not_late(
    client: Client, approved_hours_ago: Move
) -> None:
    later = timezone.now() + timedelta(hours=1)
    Move.objects.filter(pk=approved_hours_ago.pk).update(not_before=later)

    assert wrong(client) == (200, set())


@pytest.mark.usefixtures("all_well")
def test_a_move_is_not_late_while_all_offices_are_frozen(
    client: Client, approved_hours_ago: Move
) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    Freeze.objects.create(starts_at=now - hour, ends_at=now + hour, name="Jaarwerk")

    assert wrong(client) == (200, set())


def open_hours(minutes_ago: int, office: Environment | None = None) -> None:
    """Hours of every day that began so long ago, for an hour."""
    began = timezone.localtime() - timedelta(minutes=minutes_ago)
    ExecutionWindow.objects.create(
        environment=office,
        weekdays=list(range(7)),
        opens=began.time(),
        closes=(began + timedelta(hours=1)).time(),
    )


@pytest.mark.usefixtures("all_well")
@pytest.mark.parametrize("side", ["from_environment", "to_environment", ""])
def test_a_move_was_not_late_before_its_hours_began(
    side: str, client: Client, approved_hours_ago: Move
) -> None:
    office = getattr(approved_hours_ago, side, None)
    open_hours(minutes_ago=4, office=office)
    assert wrong(client) == (200, set())

    ExecutionWindow.objects.all().delete()
    open_hours(minutes_ago=6, office=office)

    status, lines = ready(client)
    assert (status, lines["queue"]["ok"]) == (503, False)
    assert 6 * 60 <= lines["queue"]["value"] < 8 * 60


@pytest.mark.usefixtures("all_well", "approved_hours_ago")
def test_hours_that_touch_began_with_the_first(client: Client) -> None:
    began = timezone.localtime() - timedelta(minutes=2)
    ExecutionWindow.objects.create(
        weekdays=list(range(7)), opens=began.time(), closes=began.time()
    )

    assert wrong(client) == (503, {"queue"})


@pytest.mark.usefixtures("all_well")
def test_hours_of_others_or_that_a_move_need_not_heed_excuse_nobody(
    client: Client, approved_hours_ago: Move
) -> None:
    open_hours(minutes_ago=2, office=make_environment())
    assert wrong(client) == (503, {"queue"})

    open_hours(minutes_ago=2)
    assert wrong(client) == (200, set())

    Move.objects.filter(pk=approved_hours_ago.pk).update(outside_windows=True)
    assert wrong(client) == (503, {"queue"})


@pytest.mark.usefixtures("all_well")
@pytest.mark.parametrize("side", ["from_environment", "to_environment", ""])
def test_a_move_was_not_late_before_its_freeze_ended(
    side: str, client: Client, approved_hours_ago: Move
) -> None:
    office = getattr(approved_hours_ago, side, None)
    now, hour = timezone.now(), timedelta(hours=1)
    over = Freeze.objects.create(
        environment=office,
        starts_at=now - hour,
        ends_at=now - timedelta(minutes=4),
        name="Jaarwerk",
    )
    assert wrong(client) == (200, set())

    Freeze.objects.filter(pk=over.pk).update(ends_at=now - timedelta(minutes=6))
    assert wrong(client) == (503, {"queue"})


def test_an_office_has_only_in_the_queue_what_may_start(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    office = move.from_environment
    assert office is not None
    [queued] = health_queries.offices_in_queue()
    assert (queued.code, queued.due) == (office.office_code, 1)

    now, hour = timezone.now(), timedelta(hours=1)
    Freeze.objects.create(
        environment=office, starts_at=now - hour, ends_at=now + hour, name="Jaarwerk"
    )

    assert health_queries.offices_in_queue() == []


@pytest.mark.usefixtures("approved_hours_ago")
def test_the_queue_waits_since_the_hours_began() -> None:
    open_hours(minutes_ago=4)

    [office] = health_queries.offices_in_queue()
    queue = health_queries.queue()

    assert queue.due_since == office.since
    assert timezone.now() - office.since < timedelta(minutes=6)


@pytest.mark.usefixtures("all_well")
def test_a_move_is_not_late_while_another_of_its_office_runs(
    client: Client, approved_hours_ago: Move, a_move: MakeMove
) -> None:
    a_move(S.RUNNING)
    assert wrong(client) == (503, {"queue"}), "that is another office's run"

    neighbour = make_administration(approved_hours_ago.to_connection)
    a_move(S.RUNNING, administration=neighbour)

    assert wrong(client) == (200, set())


@pytest.mark.usefixtures("all_well", "approved_hours_ago")
def test_a_paused_queue_is_not_late(client: Client, lead: User) -> None:
    QueueSwitch.objects.update(
        paused_at=timezone.now(), paused_by=lead, reason="Onderhoud"
    )

    status, lines = ready(client)

    assert (status, lines["queue"]["unit"]) == (200, "paused")


@pytest.mark.usefixtures("all_well", "approved_hours_ago")
def test_what_was_paused_waits_since_the_queue_was_resumed(
    client: Client, lead: User
) -> None:
    actor = actor_for(lead)
    pause_queue(actor=actor, reason="Onderhoud")
    resume_queue(actor=actor, reason="Klaar")
    assert wrong(client) == (200, set()), "a worker has yet to look at it"

    QueueSwitch.objects.update(resumed_at=timezone.now() - timedelta(minutes=6))

    assert wrong(client) == (503, {"queue"})


@pytest.mark.usefixtures("all_well")
def test_a_run_that_nobody_took_over_is_told(client: Client, a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)
    expire_lease(move)
    assert wrong(client) == (200, set()), "somebody may still take it over"

    Attempt.objects.filter(move=move).update(
        lease_until=timezone.now() - timedelta(hours=1)
    )

    assert wrong(client) == (503, {"leases"})


@pytest.mark.usefixtures("all_well")
def test_a_run_that_was_let_go_of_in_order_is_not_late(
    client: Client, a_move: MakeMove
) -> None:
    Attempt.objects.filter(move=a_move(S.RUNNING)).update(
        worker="", lease_until=timezone.now() - timedelta(hours=1)
    )

    assert wrong(client) == (200, set())


@pytest.mark.usefixtures("all_well")
def test_a_doubt_is_told_and_makes_nothing_unready(
    client: Client, a_move: MakeMove
) -> None:
    a_move(S.IN_DOUBT)

    status, lines = ready(client)

    assert (status, lines["doubts"]["value"]) == (200, 1)


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer iets-anders", TOKEN])
def test_without_the_token_only_ready_or_not_is_told(
    given: str, client: Client
) -> None:
    headers = {"Authorization": given}

    assert client.get("/readyz", headers=headers).json() == {"ready": False}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_where_no_token_is_set_an_empty_one_opens_nothing(
    client: Client, settings: Settings
) -> None:
    settings.PORTAL_METRICS_TOKEN = ""

    for given in ("", "Bearer "):
        answer = client.get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 404


def test_healthz_asks_nobody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").content == b"ok"


def test_the_figures_are_those_of_the_database(
    client: Client, a_move: MakeMove
) -> None:
    a_move(S.APPROVED)
    a_move(S.IN_DOUBT)
    a_move(S.COMPLETED)
    show("worker@here", BeatKind.WORKER)
    call = {"endpoint": "list", "at": timezone.now()}
    connection = make_connection()
    ConnectionCall.objects.create(connection=connection, milliseconds=200, **call)
    ConnectionCall.objects.create(connection=connection, milliseconds=400, **call)
    ConnectionCall.objects.create(
        connection=connection, milliseconds=9, outcome=Verdict.RATE_LIMITED, **call
    )

    metrics = figures(client)

    assert metrics["portal_moves", "APPROVED"] == 1
    assert metrics["portal_moves", "IN_DOUBT"] == 1
    assert metrics["portal_moves", "RUNNING"] == 0
    assert metrics["portal_moves_ended_day", "COMPLETED"] == 1
    assert metrics["portal_queue_due", ""] == 1
    assert metrics["portal_queue_paused", ""] == 0
    assert metrics["portal_run_seconds_day_bucket", "+Inf"] == 1
    assert metrics["portal_workers", "WORKER"] == 1
    assert metrics["portal_workers", "BEAT"] == 0
    package = connection.package
    assert metrics["portal_package_requests_hour", f"ANSWERED {package}"] == 2
    assert metrics["portal_package_seconds_average_hour", f"ANSWERED {package}"] == 0.3
    assert metrics["portal_package_requests_hour", f"RATE_LIMITED {package}"] == 1


def test_second_attempts_and_takeovers_are_counted_of_now_and_of_today(
    client: Client, a_move: MakeMove
) -> None:
    for move in (a_move(S.RUNNING), a_move(S.COMPLETED)):
        Attempt.objects.filter(move=move).update(number=2, takeovers=3)

    metrics = figures(client)

    assert metrics["portal_run_retries", ""] == 2
    assert metrics["portal_run_takeovers", ""] == 6


@pytest.mark.slow
def test_nothing_that_is_read_walks_through_all_moves(
    client: Client,
    a_move: MakeMove,
    owner: extensions.connection,
    database_name: str,
) -> None:
    made = make_estate(database_name, MANY)
    assert made.returncode == 0, made.stderr
    for state in (S.APPROVED, S.RUNNING, S.IN_DOUBT, S.COMPLETED):
        a_move(state)
    with owner.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(LARGE)}")

    with CaptureQueriesContext(connection) as seen:
        client.get("/readyz", headers=SHOWN)
        client.get("/metrics", headers=SHOWN)
        health_queries.offices_in_queue()
        list(health_queries.runs())
        list(health_queries.doubts())
    statements = {query["sql"] for query in seen if '"adminmoves_move"' in query["sql"]}
    assert len(statements) >= 8

    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            [(plan,)] = cursor.fetchall()
            assert walks_through(plan[0]["Plan"]) == [], sql


MANY = 1000, 3000
"""Administrations and moves."""
OF_FEW = {
    "attempt_lease",
    "one_open_attempt",
    "move_due",
    "move_ask_proof",
    "one_open_move_per_wanted_address",
    "one_open_move_per_administration",
    "one_open_move_per_wanted_place",
}
"""Indexes that hold only what has not ended."""


LARGE = {"adminmoves_move", "adminmoves_attempt"}
"""Tables that grow with every move (the offices are few)."""


def walks_through(node: dict[str, Any], read: str = "") -> list[str]:
    """The parts of a plan that read a whole large table or a whole index of it."""
    read = node.get("Relation Name", read)
    index = node.get("Index Name")
    whole_table = node["Node Type"] == "Seq Scan"
    whole_index = index and index not in OF_FEW and "Index Cond" not in node
    whole = read in LARGE and (whole_table or whole_index)
    below = [
        found for part in node.get("Plans", ()) for found in walks_through(part, read)
    ]
    return [*([str(node)] if whole else []), *below]


def test_the_figures_name_no_office_and_nobody(
    client: Client, a_move: MakeMove
) -> None:
    moves = [a_move(S.APPROVED), a_move(S.COMPLETED)]
    office = make_environment(office_code="GEHEIM")
    show("worker@gastheer", BeatKind.WORKER)

    text = client.get("/metrics", headers=SHOWN).content.decode()

    named = {office.office_code, "gastheer"}
    for move in moves:
        for environment in (move.from_environment, move.to_environment):
            assert environment is not None
            named |= {environment.office_code, environment.name}
        named |= {move.number, move.to_code, move.requested_by.username}
    assert not {name for name in named if name in text}
