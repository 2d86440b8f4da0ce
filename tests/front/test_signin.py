"""Coming in and leaving, as the trail and the person see it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Event
from adminmoves.vocabulary import EventCode, Role

pytestmark = pytest.mark.django_db
PASSWORD = "een-lang-wachtwoord"  # noqa: S105 - of a made-up person


def lines() -> list[tuple[str, str, str]]:
    events = Event.objects.order_by("id")
    return [(event.code, event.subject, event.actor_role) for event in events]


def test_logging_in_and_out_are_lines_of_the_trail(client: Client, lead: User) -> None:
    client.post("/inloggen/", {"username": lead.username, "password": PASSWORD})
    client.post("/uitloggen/")

    assert lines() == [
        (EventCode.SIGNED_IN, lead.username, Role.TEAM_LEAD),
        (EventCode.SIGNED_OUT, lead.username, Role.TEAM_LEAD),
    ]


def test_a_wrong_password_is_written_down_of_that_person(
    client: Client, lead: User
) -> None:
    answer = client.post("/inloggen/", {"username": lead.username, "password": "fout"})

    assert lines() == [(EventCode.SIGN_IN_FAILED, lead.username, Role.SYSTEM)]
    assert Event.objects.get().request_id == answer["X-Request-Id"]


def test_a_name_that_nobody_has_gets_the_same_answer(
    client: Client, lead: User
) -> None:
    wrong = client.post("/inloggen/", {"username": lead.username, "password": "fout"})
    unknown = client.post("/inloggen/", {"username": "niemand", "password": "fout"})

    assert errors_of(unknown) == errors_of(wrong)


def test_a_name_that_nobody_has_stands_apart_from_the_chain(client: Client) -> None:
    client.post("/inloggen/", {"username": "niemand", "password": "fout"})

    assert lines() == [(EventCode.SIGN_IN_FAILED, "", Role.SYSTEM)]
    event = Event.objects.get()
    assert (event.params, event.words.texts) == ({}, {"username": "niemand"})


def errors_of(answer: object) -> list[str]:
    return list(answer.context["form"].non_field_errors())  # type: ignore[attr-defined] # the test client adds it


def test_a_page_asks_for_a_log_in_and_leads_back(client: Client, agent: User) -> None:
    redirect = client.get("/voorkeuren/")
    entered = client.post(
        redirect["Location"], {"username": agent.username, "password": PASSWORD}
    )

    assert redirect["Location"] == "/inloggen/?next=/voorkeuren/"
    assert entered["Location"] == "/voorkeuren/"


def test_after_five_wrong_passwords_the_right_one_has_to_wait(
    client: Client, agent: User
) -> None:
    for _attempt in range(5):
        client.post("/inloggen/", {"username": agent.username, "password": "fout"})

    answer = client.post(
        "/inloggen/", {"username": agent.username, "password": PASSWORD}
    )

    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session
