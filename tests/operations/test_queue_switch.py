"""Pausing the queue and letting it go on, by whom, and on the record."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.audit.sentences import quotes, sentence
from adminmoves.errors import NotAllowed
from adminmoves.models import Event, QueueSwitch
from adminmoves.operations.actions import pause_queue, resume_queue
from adminmoves.vocabulary import EventCode
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
PAUSE, RESUME = reverse("moves:pause"), reverse("moves:resume")
PAGE = reverse("moves:operations")


@contextmanager
def refused_by(rule: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        yield


def last_event() -> Event:
    return Event.objects.select_related("words").latest("pk")


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_a_pause_tells_who_and_why(who: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)

    logged_in(user).post(PAUSE, {"reason": "De server gaat uit", "how": "pause"})

    switch = QueueSwitch.objects.get()
    assert QueueSwitch.objects.is_paused()
    assert (switch.paused_by, switch.reason) == (user, "De server gaat uit")
    event = last_event()
    assert (event.code, event.actor_id) == (EventCode.QUEUE_PAUSED, user.pk)
    assert sentence(event) == "pauzeerde de wachtrij"
    assert quotes(event) == ("“De server gaat uit”",)


def test_it_goes_on_again_with_a_reason(lead: User, administrator: User) -> None:
    pause_queue(actor=actor_for(lead), reason="Onderhoud")

    seen = QueueSwitch.objects.get().paused_at
    assert seen is not None
    sent = {"reason": "Het is klaar", "seen": seen.isoformat()}
    logged_in(administrator).post(RESUME, sent)

    assert not QueueSwitch.objects.is_paused()
    event = last_event()
    assert (event.code, event.actor_id) == (EventCode.QUEUE_RESUMED, administrator.pk)
    assert quotes(event) == ("“Het is klaar”",)


@pytest.mark.parametrize("path", [PAUSE, RESUME])
def test_without_a_reason_nothing_changes(path: str, lead: User) -> None:
    if path == RESUME:
        pause_queue(actor=actor_for(lead), reason="Onderhoud")
    paused = QueueSwitch.objects.is_paused()
    events = Event.objects.count()

    page = logged_in(lead).post(path, {"reason": "  "})

    assert "Schrijf op waarom" in page_words(page)
    assert QueueSwitch.objects.is_paused() == paused
    assert Event.objects.count() == events


def test_a_second_pause_keeps_the_first_ones_reason(
    lead: User, administrator: User
) -> None:
    pause_queue(actor=actor_for(lead), reason="Onderhoud")

    page = logged_in(administrator).post(PAUSE, {"reason": "Ook ik"}, follow=True)

    assert page.status_code == 409
    assert "De wachtrij is al gepauzeerd: door teamleider-1 om " in page_words(page)
    assert QueueSwitch.objects.get().paused_by == lead


def test_a_pause_that_nobody_saw_is_not_ended(lead: User, administrator: User) -> None:
    """The page showed an earlier one; meanwhile the queue was paused anew."""
    first = pause_queue(actor=actor_for(lead), reason="Onderhoud").paused_at
    assert first is not None
    resume_queue(actor=actor_for(lead), reason="Klaar")
    pause_queue(actor=actor_for(lead), reason="De schijf is vol")

    sent = {"reason": "Het onderhoud is klaar", "seen": first.isoformat()}
    page = logged_in(administrator).post(RESUME, sent)

    assert page.status_code == 409
    assert "De schijf is vol" in page_words(page)
    assert QueueSwitch.objects.is_paused()


def test_the_page_carries_the_pause_that_it_shows(lead: User) -> None:
    paused = pause_queue(actor=actor_for(lead), reason="Onderhoud").paused_at
    assert paused is not None

    page = logged_in(lead).get("/beheer/werking/").content.decode()

    assert f'name="seen" value="{paused.isoformat()}"' in page


def test_what_is_not_paused_does_not_go_on(lead: User) -> None:
    page = logged_in(lead).post(RESUME, {"reason": "Verder"}, follow=True)

    assert "De wachtrij is niet gepauzeerd." in page_words(page)
    assert not Event.objects.filter(code=EventCode.QUEUE_RESUMED).exists()


@pytest.mark.parametrize("who", ["agent", "auditor"])
def test_others_do_not_switch_the_queue(
    who: str, request: pytest.FixtureRequest
) -> None:
    actor = actor_for(request.getfixturevalue(who))

    for switch in (pause_queue, resume_queue):
        with pytest.raises(NotAllowed):
            switch(actor=actor, reason="Daarom")
    assert not QueueSwitch.objects.is_paused()


def test_the_database_keeps_one_switch_and_a_pause_with_a_person(lead: User) -> None:
    for facts in (
        {"paused_at": timezone.now()},
        {"paused_at": timezone.now(), "paused_by": lead},
        {"draining": True},
    ):
        with refused_by("queue_paused_by_somebody"):
            QueueSwitch.objects.update(**facts)
    with refused_by("queue_switch_once"):
        QueueSwitch.objects.create(pk=2)


def test_who_drains_is_told_when_nothing_runs(lead: User, client: Client) -> None:
    logged_in(lead).post(PAUSE, {"reason": "Nieuwe versie", "how": "drain"})

    assert "Er loopt niets meer" in page_words(logged_in(lead).get(PAGE))
