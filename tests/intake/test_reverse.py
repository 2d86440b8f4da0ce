"""Turning a completed move back: a new request, the same rules, linked both ways."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from adminmoves.access import actor_for
from adminmoves.errors import DomainError, NotAllowed, StepRefused
from adminmoves.intake.draft.actions import edit_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.models import Event, Move
from adminmoves.vocabulary import EventCode, MoveState, MoveType
from tests.archive.shelves import contents, fill_with
from tests.builders import (
    PARTIES,
    make_administration,
    submit,
    warnings_of,
)
from tests.cast import MakeMove
from tests.intake.pages import as_sent, errors_of, messages_in, url
from tests.intake.reversals import (
    administration_of,
    complete,
    completed,
    move_page,
    place_of,
    turn_back,
)

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
WITH_ARCHIVE = (T.MOVE_ENVIRONMENT, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)
OUTSIDE = [name for name in PARTIES if name != "consent_on"]


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


# --- the draft


@pytest.mark.parametrize("move_type", MoveType)
def test_the_draft_wants_the_place_that_the_first_one_left(
    move_type: MoveType, as_agent: Client, a_move: MakeMove
) -> None:
    first = a_move(S.COMPLETED, move_type=move_type)

    click = as_agent.post(f"/migraties/{first.number}/terugdraaien/")
    page = as_agent.get(click["Location"])
    before = Move.objects.filter(reverses=first).exists()
    blank = page.context["page"].move
    answer = as_agent.post(
        "/aanvraag/begin/",
        {**as_sent(blank), "terug": first.number, "note": "Graag.", "save": ""},
    )

    draft = Move.objects.get(reverses=first)
    assert (before, answer["Location"]) == (False, "/aanvraag/")
    assert (draft.state, draft.intent) == (S.DRAFT, move_type)
    assert draft.administration == first.administration
    assert (draft.to_environment, draft.to_connection, draft.to_code) == (
        first.from_environment,
        first.from_connection,
        first.from_code,
    )
    assert draft.parties.note == "Graag."


def test_nobody_outside_comes_along(a_move: MakeMove, agent: User) -> None:
    draft = turn_back(a_move(S.COMPLETED, move_type=T.MOVE_ENVIRONMENT), agent)

    assert [name for name in OUTSIDE if getattr(draft.parties, name)] == []
    assert (draft.parties.consent_on, draft.parties.moved_on) == (None, None)


def test_the_trail_names_the_first_one_at_the_draft_and_at_submitting(
    a_move: MakeMove, agent: User, lead: User
) -> None:
    first = a_move(S.COMPLETED)
    done = complete(turn_back(first, agent), agent, lead)

    told_of = Event.objects.filter(move=done, params__reverses=first.number)
    assert set(told_of.values_list("code", flat=True)) == {
        EventCode.MOVE_DRAFTED,
        EventCode.MOVE_SUBMITTED,
    }


def test_a_request_of_its_own_needs_all_that_any_request_needs(
    a_move: MakeMove, agent: User
) -> None:
    draft = turn_back(a_move(S.COMPLETED), agent)

    with pytest.raises(DomainError):
        submit_move(draft.pk, actor=actor_for(agent), seen=warnings_of(draft))
    edit_draft(draft.pk, PARTIES, actor=actor_for(agent))
    waiting = submit(Move.objects.get(pk=draft.pk), agent)

    assert waiting.state == S.AWAITING_BOOKKEEPING, "the package comes first"


def test_only_the_asker_edits_the_draft(
    a_move: MakeMove, agent: User, other_agent: User
) -> None:
    draft = turn_back(a_move(S.COMPLETED), agent)

    with pytest.raises(NotAllowed):
        edit_draft(draft.pk, PARTIES, actor=actor_for(other_agent))


# --- there and back


@pytest.mark.parametrize("move_type", MoveType)
def test_there_and_back_is_where_it_began_with_its_address_and_archive(
    move_type: MoveType,
    a_move: MakeMove,
    agent: User,
    lead: User,
    tmp_path: Path,
    settings: Settings,
) -> None:
    storage = {**settings.STORAGES["archive"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "archive": storage}
    administration = make_administration()
    fill_with(administration, 5)
    before, archive = place_of(administration), contents(administration)
    first = a_move(S.COMPLETED, move_type=move_type, administration=administration)
    assert place_of(administration_of(first)) != before

    back = complete(turn_back(first, agent), agent, lead)

    assert (back.state, back.move_type) == (S.COMPLETED, move_type)
    assert place_of(administration_of(back)) == before
    assert contents(administration) == archive
    keys = list(administration.archive.values_list("storage_key", flat=True))
    assert len(set(keys)) == 5
    if move_type in WITH_ARCHIVE:
        assert all(f"/{back.number}-1/" in key for key in keys)


def test_a_reverse_can_be_turned_back_too(
    a_move: MakeMove, agent: User, lead: User
) -> None:
    first = a_move(S.COMPLETED)
    there = place_of(administration_of(first))
    back = complete(turn_back(first, agent), agent, lead)

    again = complete(turn_back(back, agent), agent, lead)

    assert place_of(administration_of(again)) == there
    with pytest.raises(DomainError, match=back.number):
        turn_back(first, agent)


def test_a_chain_is_turned_back_link_by_link(
    a_move: MakeMove, agent: User, lead: User
) -> None:
    administration = make_administration()
    began = place_of(administration)
    first = a_move(S.COMPLETED, administration=administration)
    second = completed(agent, lead, administration_of(first))

    complete(turn_back(second, agent), agent, lead)
    complete(turn_back(first, agent), agent, lead)

    assert place_of(administration_of(first)) == began


# --- what stands in the way


@pytest.mark.parametrize("state", sorted(set(MoveState) - {S.COMPLETED}))
def test_only_a_completed_move_is_turned_back(
    state: MoveState, a_move: MakeMove, agent: User
) -> None:
    move = a_move(state)

    with pytest.raises(StepRefused):
        turn_back(move, agent)
    assert not Move.objects.exclude(pk=move.pk).exists()


def test_an_auditor_turns_nothing_back(a_move: MakeMove, auditor: User) -> None:
    first = a_move(S.COMPLETED)

    with pytest.raises(NotAllowed):
        turn_back(first, auditor)
    assert not Move.objects.filter(reverses=first).exists()


def test_a_second_click_leads_to_the_request_that_is_there(
    as_agent: Client, a_move: MakeMove, other_agent: User
) -> None:
    first = a_move(S.COMPLETED)
    here = f"/migraties/{first.number}/"
    draft = turn_back(first, other_agent)

    answer = as_agent.post(f"{here}terugdraaien/", headers={"referer": here})

    assert messages_in(answer) == [f"{draft.number} draait deze migratie al terug."]
    assert answer["Location"] == here
    page = move_page(as_agent, first)
    assert f'Wordt teruggedraaid door <a href="/migraties/{draft.number}/"' in page
    assert "Terug migreren" not in page


def test_after_a_withdrawn_one_it_can_be_asked_again(
    as_agent: Client, a_move: MakeMove, agent: User
) -> None:
    first = a_move(S.COMPLETED)
    draft = turn_back(first, agent)
    withdraw_move(draft.pk, actor=actor_for(agent), reason="")

    page = move_page(as_agent, first)

    assert "Terug migreren" in page
    assert f'href="/migraties/{draft.number}/"' in page
    assert turn_back(first, agent).reverses == first


def test_what_was_moved_on_since_says_with_which(
    as_agent: Client, a_move: MakeMove, agent: User, lead: User
) -> None:
    first = a_move(S.COMPLETED)
    later = completed(agent, lead, administration_of(first))

    page = move_page(as_agent, first)

    assert f'Daarna verplaatst met <a href="/migraties/{later.number}/"' in page
    assert "Terug migreren" not in page
    with pytest.raises(DomainError, match=later.number):
        turn_back(first, agent)


def sent_after(client: Client, draft: Move) -> dict[str, str]:
    """What the form tells at its fields when it is sent on as it stands."""
    edit_draft(draft.pk, PARTIES, actor=actor_for(draft.requested_by))
    return errors_of(client.post(url(draft), as_sent(draft)))


def test_a_place_that_was_taken_meanwhile_is_told_at_its_field(
    as_agent: Client, a_move: MakeMove, agent: User
) -> None:
    first = a_move(S.COMPLETED)
    make_administration(first.from_connection, code=first.from_code)

    errors = sent_after(as_agent, turn_back(first, agent))

    assert "to_code" in errors


def test_a_connection_that_is_not_active_is_told_at_its_field(
    as_agent: Client, a_move: MakeMove, agent: User
) -> None:
    first = a_move(S.COMPLETED, move_type=T.RELINK_CONNECTION)
    assert first.from_connection is not None
    first.from_connection.is_active = False
    first.from_connection.save()

    draft = turn_back(first, agent)

    assert draft.to_connection == first.from_connection
    assert "to_connection" in sent_after(as_agent, draft)


def test_about_another_administration_it_turns_nothing_back(
    a_move: MakeMove, agent: User
) -> None:
    draft = turn_back(a_move(S.COMPLETED), agent)
    other = make_administration()

    edit_draft(draft.pk, {"administration": other}, actor=actor_for(agent))

    draft = Move.objects.get(pk=draft.pk)
    assert (draft.administration, draft.reverses) == (other, None)
