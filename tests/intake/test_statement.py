"""What is stated about the package is about one place, and counts for that one only."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from adminmoves.access import actor_for
from adminmoves.approval.actions import send_back_move
from adminmoves.evidence.files import store_file
from adminmoves.intake.draft.actions import edit_draft, reopen_move
from adminmoves.intake.draft.statement import STATEMENT_FIELDS
from adminmoves.models import Move, Proof
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.cast import MakeMove
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
T, S = MoveType, MoveState
SAID: dict[str, Any] = {
    "moved_said_by": "Supergebruiker Noord",
    "moved_on": date(2026, 11, 20),
    "moved_ticket": "SUP-7",
}


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "evidence"


def with_file(move: Move, agent: User) -> Move:
    """The same draft with a file in its statement."""
    upload = SimpleUploadedFile("mail.txt", b"It was moved on Monday.")
    file = store_file(move, upload, actor=actor_for(agent))
    return edit_draft(move.pk, {"moved_evidence": file}, actor=actor_for(agent))


def statement(move: Move) -> list[object]:
    parties = Move.objects.get(pk=move.pk).parties
    return [
        getattr(parties, name) for name in STATEMENT_FIELDS if getattr(parties, name)
    ]


def review(client: Client, move: Move) -> Any:
    page = client.get(url(move, "nalezen/"))
    shown = page.context["page"]
    sent = {
        "seen": [warning.key for warning in shown.report.warnings],
        "version": shown.move.draft_version,
    }
    return client.post(url(move, "nalezen/"), sent)


# --- a proof of the same place counts again


@pytest.mark.parametrize("move_type", [T.RELINK_CONNECTION, T.CHANGE_CODE])
@pytest.mark.parametrize("ticket", ["", "SUP-7"])
def test_an_attested_request_that_came_back_is_submitted_again(
    ticket: str, move_type: MoveType, as_agent: Client, agent: User, lead: User
) -> None:
    stated = {**SAID, "moved_ticket": ticket}
    move = with_file(make_draft(agent, move_type, **stated), agent)
    submit(move, agent)
    send_back_move(move.pk, actor=actor_for(lead), question="Klopt dit?")

    sent = as_agent.post(url(move), {**as_sent(move, **no_statement()), "next": ""})
    filed = review(as_agent, move)

    assert sent.status_code == 302, errors_of(sent)
    assert filed["Location"] == url(move, "ingediend/")
    again = Move.objects.get(pk=move.pk)
    assert again.state == S.AWAITING_APPROVAL
    assert Proof.objects.filter(move=move).count() == 1


def no_statement() -> dict[str, None]:
    """The page shows the card of the proof, so it sends none of these."""
    return dict.fromkeys(("moved_said_by", "moved_on", "moved_ticket"))


def test_a_proof_that_lapsed_is_asked_again_where_it_can_be_filled_in(
    as_agent: Client, agent: User, settings: Settings
) -> None:
    move = submit(make_draft(agent, **SAID), agent)
    settings.PORTAL_ATTESTED_PROOF_DAYS = 0
    reopen_move(move.pk, actor=actor_for(agent))

    page = as_agent.get(url(move)).content.decode()
    answer = as_agent.post(url(move), as_sent(move, moved_said_by=""))

    assert 'id="id_moved_said_by"' in page
    assert errors_of(answer) == {"moved_said_by": "Vul in wie het zegt."}
    assert review(as_agent, move)["Location"] == url(move, "ingediend/")


# --- another place


def other_code(move: Move) -> dict[str, Any]:
    return {"to_code": "MVL55555"}


def other_administration(move: Move) -> dict[str, Any]:
    administration = move.administration
    assert administration is not None
    return {"administration": make_administration(administration.connection).public_id}


def other_connection(move: Move) -> dict[str, Any]:
    connection = make_connection(move.to_environment, package=move.package)
    return {"to_connection": connection.public_id}


@pytest.mark.parametrize("other", [other_code, other_administration, other_connection])
@pytest.mark.parametrize("page", ["", "controle/"])
def test_a_statement_does_not_go_along_to_another_place(
    page: str,
    other: Callable[[Move], dict[str, Any]],
    as_agent: Client,
    agent: User,
) -> None:
    kind = T.RELINK_CONNECTION_AND_CHANGE_CODE
    move = with_file(make_draft(agent, kind, **SAID), agent)
    submit(move, agent)
    reopen_move(move.pk, actor=actor_for(agent))

    as_agent.post(url(move, page), as_sent(move, **other(move)))

    assert statement(move) == []
    assert review(as_agent, move)["Location"] == url(move, "ingediend/")
    assert Move.objects.get(pk=move.pk).state == S.AWAITING_BOOKKEEPING


def test_what_is_stated_anew_with_the_new_place_is_kept(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, **SAID)

    as_agent.post(
        url(move),
        as_sent(move, to_code="MVL55555", moved_said_by="Iemand anders"),
    )

    assert statement(move) == ["Iemand anders"]


def test_another_spelling_of_the_code_is_the_same_place(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, to_code="mvl1", **SAID)

    as_agent.post(url(move), as_sent(move, to_code="MVL1"))

    assert len(statement(move)) == 3


def test_another_type_empties_the_statement_about_the_former_place(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.RELINK_CONNECTION_AND_CHANGE_CODE, **SAID)

    as_agent.post(url(move), as_sent(move, intent=T.RELINK_CONNECTION))

    assert statement(move) == []


def test_an_older_tab_does_not_bring_a_statement_back(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, **SAID)
    older = as_sent(move)
    as_agent.post(url(move), as_sent(move, to_code="MVL55555"))

    as_agent.post(url(move), {**older, "to_code": "MVL55555"})

    assert statement(move) == []


def test_the_database_empties_it_too(agent: User) -> None:
    move = make_draft(agent, **SAID)

    Move.objects.filter(pk=move.pk).update(to_code="MVL55555")

    assert statement(move) == []


def test_the_emptied_fields_are_told_and_shown_empty(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, **SAID)

    answer = as_agent.post(url(move, "controle/"), as_sent(move, to_code="MVL55555"))

    part = answer.content.decode()
    assert "ging over een andere plek" in part
    assert 'id="proof-part" hx-swap-oob="true"' in part
    assert 'value="SUP-7"' not in part


def test_the_card_of_a_proof_goes_with_its_place(
    as_agent: Client, agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    answer = as_agent.post(url(move, "controle/"), as_sent(move, to_code="MVL55555"))

    part = answer.content.decode()
    assert 'id="proof-part" hx-swap-oob="true"' in part
    assert 'id="id_moved_said_by"' in part


def test_reading_through_says_what_is_declared(as_agent: Client, agent: User) -> None:
    move = make_draft(agent, to_code="MVL55555", **SAID)

    page = as_agent.get(url(move, "nalezen/")).content.decode()

    assert f"Je verklaart dat MVL55555 actief is in {move.to_connection}" in page
