"""Who waits is told when nothing will be carried out, and what it costs to tell."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.models import QueueSwitch, WorkerBeat
from adminmoves.operations.actions import pause_queue
from adminmoves.vocabulary import BeatKind, MoveState
from tests.cast import MakeMove
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
S = MoveState
NO_WORKER = "Het portaal voert nu niets uit"
PAUSED = "De wachtrij is gepauzeerd"
Path = Callable[[MakeMove], str]


def form(a_move: MakeMove) -> str:
    return reverse("moves:form", args=[a_move(S.DRAFT).number])


def queue(_a_move: MakeMove) -> str:
    return reverse("moves:queue")


def queued(a_move: MakeMove) -> str:
    return reverse("moves:detail", args=[a_move(S.APPROVED).number])


def running(a_move: MakeMove) -> str:
    return reverse("moves:detail", args=[a_move(S.RUNNING).number])


def done(a_move: MakeMove) -> str:
    return reverse("moves:detail", args=[a_move(S.COMPLETED).number])


def home(_a_move: MakeMove) -> str:
    return "/?status=alle"


TELLING = pytest.mark.parametrize("path", [form, queue, queued, running])


def work() -> None:
    WorkerBeat.objects.create(
        name="worker@here", kind=BeatKind.WORKER, started_at=timezone.now()
    )


def reader(path: Path, agent: User, lead: User) -> User:
    return lead if path is queue else agent


@TELLING
def test_without_a_worker_it_is_told(
    path: Path, agent: User, lead: User, a_move: MakeMove
) -> None:
    page = logged_in(reader(path, agent, lead)).get(path(a_move))

    assert NO_WORKER in page_words(page)


@TELLING
def test_while_somebody_works_nothing_is_told(
    path: Path, agent: User, lead: User, a_move: MakeMove
) -> None:
    work()

    page = page_words(logged_in(reader(path, agent, lead)).get(path(a_move)))

    assert NO_WORKER not in page
    assert PAUSED not in page


@TELLING
def test_a_pause_is_told_with_who_and_why(
    path: Path, agent: User, lead: User, a_move: MakeMove
) -> None:
    work()
    shown = path(a_move)
    pause_queue(actor=actor_for(lead), reason="De server gaat uit")

    page = page_words(logged_in(reader(path, agent, lead)).get(shown))

    assert f"{PAUSED} Door {lead.username}, vandaag" in page
    assert "“De server gaat uit”" in page


@pytest.mark.parametrize(("seconds", "is_shown"), [(110, False), (130, True)])
def test_a_worker_may_be_unheard_for_two_minutes(
    seconds: int, is_shown: bool, agent: User, a_move: MakeMove
) -> None:
    work()
    WorkerBeat.objects.update(seen_at=Now() - timedelta(seconds=seconds))

    page = logged_in(agent).get(queued(a_move))

    assert (NO_WORKER in page_words(page)) == is_shown


def test_who_only_asks_packages_is_no_worker(agent: User, a_move: MakeMove) -> None:
    work()
    WorkerBeat.objects.update(kind=BeatKind.ASKS)

    assert NO_WORKER in page_words(logged_in(agent).get(queued(a_move)))


@pytest.mark.parametrize(
    ("path", "queries"), [(form, 1), (queue, 1), (queued, 1), (done, 0), (home, 0)]
)
def test_it_costs_one_query_where_it_matters_and_none_elsewhere(
    path: Path, queries: int, agent: User, lead: User, a_move: MakeMove
) -> None:
    address, client = path(a_move), logged_in(reader(path, agent, lead))
    table = QueueSwitch._meta.db_table  # noqa: SLF001 - documented by Django

    with CaptureQueriesContext(connection) as seen:
        client.get(address)

    assert sum(table in query["sql"] for query in seen) == queries
