"""One draft in two tabs: the older one is told, and overwrites nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.errors import ChangedMeanwhile
from adminmoves.intake.draft.actions import edit_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import as_read, make_draft, warnings_of
from tests.intake.pages import as_sent, url

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def saved(move: Move) -> Move:
    return Move.objects.get(pk=move.pk)


def save(client: Client, move: Move, sent: dict[str, Any]) -> Any:
    return client.post(url(move), {**sent, "save": ""})


def test_the_older_tab_does_not_overwrite_what_the_other_saved(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    older = as_sent(move)
    save(as_agent, move, as_sent(move, to_code="NIEUW1"))

    answer = save(as_agent, move, {**older, "to_code": "NIEUW2"})

    page = answer.content.decode()
    assert (answer.status_code, saved(move).to_code) == (409, "NIEUW1")
    assert "Intussen gewijzigd in een ander tabblad" in page
    assert 'value="NIEUW2"' in page
    found = [(d.label, d.saved, d.typed) for d in differences(answer)]
    assert found == [("Nieuwe administratiecode", "NIEUW1", "NIEUW2")]


def differences(answer: Any) -> Any:
    return answer.context["meanwhile"].differences


def test_the_older_tab_is_told_while_it_saves_itself(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    older = as_sent(move)
    save(as_agent, move, as_sent(move, to_code="NIEUW1"))

    answer = as_agent.post(
        url(move, "controle/"), {**older, "to_code": "NIEUW2"}, headers=HTMX
    )

    assert (answer.status_code, saved(move).to_code) == (409, "NIEUW1")
    assert answer["HX-Retarget"] == "#changed-meanwhile"
    assert len(differences(answer)) == 1


def test_the_same_answers_once_more_are_no_conflict(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    older = as_sent(move)
    save(as_agent, move, as_sent(move, to_code="NIEUW1"))

    answer = save(as_agent, move, {**older, "to_code": "NIEUW1"})

    assert answer.status_code == 302


@pytest.mark.parametrize("version", [None, "", "0", "abc", "²", "9" * 5000])
def test_answers_without_the_version_that_was_read_are_not_saved(
    version: str | None, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    answer = save(as_agent, move, as_sent(move, version=version, to_code="NIEUW2"))

    assert (answer.status_code, saved(move).to_code) == (409, move.to_code)


def test_what_stands_in_the_older_tab_is_saved_once_both_were_seen(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    older = as_sent(move)
    save(as_agent, move, as_sent(move, to_code="NIEUW1"))
    over = saved(move).draft_version

    answer = as_agent.post(url(move), {**older, "to_code": "NIEUW2", "over": over})

    assert answer["Location"] == url(move)
    assert saved(move).to_code == "NIEUW2"


def test_what_was_read_is_what_is_submitted(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)
    read = as_agent.get(url(move, "nalezen/")).context["page"].move.draft_version
    save(as_agent, move, as_sent(move, to_code="NIEUW1"))
    sent = {"seen": sorted(warnings_of(saved(move))), "version": read}

    answer = as_agent.post(url(move, "nalezen/"), sent)
    again = as_agent.post(
        url(move, "nalezen/"), {**sent, "version": saved(move).draft_version}
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Er is niets ingediend." in page
    assert "NIEUW1" in page
    assert again["Location"] == url(move, "ingediend/")


def test_a_submit_that_names_no_version_is_refused(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    answer = as_agent.post(url(move, "nalezen/"), {"seen": sorted(warnings_of(move))})

    assert (answer.status_code, saved(move).state) == (409, MoveState.DRAFT)


def test_the_actions_themselves_hold_the_version(agent: User) -> None:
    move, actor = make_draft(agent), actor_for(agent)
    read = move.draft_version
    edit_draft(move.pk, {"to_code": "NIEUW1"}, actor=actor, version=read)

    with pytest.raises(ChangedMeanwhile):
        edit_draft(move.pk, {"to_code": "NIEUW2"}, actor=actor, version=read)
    with pytest.raises(ChangedMeanwhile):
        submit_move(move.pk, actor=actor, seen=warnings_of(move), version=read)

    assert saved(move).to_code == "NIEUW1"


def test_who_lost_the_draft_to_a_colleague_keeps_what_they_typed(
    as_agent: Client, agent: User, other_agent: User
) -> None:
    move = make_draft(agent)
    older = as_sent(move, to_code="NIEUW2")
    colleague = Client()
    colleague.force_login(other_agent)
    colleague.post(url(move, "overnemen/"), as_read(move))

    answer = save(as_agent, move, older)
    live = as_agent.post(url(move, "controle/"), older, headers=HTMX)
    taken = saved(move)
    again = {"take_over": taken.draft_version, "taken_version": taken.version}
    back = as_agent.post(url(move), {**older, **again})

    page = answer.content.decode()
    assert (answer.status_code, live.status_code) == (403, 403)
    assert "medewerker-2 heeft dit concept overgenomen" in page
    assert 'value="NIEUW2"' in page
    assert back["Location"] == url(move)
    assert (saved(move).to_code, saved(move).requested_by) == ("NIEUW2", agent)


def test_an_administration_that_moved_meanwhile_is_another_version(
    agent: User,
) -> None:
    move = make_draft(agent, MoveType.CHANGE_CODE)
    Move.objects.filter(pk=move.pk).update(to_connection=None)

    edited = edit_draft(move.pk, {}, actor=actor_for(agent))

    assert edited.draft_version == move.draft_version + 1
