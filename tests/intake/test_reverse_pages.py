"""Turning a move back: what the pages say, and what the database holds."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.intake.draft.actions import edit_draft
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    PARTIES,
    attest_as,
    make_administration,
    make_draft,
    submit,
)
from tests.cast import MakeMove
from tests.intake.pages import url
from tests.intake.reversals import administration_of, complete, move_page, turn_back

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def test_both_pages_lead_to_each_other(
    client: Client, auditor: User, a_move: MakeMove, agent: User, lead: User
) -> None:
    first = a_move(S.COMPLETED)
    back = complete(turn_back(first, agent), agent, lead)
    client.force_login(auditor)

    on_first, on_back = move_page(client, first), move_page(client, back)

    link = f'<a href="/migraties/{back.number}/" class="nw">{back.number}</a>'
    assert f"Teruggedraaid door {link}" in on_first
    link = f'<a href="/migraties/{first.number}/" class="nw">{first.number}</a>'
    assert f"Draait {link} terug" in on_back
    assert "Teruggedraaid door" not in on_back


def test_the_request_says_what_it_turns_back_until_it_is_decided(
    client: Client, a_move: MakeMove, agent: User, lead: User
) -> None:
    first = a_move(S.COMPLETED)
    draft = turn_back(first, agent)
    edit_draft(draft.pk, PARTIES, actor=actor_for(agent))
    client.force_login(agent)
    pages = [client.get(url(draft, page)) for page in ("", "nalezen/")]
    submit(Move.objects.get(pk=draft.pk), agent)
    attest_as(draft, agent)
    client.force_login(lead)
    pages.append(client.get("/akkoord/"))

    assert [
        f'href="/migraties/{first.number}/"' in told_by(page) for page in pages
    ] == [True] * 3


def told_by(page: Any) -> str:
    return str(page.content.decode())


def test_another_place_than_it_came_from_is_said(
    as_agent: Client, a_move: MakeMove, agent: User
) -> None:
    draft = turn_back(a_move(S.COMPLETED), agent)
    words = "naar een andere plek dan waar die vandaan kwam"
    before = move_page(as_agent, draft)

    edit_draft(draft.pk, {"to_code": "7999"}, actor=actor_for(agent))

    assert words not in before
    assert words in move_page(as_agent, draft)


def test_who_files_nothing_sees_no_button(
    client: Client, auditor: User, a_move: MakeMove
) -> None:
    first = a_move(S.COMPLETED)
    client.force_login(auditor)

    assert "terugdraaien/" not in move_page(client, first)


# --- what the database holds, for every role


def test_the_database_holds_what_is_turned_back(a_move: MakeMove, agent: User) -> None:
    administration = make_administration()
    first = a_move(S.COMPLETED, administration=administration)
    elsewhere, waiting = a_move(S.COMPLETED), a_move(S.AWAITING_BOOKKEEPING)
    draft = make_draft(agent, administration=administration)

    for wrong in (elsewhere, waiting, draft):
        with pytest.raises(IntegrityError, match="same admin"), transaction.atomic():
            Move.objects.filter(pk=draft.pk).update(reverses=wrong)
    Move.objects.filter(pk=draft.pk).update(reverses=first)
    with pytest.raises(IntegrityError, match="same admin"), transaction.atomic():
        Move.objects.filter(pk=draft.pk).update(administration=make_administration())
    with pytest.raises(IntegrityError, match="same admin"), transaction.atomic():
        Move.objects.create(
            intent=T.CHANGE_CODE, requested_by=agent, reverses=elsewhere
        )


def test_the_database_holds_that_one_request_turns_it_back(
    a_move: MakeMove, agent: User
) -> None:
    first = a_move(S.COMPLETED)
    turn_back(first, agent)
    other = make_draft(agent, administration=administration_of(first))

    with (
        pytest.raises(IntegrityError, match="one_open_reverse_per_move"),
        transaction.atomic(),
    ):
        Move.objects.filter(pk=other.pk).update(reverses=first)


def test_the_database_holds_that_a_submitted_reverse_stays_one(
    a_move: MakeMove, agent: User
) -> None:
    draft = turn_back(a_move(S.COMPLETED), agent)
    edit_draft(draft.pk, PARTIES, actor=actor_for(agent))
    submit(Move.objects.get(pk=draft.pk), agent)

    with pytest.raises(IntegrityError, match="only in a draft"), transaction.atomic():
        Move.objects.filter(pk=draft.pk).update(reverses=None)
