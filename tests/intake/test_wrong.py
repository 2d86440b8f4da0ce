"""What is told at a field while somebody fills in: only what was left wrong."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Move
from adminmoves.vocabulary import MoveType
from tests.builders import make_draft
from tests.intake.pages import as_sent, url

pytestmark = pytest.mark.django_db


def told_at(client: Client, agent: User, left: str, **answers: Any) -> dict[str, str]:
    """The errors by the field where a script puts them."""
    client.force_login(agent)
    move = make_draft(agent, MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
    sent = as_sent(move, **answers) | {"left": left}
    answer = client.post(url(move, "controle/"), sent)
    return {
        field.html_name: " ".join(field.errors)
        for field in answer.context["wrong_fields"]
    }


def test_a_wrong_value_is_told_at_each_field_that_was_left(
    client: Client, agent: User
) -> None:
    wrong = {"to_code": "20 41", "requester_email": "geen adres"}

    errors = told_at(client, agent, "to_code requester_email note", **wrong)

    assert errors == {
        "to_code": "Laat spaties weg. Een code heeft er geen.",
        "requester_email": "Voer een geldig e-mailadres in.",
    }


def test_a_check_that_holds_back_is_told_at_its_field(
    client: Client, agent: User
) -> None:
    move = make_draft(agent, MoveType.CHANGE_CODE)
    client.force_login(agent)
    assert move.administration is not None
    same = as_sent(move, to_code=move.administration.code) | {"left": "to_code"}

    answer = client.post(url(move, "controle/"), same)

    assert [field.html_name for field in answer.context["wrong_fields"]] == ["to_code"]


def test_what_is_still_being_typed_is_not_told(client: Client, agent: User) -> None:
    assert told_at(client, agent, "requester_name", to_code="20 41") == {}


def test_what_is_left_empty_is_not_wrong_yet(client: Client, agent: User) -> None:
    empty = {"to_code": "", "requester_email": ""}

    assert told_at(client, agent, "to_code requester_email", **empty) == {}


@pytest.mark.parametrize("move_type", MoveType)
@pytest.mark.parametrize("sent", [None, ""])
def test_without_an_administration_that_is_told_and_the_rest_is_kept(
    sent: str | None, move_type: MoveType, client: Client, agent: User
) -> None:
    move = make_draft(agent, move_type)
    client.force_login(agent)
    answers = as_sent(move, administration=sent, requester_ticket="SUP-2002")

    answer = client.post(
        url(move, "controle/"), answers | {"left": "administration requester_ticket"}
    )

    assert answer.status_code == 200
    errors = {field.html_name: field.errors for field in answer.context["wrong_fields"]}
    assert errors == {"administration": ["Kies de administratie."]}
    assert "Kies de administratie." in answer.content.decode()
    saved = Move.objects.get(pk=move.pk)
    assert (saved.administration, saved.to_connection) == (None, None)
    assert saved.parties.requester_ticket == "SUP-2002"


def test_a_name_that_is_no_field_is_passed_over(client: Client, agent: User) -> None:
    assert told_at(client, agent, "administration_query onzin") == {}
