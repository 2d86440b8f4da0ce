"""What people see of an archive that moves."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.execution import runner
from adminmoves.execution.actions import stop_move
from adminmoves.models import Attempt, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.archive.shelves import fill_with
from tests.builders import make_administration, run, start
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState


@pytest.fixture
def approved(a_move: MakeMove) -> Move:
    administration = make_administration()
    fill_with(administration, 10)
    return a_move(
        S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT, administration=administration
    )


@pytest.fixture
def halfway(approved: Move) -> Attempt:
    """Four of its ten documents were copied."""
    attempt = start(approved)
    runner.prepare(attempt)
    Attempt.objects.filter(pk=attempt.pk).update(copied=4, copied_size=400, size=1000)
    return attempt


def page_of(move: Move, reader: User, tail: str = "") -> str:
    client = Client()
    client.force_login(reader)
    return client.get(f"/migraties/{move.number}/{tail}").content.decode()


def test_it_shows_how_far_the_archive_is(halfway: Attempt, lead: User) -> None:
    page = page_of(halfway.move, lead)

    assert "4 van 10 documenten" in page
    assert "Stoppen en terugdraaien" in page
    assert "niets gehoord" not in page


def test_its_progress_comes_without_news_and_adds_none_to_the_timeline(
    halfway: Attempt, lead: User
) -> None:
    newest = halfway.move.events.latest("pk").pk

    news = page_of(halfway.move, lead, f"voortgang/?na={newest}&staat=RUNNING")

    assert "4 van 10 documenten" in news
    assert "timeline" not in news


def test_a_silent_worker_is_told_and_when_another_takes_over(
    halfway: Attempt, lead: User
) -> None:
    earlier = timezone.now() - timedelta(seconds=30)
    Attempt.objects.filter(pk=halfway.pk).update(heartbeat_at=earlier)

    assert "niets gehoord" in page_of(halfway.move, lead)


def test_a_wish_to_stop_is_told_to_everybody(
    halfway: Attempt, agent: User, lead: User
) -> None:
    stop_move(halfway.move.pk, actor=actor_for(agent), reason="Verkeerde avond.")

    page = page_of(halfway.move, lead)

    assert "vroeg om" in page
    assert "Deze uitvoering stoppen" not in page


def test_without_a_reason_the_page_says_what_is_missing(
    halfway: Attempt, lead: User
) -> None:
    client = Client()
    client.force_login(lead)

    answer = client.post(f"/migraties/{halfway.move.number}/stoppen/", {"reason": ""})

    assert "Schrijf op waarom het moet stoppen." in answer.content.decode()
    assert Attempt.objects.get(pk=halfway.pk).stop_asked_at is None


def test_what_was_copied_is_told_after_a_stop(halfway: Attempt, lead: User) -> None:
    stop_move(halfway.move.pk, actor=actor_for(lead), reason="Verkeerde avond.")

    runner.execute(halfway)

    page = page_of(halfway.move, lead)
    assert "10 van 10 documenten" in page
    assert "liet het stoppen" in page


def test_afterwards_the_figures_stand_on_the_page(approved: Move, lead: User) -> None:
    done = run(approved)

    page = page_of(done, lead)

    digest = done.attempts.get().before_image["archive"]["digest"]
    assert "10 documenten" in page
    assert digest[:12] in page
