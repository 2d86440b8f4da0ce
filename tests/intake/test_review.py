"""Reading through and submitting: the server checks again, warnings are ticked."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import strip_tags

from adminmoves.models import Administration, Move
from adminmoves.rules.preflight import inspect
from adminmoves.vocabulary import MoveState, MoveType, Verdict
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    submit,
    warnings_of,
)
from tests.cast import MakeMove
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
S = MoveState


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


def send(client: Client, move: Move, **more: Any) -> Any:
    sent = {"seen": sorted(warnings_of(move)), "version": version_of(move), **more}
    return client.post(url(move, "nalezen/"), sent)


def version_of(move: Move) -> int:
    return int(Move.objects.get(pk=move.pk).draft_version)


@pytest.mark.parametrize("move_type", MoveType)
def test_each_type_is_submitted(
    move_type: MoveType, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, move_type)

    read = as_agent.get(url(move, "nalezen/"))
    answer = send(as_agent, move)
    after = as_agent.get(answer["Location"])

    assert read.status_code == 200
    assert answer["Location"] == url(move, "ingediend/")
    assert f"{move.number} is ingediend" in strip_tags(after.content.decode())
    assert state_of(move) == S.AWAITING_BOOKKEEPING


def test_a_warning_that_was_not_ticked_holds_it_up(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, client_informed=False)

    page = as_agent.post(url(move, "nalezen/"), {"version": version_of(move)})

    assert errors_of(page) == {
        "__all__": '<a href="#seen">Vink aan dat je dit hebt gezien: '
        "De klant weet het nog niet.</a>"
    }
    assert state_of(move) == S.DRAFT


def test_a_check_that_changed_meanwhile_is_told_with_a_link(
    as_agent: Client, agent: User, a_move: MakeMove
) -> None:
    move = make_draft(agent)
    rival = a_move(S.AWAITING_BOOKKEEPING, administration=move.administration)

    page = send(as_agent, move)

    assert errors_of(page) == {
        "__all__": (
            f'<a href="{url(move)}#id_administration">Er loopt al een migratie van '
            f"deze administratie. Rond {rival.number} eerst af, of trek die in.</a>"
        )
    }
    assert state_of(move) == S.DRAFT


def test_a_name_cannot_bring_markup_into_an_error(
    as_agent: Client, agent: User, a_move: MakeMove
) -> None:
    holder = a_move(S.COMPLETED)
    Administration.objects.filter(moves=holder).update(name="<b>Vet</b>")
    taken = Administration.objects.get(moves=holder)
    move = make_draft(
        agent,
        MoveType.RELINK_CONNECTION_AND_CHANGE_CODE,
        to_environment=taken.environment,
        to_connection=taken.connection,
        to_code=taken.code,
    )

    page = as_agent.get(url(move, "nalezen/")).content.decode()

    assert "<b>Vet</b>" not in page


SAID: dict[str, Any] = {
    "moved_said_by": "Supergebruiker Noord",
    "moved_on": date(2026, 11, 20),
    "moved_ticket": "SUP-7",
}


def test_what_was_said_already_becomes_the_proof(as_agent: Client, agent: User) -> None:
    move = make_draft(agent, **SAID)

    send(as_agent, move)

    saved = Move.objects.get(pk=move.pk)
    assert saved.state == S.AWAITING_APPROVAL
    assert saved.proof is not None
    assert (saved.proof.verdict, saved.proof.attested_by) == (Verdict.ATTESTED, agent)
    assert saved.proof.words.said_by == "Supergebruiker Noord"
    assert [event.code for event in saved.events.order_by("id")][-3:] == [
        "MOVE_SUBMITTED",
        "PROOF_ATTESTED",
        "MOVE_PROVED",
    ]


def test_what_was_said_does_not_stand_in_for_a_package_that_is_to_be_asked(
    as_agent: Client, agent: User
) -> None:
    connection = make_connection(demand="API")
    move = make_draft(
        agent,
        MoveType.MOVE_ENVIRONMENT,
        to_environment=connection.environment,
        to_connection=connection,
        **SAID,
    )

    send(as_agent, move)

    assert state_of(move) == S.AWAITING_BOOKKEEPING
    assert not move.proofs.exists()


def test_a_reopened_request_with_another_code_is_judged_by_what_it_is_now(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, MoveType.RELINK_CONNECTION)
    submit(move, agent)
    as_agent.post(f"/migraties/{move.number}/heropenen/")
    wanted = MoveType.RELINK_CONNECTION_AND_CHANGE_CODE
    as_agent.post(url(move), as_sent(move, intent=wanted))

    saved = Move.objects.get(pk=move.pk)
    codes = {result.code for result in inspect(saved).results}

    assert (saved.state, saved.move_type) == (S.DRAFT, "")
    assert "code_given" in codes


def test_a_colleagues_draft_is_not_submitted(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = send(as_agent, move)

    assert answer["Location"] == url(move)
    assert state_of(move) == S.DRAFT


def test_an_auditor_submits_nothing(client: Client, auditor: User, agent: User) -> None:
    move = make_draft(agent)
    client.force_login(auditor)

    assert send(client, move).status_code == 403
    assert state_of(move) == S.DRAFT


def test_a_second_submit_changes_nothing(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)
    send(as_agent, move)
    events = move.events.count()

    answer = send(as_agent, Move.objects.get(pk=move.pk))

    assert answer["Location"] == url(move, "ingediend/")
    assert move.events.count() == events


def test_the_submitted_page_says_who_can_approve_and_who_cannot(
    as_agent: Client, agent: User, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    page = as_agent.get(url(move, "ingediend/"))

    eyes = page.context["eyes"]
    assert (eyes.approvers, eyes.contributors) == ((lead.username,), (agent.username,))
    assert f"/aanvraag/?na={move.number}" in page.content.decode()


def test_another_spelling_of_the_code_is_shown_as_no_change(
    as_agent: Client, agent: User
) -> None:
    administration = make_administration(code="mvl1")
    move = make_draft(agent, MoveType.CHANGE_CODE, administration, to_code="MVL1")

    page = as_agent.get(url(move, "nalezen/")).content.decode()

    assert '<del class="mono">' not in page
