"""Taking over a draft, and editing a request that waits."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, Part
from tests.builders import as_read, make_draft
from tests.cast import MakeMove
from tests.intake.pages import (
    as_sent,
    messages_in,
    move_url,
    state_of,
    url,
)

pytestmark = pytest.mark.django_db
S = MoveState


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


# --- take over


def test_a_draft_is_taken_over_on_the_record(
    as_agent: Client, agent: User, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = as_agent.post(url(move, "overnemen/"), as_read(move))

    assert answer["Location"] == url(move)
    assert messages_in(answer) == ["Dit concept is nu van jou."]
    assert Move.objects.get(pk=move.pk).requested_by == agent
    assert move.contributors.filter(user=agent, part=Part.TOOK_OVER).exists()


def test_what_is_no_draft_is_not_taken_over(
    client: Client, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(other_agent)

    answer = client.post(url(move, "overnemen/"), as_read(move))

    assert answer.status_code == 409
    assert not move.contributors.filter(user=other_agent).exists()


# --- reopen


@pytest.mark.parametrize("state", [S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL])
@pytest.mark.parametrize("method", ["get", "post"])
def test_looking_at_the_form_reopens_nothing(
    method: str, state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    leads = getattr(as_agent, method)(move_url(move, "heropenen/"))
    page = as_agent.get(leads["Location"]).content.decode()
    sent = as_agent.post(url(move), {**as_sent(move), "next": ""})

    saved = Move.objects.get(pk=move.pk)
    assert leads["Location"] == url(move)
    assert "Deze aanvraag is ingediend en wacht zoals die is" in page
    assert f'href="{move_url(move)}">' in page
    assert sent["Location"] == move_url(move)
    assert (saved.state, saved.revision, saved.proof) == (state, 1, move.proof)


@pytest.mark.parametrize("state", [S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL])
def test_the_first_change_of_a_waiting_request_makes_it_a_draft(
    state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    answer = as_agent.post(url(move), {**as_sent(move, note="Graag."), "save": ""})

    saved = Move.objects.get(pk=move.pk)
    assert answer["Location"] == "/aanvraag/"
    assert (saved.state, saved.revision, saved.proof) == (S.DRAFT, 2, None)
    assert saved.parties.note == "Graag."


def test_a_colleague_who_changes_it_goes_on_record(
    client: Client, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(other_agent)

    client.get(url(move))
    looked = move.contributors.filter(user=other_agent).exists()
    client.post(url(move), {**as_sent(move, note="Graag."), "save": ""})

    assert not looked
    assert move.contributors.filter(user=other_agent, part=Part.TOOK_OVER).exists()
    assert Move.objects.get(pk=move.pk).requested_by == other_agent


@pytest.mark.parametrize("state", [S.APPROVED, S.COMPLETED, S.REJECTED])
def test_what_does_not_wait_is_not_edited(
    state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    shown = as_agent.get(url(move))
    leads = as_agent.post(move_url(move, "heropenen/"))
    sent = as_agent.post(url(move), as_sent(move, note="Graag."))

    assert (shown["Location"], leads["Location"]) == (move_url(move), move_url(move))
    assert sent.status_code == 409
    assert state_of(move) == state


def test_a_lead_is_told_first_that_who_edits_does_not_approve(
    client: Client, lead: User, other_lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(lead)

    page = client.get(move_url(move)).content.decode()
    form = client.get(url(move))

    assert f'<a class="btn" href="{url(move)}">' in page
    assert "Daarna kun jij er geen akkoord meer op geven" in form.content.decode()
    assert form.context["page"].approvers == ("teamleider-2",)
    assert (state_of(move), move.contributors.filter(user=lead).exists()) == (
        S.AWAITING_APPROVAL,
        False,
    )


def test_who_worked_on_it_already_loses_no_approval(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    assert "geen akkoord meer" not in as_agent.get(url(move)).content.decode()
