"""What trying passwords costs: the person who tries, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.account.signin import throttle
from adminmoves.account.tasks import forget_sign_ins
from adminmoves.models import Event
from adminmoves.vocabulary import EventCode

pytestmark = pytest.mark.django_db
PASSWORD = "een-lang-wachtwoord"  # noqa: S105 - of a made-up person


def enter(client: Client, name: str, password: str = "fout", **facts: str) -> Any:  # noqa: S107 - a wrong one
    sent = {"username": name, "password": password}
    return client.post("/inloggen/", sent, **facts)  # type: ignore[arg-type] # facts of the request


def lock(client: Client, name: str) -> None:
    for _attempt in range(5):
        enter(client, name)


def events() -> list[dict[str, Any]]:
    return [event.params for event in Event.objects.order_by("id")]


def test_the_try_that_locks_a_name_is_told_and_none_after_it(
    client: Client, agent: User
) -> None:
    lock(client, agent.username)
    for _attempt in range(20):
        enter(client, agent.username)

    assert events() == [{}, {}, {}, {}, {"locked_minutes": 15}]
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 25
    assert len(attempt.post_data) < 1000


def test_tries_on_a_locked_name_do_not_make_it_longer(
    client: Client, agent: User
) -> None:
    lock(client, agent.username)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))

    answer = enter(client, agent.username, PASSWORD)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    entered = enter(client, agent.username, PASSWORD)

    assert (answer.status_code, int(answer["Retry-After"]) <= 60) == (429, True)
    assert "Probeer het over 1 minuut opnieuw" in answer.content.decode()
    assert entered.status_code == 302


def test_a_new_password_lifts_the_lock(
    client: Client, agent: User, administrator: User
) -> None:
    lock(client, agent.username)
    keeper = Client()
    keeper.force_login(administrator)
    new = "heel-anders-en-lang-genoeg"

    keeper.post(
        f"/beheer/auth/user/{agent.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true"},
    )

    assert enter(client, agent.username, new).status_code == 302


def test_when_a_lock_is_over_its_tries_are_told_once(
    client: Client, agent: User
) -> None:
    lock(client, agent.username)
    for _attempt in range(3):
        enter(client, agent.username)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))

    forget_sign_ins()
    forget_sign_ins()

    assert events()[5:] == [{"tries_while_locked": 3}]
    assert not AccessAttempt.objects.exists()


def test_passwords_tried_over_names_end_at_the_limit_of_an_address(
    client: Client, agent: User, settings: Any
) -> None:
    settings.PORTAL_SIGN_IN_FAILURES_PER_ADDRESS = 10
    answers = [enter(client, f"naam-{n}") for n in range(12)]
    elsewhere = enter(Client(), agent.username, PASSWORD, REMOTE_ADDR="192.0.2.7")

    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert "vanaf jouw netwerk" in answers[-1].content.decode()
    assert 0 < int(answers[-1]["Retry-After"]) <= 15 * 60
    assert (AccessAttempt.objects.count(), len(events())) == (10, 11)
    assert elsewhere.status_code == 302


def test_past_the_limit_of_all_who_never_failed_gets_in(
    client: Client, agent: User, settings: Any
) -> None:
    settings.PORTAL_SIGN_IN_FAILURES_IN_ALL = 6
    for n in range(6):
        enter(client, f"naam-{n}", REMOTE_ADDR=f"192.0.2.{n}")

    again = enter(client, "naam-7", REMOTE_ADDR="192.0.2.1")
    fresh = enter(client, agent.username, PASSWORD, REMOTE_ADDR="192.0.2.99")

    assert (again.status_code, fresh.status_code) == (429, 302)


def test_who_comes_while_all_turns_are_taken_is_asked_to_come_back(
    client: Client, agent: User, settings: Any
) -> None:
    with throttle.turn(), throttle.turn():
        answer = enter(client, agent.username, PASSWORD)
        page = client.get("/inloggen/")

    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert "over een paar seconden" in answer.content.decode()
    assert page.status_code == 200
    assert enter(client, agent.username, PASSWORD).status_code == 302


def test_a_form_that_is_not_filled_in_is_no_try(client: Client, agent: User) -> None:
    for sent in ({}, {"username": agent.username}, {"username": "a" * 256}):
        client.post("/inloggen/", sent)

    assert not Event.objects.filter(code=EventCode.SIGN_IN_FAILED).exists()
