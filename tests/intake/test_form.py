"""The form of a draft: everything is kept, everything that is wrong is told."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.detail.comparison import place_now, place_wanted
from adminmoves.evidence.records import Attestation
from adminmoves.intake.draft.actions import reopen_move
from adminmoves.intake.draft.statement import attestation_of
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, MoveType, Package
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    submit,
)
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
T = MoveType


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.mark.parametrize("move_type", MoveType)
def test_a_whole_form_of_each_type_goes_on_to_reading_through(
    move_type: MoveType, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, move_type)

    answer = as_agent.post(url(move), {**as_sent(move), "next": ""})

    assert answer.status_code == 302, errors_of(answer)
    assert answer["Location"] == url(move, "nalezen/")


FIELDS = {
    T.MOVE_ENVIRONMENT: {"to_environment", "to_connection", "consent_name"},
    T.CHANGE_CODE: {"to_code"},
    T.RELINK_CONNECTION: {"to_connection"},
    T.MOVE_ENVIRONMENT_AND_CHANGE_CODE: {
        "to_environment",
        "to_connection",
        "to_code",
        "consent_name",
    },
    T.RELINK_CONNECTION_AND_CHANGE_CODE: {"to_connection", "to_code"},
}


@pytest.mark.parametrize("move_type", MoveType)
def test_a_type_asks_only_for_what_it_needs(
    move_type: MoveType, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, move_type)

    page = as_agent.get(url(move))

    place_fields = {"to_environment", "to_connection", "to_code", "consent_name"}
    shown = {field.name for field in page.context["form"]}
    assert shown & place_fields == FIELDS[move_type]


@pytest.mark.parametrize("move_type", MoveType)
def test_each_field_of_the_form_stands_on_its_page(
    move_type: MoveType, as_agent: Client, agent: User
) -> None:
    """A field that a template forgets is empty for ever, and nobody sees why."""
    page = as_agent.get(url(make_draft(agent, move_type)))

    named = set(re.findall(r' name="(\w+)"', page.content.decode()))
    # A file is left out where one was stored.
    asked = {field.html_name for field in page.context["form"]} - {"drop_file"}
    assert asked - named == set()


def test_an_empty_form_says_what_is_missing_and_is_kept(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT_AND_CHANGE_CODE)

    whole = as_sent(move)
    only = {name: whole[name] for name in ("administration", "version")}

    page = as_agent.post(url(move), only)

    assert errors_of(page) == {
        "to_environment": "Kies het kantoor dat de administratie ontvangt.",
        "to_connection": "Kies eerst de nieuwe koppeling.",
        "to_code": ("Vul de code in precies zoals die nu in het boekhoudpakket staat."),
        "requester_name": (
            "Vul in welke Supergebruiker van het huidige kantoor dit vraagt."
        ),
        "requester_email": "Vul het e-mailadres in van wie dit vraagt.",
        "requester_ticket": "Vul het nummer van het ticket in.",
        "consent_name": ("Vul in welke Supergebruiker van het nieuwe kantoor instemt."),
        "consent_email": "Vul het e-mailadres in van wie instemt.",
        "consent_on": "Vul in op welke dag de instemming is gegeven.",
        "consent_ticket": "Vul het nummer van het ticket in.",
        "consent_accepts_costs": (
            "Bevestig dat het nieuwe kantoor de voorwaarden en de kosten accepteert."
        ),
    }


PROOF = re.compile(r'<div id="proof-part">.*?</section>', re.DOTALL)


def test_without_a_script_all_can_be_stated_and_filed_at_once(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    sent = as_sent(move, version=None, soort=T.CHANGE_CODE)
    stated = {"moved_said_by": "Bas", "moved_on": "2026-11-20", "moved_ticket": "SUP-7"}

    page = as_agent.get("/aanvraag/begin/?soort=CHANGE_CODE").content.decode()
    answer = as_agent.post("/aanvraag/begin/", {**sent, **stated})

    shown = PROOF.findall(page)[0].partition("<noscript>")[2].partition("</noscript>")
    assert all(f'name="{name}"' in shown[0] for name in (*stated, "moved_file"))
    assert answer["Location"].endswith("/nalezen/"), errors_of(answer)
    filed = Move.objects.latest("pk")
    assert attestation_of(filed) == Attestation("Bas", date(2026, 11, 20), "SUP-7")


def test_the_fields_of_a_proof_say_when_they_are_needed(
    as_agent: Client, agent: User
) -> None:
    page = as_agent.get(url(make_draft(agent))).content.decode()

    proof = PROOF.findall(page)[0]
    assert proof.count("nodig zodra het is verplaatst") == 2
    assert proof.count("een van beide is nodig") == 2
    assert "niet verplicht" not in proof


def test_a_connection_of_another_package_is_told_at_the_field(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)
    other = make_connection(move.to_environment, package=Package.TWINFIELD)

    page = as_agent.post(url(move), as_sent(move, to_connection=other.public_id))

    assert errors_of(page) == {
        "to_connection": (
            "Het boekhoudpakket zou veranderen. Van Unit4 Multivers naar Twinfield "
            "kan niet. Van de ene licentie of organisatie van Unit4 Multivers naar de "
            "andere wel. Kies een koppeling van Unit4 Multivers."
        )
    }
    assert Move.objects.get(pk=move.pk).to_connection is None


def test_a_connection_of_another_office_is_told_at_the_field(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.RELINK_CONNECTION)
    elsewhere = make_connection()

    page = as_agent.post(url(move), as_sent(move, to_connection=elsewhere.public_id))

    office = move.to_environment
    assert errors_of(page) == {
        "to_connection": (
            f"Die koppeling is van een ander kantoor. {elsewhere} hoort niet bij "
            f"{office}. Kies er een die daar wel bij hoort."
        )
    }


def test_a_code_with_a_space_is_refused_and_what_was_typed_stays(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    page = as_agent.post(url(move), as_sent(move, to_code="20 41", note="Graag snel."))

    assert errors_of(page) == {"to_code": "Laat spaties weg. Een code heeft er geen."}
    assert 'value="20 41"' in page.content.decode()
    saved = Move.objects.get(pk=move.pk)
    assert (saved.to_code, saved.parties.note) == (move.to_code, "Graag snel.")


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("  nl2041 ", "nl2041"),
        ("NL\u201320\u221241", "NL-20-41"),
        ("\u200bNL2041\ufeff", "NL2041"),
        ("0042", "0042"),
    ],
)
def test_a_code_is_put_right_quietly_and_never_gets_other_capitals(
    typed: str, saved: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    as_agent.post(url(move), as_sent(move, to_code=typed))

    assert Move.objects.get(pk=move.pk).to_code == saved


def test_an_error_is_on_top_with_a_link_and_in_the_title(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, requester_email="super@noord.example")

    page = as_agent.post(url(move), as_sent(move, requester_email="geen adres"))
    html = page.content.decode()

    assert "<title>Fout: Administratiecode wijzigen" in html
    assert 'href="#id_requester_email"' in html
    assert 'value="geen adres"' in html


def test_answers_of_another_type_offer_that_type_and_come_along(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.RELINK_CONNECTION_AND_CHANGE_CODE)
    same = move.administration.code  # type: ignore[union-attr] # the draft has one

    page = as_agent.post(url(move), as_sent(move, to_code=same))
    switch = f'name="intent" value="{T.RELINK_CONNECTION}"'
    offered = switch in page.content.decode()
    as_agent.post(url(move), as_sent(move, to_code=same, intent=T.RELINK_CONNECTION))

    saved = Move.objects.get(pk=move.pk)
    assert offered
    assert (saved.intent, saved.to_connection) == (
        T.RELINK_CONNECTION,
        move.to_connection,
    )
    assert saved.parties.requester_name == move.parties.requester_name


def test_switching_to_a_type_with_a_code_asks_for_the_code(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)

    as_agent.post(url(move), as_sent(move, intent=T.MOVE_ENVIRONMENT_AND_CHANGE_CODE))

    saved = Move.objects.get(pk=move.pk)
    assert (saved.intent, saved.to_code) == (T.MOVE_ENVIRONMENT_AND_CHANGE_CODE, "")
    assert saved.to_connection == move.to_connection


def test_saving_keeps_a_half_filled_draft(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)

    answer = as_agent.post(
        url(move), as_sent(move, to_code="", requester_name="Iemand", save="")
    )

    assert answer["Location"] == "/aanvraag/"
    saved = Move.objects.get(pk=move.pk)
    assert (saved.state, saved.to_code) == (MoveState.DRAFT, "")
    assert saved.parties.requester_name == "Iemand"


def test_a_moment_of_ones_own_lies_ahead(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)

    past = as_agent.post(
        url(move), as_sent(move, when="own", own_moment="2020-01-01T10:00")
    )
    none = as_agent.post(url(move), as_sent(move, when="own"))
    soon = timezone.localtime().replace(second=0, microsecond=0) + timedelta(days=30)
    ahead = as_agent.post(
        url(move), as_sent(move, when="own", own_moment=f"{soon:%Y-%m-%dT%H:%M}")
    )

    assert errors_of(past) == {"own_moment": "Kies een moment dat nog komt."}
    assert errors_of(none) == {"own_moment": "Kies de dag en de tijd."}
    assert ahead.status_code == 302
    assert Move.objects.get(pk=move.pk).not_before == soon


def test_a_reopened_request_for_another_administration_shows_where_that_is(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    submit(move, agent)
    reopen_move(move.pk, actor=actor_for(agent))
    other = make_administration(code="ANDERE1")

    as_agent.post(url(move), as_sent(move, administration=other.public_id))

    saved = Move.objects.get(pk=move.pk)
    assert place_now(saved).code == "ANDERE1"
    assert place_wanted(saved).address == other.environment.address_for(move.to_code)


def test_a_missing_e_mail_address_is_asked_at_its_own_field(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, T.MOVE_ENVIRONMENT)

    page = as_agent.post(url(move), as_sent(move, requester_email="", consent_email=""))

    assert sorted(errors_of(page)) == ["consent_email", "requester_email"]


def test_documents_that_wait_are_told_where_they_can_be_counted_again(
    as_agent: Client, agent: User
) -> None:
    administration = make_administration(documents_awaiting_authorisation=3)
    move = make_draft(agent, T.MOVE_ENVIRONMENT, administration)

    page = as_agent.post(url(move), as_sent(move))

    assert errors_of(page) == {
        "administration": (
            "Documenten die op autorisatie wachten: 3. Laat ze autoriseren of "
            "intrekken en tel daarna opnieuw."
        )
    }
    assert f"/migraties/{move.number}/tellen/" in page.content.decode()


def test_without_an_administration_only_that_is_asked(
    as_agent: Client, agent: User
) -> None:
    page = as_agent.post("/aanvraag/begin/", {"soort": T.CHANGE_CODE, "to_code": "NL1"})

    assert errors_of(page) == {"administration": "Kies de administratie."}
    assert Move.objects.get().to_code == "NL1"
