"""The page of operations: who works on what, what waits, what is in doubt."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.models import Attempt, ConnectionLine, WorkerBeat
from adminmoves.operations.actions import pause_queue
from adminmoves.vocabulary import BeatKind, MoveState, Package
from tests.bookkeeping.world import Packages
from tests.builders import make_connection, start
from tests.cast import MakeMove
from tests.connections.test_pages import give_grant
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
PAGE = reverse("moves:operations")
S = MoveState
HTMX = {"HX-Request": "true"}


def show(name: str, *doing: str, minutes_ago: int = 0) -> None:
    WorkerBeat.objects.create(
        name=name,
        kind=BeatKind.WORKER,
        started_at=timezone.now(),
        seen_at=Now() - timedelta(minutes=minutes_ago),
        doing=list(doing),
    )


def test_it_tells_which_worker_carries_out_what(
    administrator: User, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    start(move, "host/4242")
    Attempt.objects.update(takeovers=2)
    show("worker@host", "host/4242", "host/4243")

    page = page_words(logged_in(administrator).get(PAGE))

    assert f"actief worker@host sinds vandaag {timezone.localtime():%H:}" in page
    assert f"voert uit: {move.number}" in page
    assert "2 keer overgenomen" in page


def test_it_tells_who_is_silent(lead: User) -> None:
    show("worker@gone", minutes_ago=5)

    page = page_words(logged_in(lead).get(PAGE))

    assert "stil worker@gone" in page
    assert "Het portaal voert nu niets uit" in page


def test_a_worker_that_missed_one_heartbeat_is_not_silent(lead: User) -> None:
    WorkerBeat.objects.create(
        name="worker@slow",
        kind=BeatKind.WORKER,
        started_at=timezone.now(),
        seen_at=Now() - timedelta(seconds=15),
    )

    page = page_words(logged_in(lead).get(PAGE))

    assert "actief worker@slow" in page
    assert "voert nu niets uit" not in page


def test_it_tells_what_waits_and_what_is_in_doubt(lead: User, a_move: MakeMove) -> None:
    waiting, doubtful = a_move(S.APPROVED), a_move(S.IN_DOUBT)
    office = waiting.from_environment
    assert office is not None

    page = page_words(logged_in(lead).get(PAGE))

    assert "Mag nu starten 1 de eerste wacht al minder dan een minuut" in page
    assert f"{office.office_code} {office.name} 1 de eerste wacht" in page
    assert doubtful.number in page


def test_who_drains_reads_what_still_runs_and_then_that_nothing_does(
    lead: User, a_move: MakeMove
) -> None:
    start(a_move(S.APPROVED))
    pause_queue(actor=actor_for(lead), reason="Nieuwe versie", draining=True)

    assert "Er loopt nog 1 migratie" in page_words(logged_in(lead).get(PAGE))

    Attempt.objects.update(ended_at=timezone.now())

    page = page_words(logged_in(lead).get(PAGE))
    assert "Er loopt niets meer Het portaal kan nu worden gestopt." in page


def test_htmx_gets_what_changes_alone_and_never_the_reason_that_is_typed(
    lead: User,
) -> None:
    part = logged_in(lead).get(PAGE, headers=HTMX).content.decode()

    assert 'id="operations"' in part
    assert "<form" not in part
    assert "<html" not in part


def test_it_costs_the_same_with_one_and_with_three_of_each(
    lead: User, a_move: MakeMove
) -> None:
    client = logged_in(lead)

    def one_more(number: int) -> int:
        start(a_move(S.APPROVED), f"host/{number}")
        a_move(S.APPROVED)
        a_move(S.IN_DOUBT)
        show(f"worker{number}@host", f"host/{number}")
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        return len(seen)

    first, _second, third = (one_more(number) for number in range(3))

    assert third == first


def test_it_counts_the_connections_of_the_list_it_leads_to(
    lead: User, administrator: User, packages: Packages
) -> None:
    now = timezone.now()
    links = [
        packages.connection(Package.ACCOUNTVIEW, f"KANTOOR-{letter}")
        for letter in "ABCD"
    ]
    never, lost, quiet, _well = links
    for link in (lost, quiet, _well):
        give_grant(link, administrator, lost_at=now if link == lost else None)
    by_hand = make_connection()
    for link in (quiet, by_hand):
        ConnectionLine.objects.create(
            connection=link, quiet_until=now + timedelta(hours=1)
        )

    page = logged_in(lead).get(PAGE)
    found = logged_in(lead).get("/koppelingen/?status=hapert")

    assert "3 koppelingen worden nu niet bevraagd" in page_words(page)
    assert 'href="/koppelingen/?status=hapert"' in page.content.decode()
    rows = {row.connection for row in found.context["rows"]}
    assert rows == {never, lost, quiet}
