"""What follows from another answer is not asked, and what cannot be is told at once."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType, Package
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    warnings_of,
)
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
T = MoveType
FAR = T.MOVE_ENVIRONMENT_AND_CHANGE_CODE


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def saved(move: Move) -> Move:
    return Move.objects.get(pk=move.pk)


def live(client: Client, move: Move, **answers: Any) -> str:
    answer = client.post(url(move, "controle/"), as_sent(move, **answers))
    return str(answer.content.decode())


# --- what follows


def test_the_only_connection_that_fits_is_filled_in(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, FAR)
    office = make_environment()
    only = make_connection(office)
    make_connection(office, is_active=False)
    make_connection(office, package=Package.TWINFIELD)

    part = live(as_agent, move, to_environment=office.public_id, to_connection=None)

    assert saved(move).to_connection == only
    assert f'value="{only.public_id}" selected' in part


def test_what_is_not_active_is_marked_before_it_is_chosen(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, FAR)
    closed, office = make_environment(is_active=False), make_environment()
    only = make_connection(office, is_active=False)

    page = as_agent.get(url(move)).content.decode()
    part = live(as_agent, move, to_environment=office.public_id, to_connection=None)

    assert f"{closed.office_code} — {closed.name} (niet actief)" in page
    assert f"Laat {only} eerst actief maken, of kies een andere." in part


def test_of_two_connections_none_is_chosen(as_agent: Client, agent: User) -> None:
    move = make_draft(agent, FAR)
    office = make_environment()
    make_connection(office), make_connection(office)

    live(as_agent, move, to_environment=office.public_id, to_connection=None)

    assert saved(move).to_connection is None


def test_one_ticket_serves_for_all_and_the_consent_is_of_today(
    as_agent: Client, agent: User
) -> None:
    page = as_agent.get("/aanvraag/begin/", {"soort": FAR})
    blank = page.context["page"].move

    as_agent.post(
        "/aanvraag/begin/",
        {"soort": FAR, **as_sent(blank), "requester_ticket": "SUP-9", "save": ""},
    )

    parties = Move.objects.get().parties
    assert (parties.consent_ticket, parties.consent_on) == (
        "SUP-9",
        timezone.localdate(),
    )
    assert parties.moved_ticket == ""


def test_a_ticket_of_ones_own_stays(as_agent: Client, agent: User) -> None:
    move = make_draft(agent, FAR)

    as_agent.post(url(move), as_sent(move, requester_ticket="SUP-9"))

    assert saved(move).parties.consent_ticket == move.parties.consent_ticket


def test_the_ticket_is_that_of_the_proof_once_something_is_stated(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    as_agent.post(
        url(move),
        as_sent(move, moved_said_by="Kantoorhoofd", moved_on="2026-11-20"),
    )

    assert saved(move).parties.moved_ticket == move.parties.requester_ticket


STATED: dict[str, Any] = {
    "moved_said_by": "Kantoorhoofd",
    "moved_on": date(2026, 11, 20),
}


@pytest.mark.parametrize("name", ["consent_ticket", "moved_ticket"])
def test_a_ticket_that_was_emptied_stays_empty(
    name: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, FAR, **STATED, moved_ticket="SUP-7")

    as_agent.post(url(move), {**as_sent(move), name: "", "save": ""})
    as_agent.post(url(move), {**as_sent(move), name: "", "save": ""})

    assert getattr(saved(move).parties, name) == ""


def test_what_a_script_left_empty_is_not_filled_in(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    as_agent.post(url(move), {**as_sent(move, **STATED), "followed": "1"})

    assert saved(move).parties.moved_ticket == ""


@pytest.mark.parametrize("who", ["requester", "consent"])
def test_a_name_with_its_address_fills_both(
    who: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, FAR)
    pasted = {f"{who}_name": "Anja Bos <anja@noord.example>", f"{who}_email": ""}

    as_agent.post(url(move), as_sent(move, **pasted))

    parties = saved(move).parties
    assert getattr(parties, f"{who}_name") == "Anja Bos"
    assert getattr(parties, f"{who}_email") == "anja@noord.example"


@pytest.mark.parametrize("ticked", [True, False])
def test_that_the_client_knows_is_said_beside_submitting(
    ticked: bool, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, client_informed=not ticked)
    sent = {
        "seen": sorted(warnings_of(move)),
        "version": move.draft_version,
        "asks_informed": "1",
        **({"client_informed": "on"} if ticked else {}),
    }

    answer = as_agent.post(url(move, "nalezen/"), sent)

    filed = saved(move)
    assert (filed.state == MoveState.DRAFT) is not ticked
    assert (answer.status_code == 302) is ticked


# --- what cannot be


@pytest.mark.parametrize("package", [Package.UNIT4, Package.TWINFIELD])
def test_an_office_without_the_package_is_refused_at_once(
    package: Package, as_agent: Client, agent: User
) -> None:
    administration = make_administration(make_connection(package=package))
    move = make_draft(agent, FAR, administration)
    office = make_environment(name="Kantoor De Linde V.O.F.")
    other = {Package.UNIT4: Package.TWINFIELD, Package.TWINFIELD: Package.UNIT4}
    make_connection(office, package=other[package])
    label = Package(package).label

    part = live(as_agent, move, to_environment=office.public_id, to_connection=None)
    page = as_agent.post(url(move), as_sent(move))

    assert f"{office} heeft geen {label}" in part
    assert "Vraag een beheerder om daar eerst" in part
    assert '<select name="to_connection"' not in part
    assert f"heeft geen {label}." in errors_of(page)["to_environment"]
    assert "to_connection" not in errors_of(page)


@pytest.mark.parametrize("kind", [T.MOVE_ENVIRONMENT, T.RELINK_CONNECTION])
def test_where_no_connection_can_be_chosen_nothing_asks_to_choose_one(
    kind: MoveType, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, kind)
    administration = make_administration()
    office = make_environment()
    to_office = (
        {"to_environment": office.public_id} if kind != T.RELINK_CONNECTION else {}
    )
    alone = {
        "administration": administration.public_id,
        "to_connection": None,
        **to_office,
    }

    part = live(as_agent, move, **alone)
    page = as_agent.post(url(move), as_sent(move))
    review = as_agent.get(url(move, "nalezen/"))

    (error,) = errors_of(page).values()
    assert "heeft geen" in error
    for html in (part, page.content.decode(), review.content.decode()):
        assert "Kies eerst de nieuwe koppeling" not in html
        assert "Kies eerst koppeling en code" not in html


def test_an_office_with_no_other_connection_is_told(
    as_agent: Client, agent: User
) -> None:
    administration = make_administration()
    begun = {"soort": T.RELINK_CONNECTION, "administratie": administration.public_id}

    page = as_agent.get("/aanvraag/begin/", begun).content.decode()

    assert "heeft geen andere koppeling van" in page


# --- all at once


def test_everything_that_is_missing_is_told_at_once_and_in_the_order_of_the_page(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, FAR)
    empty = {
        name: None
        for name in as_sent(move)
        if name.startswith(("requester", "consent"))
    }

    page = as_agent.post(url(move), as_sent(move, **empty))

    html = page.content.decode()
    positions = [html.index(f'<a href="#id_{name}">') for name in GROUPS]
    assert list(errors_of(page)) == GROUPS
    assert positions == sorted(positions)
    assert "Naam van de aanvrager:" in html
    assert "Naam van wie instemt:" in html


GROUPS = [
    "requester_name",
    "requester_email",
    "requester_ticket",
    "consent_name",
    "consent_email",
    "consent_on",
    "consent_ticket",
    "consent_accepts_costs",
]


def test_a_name_that_ends_in_a_point_ends_its_sentence_with_one(
    as_agent: Client, agent: User
) -> None:
    office = make_environment(name="Kantoor De Linde V.O.F.")
    here = make_administration(make_connection(office))
    holder = make_administration(here.connection, name="Bakkerij Bos V.O.F.")
    move = make_draft(agent, T.CHANGE_CODE, here, to_code=holder.code)

    page = as_agent.get(url(move)).content.decode()

    assert "V.O.F." in page
    assert "V.O.F.." not in page
