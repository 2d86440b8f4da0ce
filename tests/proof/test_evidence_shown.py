"""What people read of an answer: on the page of the move, and where it is approved."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.bookkeeping.why import Why
from adminmoves.evidence import ask_package
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.trouble import why_of
from adminmoves.vocabulary import Package, Verdict
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.packages import ChosenAnswers

pytestmark = pytest.mark.django_db
FOUND = Evidence(
    Verdict.FOUND_ACTIVE,
    code="2001",
    name="Slagerij Elders",
    kvk_number="87654321",
    external_id="id-4711",
    seen_as="SYNC01",
    observed_environment="LIC-9",
    endpoint="offices",
    request_id="vraag-12",
    list_size=130,
    raw_status={"old_place": "still_shown"},
)
TOLD = ("2001", "id-4711", "SYNC01", "LIC-9", "offices", "vraag-12", "130", "87654321")


def waiting(agent: User, package: Package = Package.UNIT4) -> Move:
    link = make_connection(package=package, demand=BookkeepingConnection.Demand.API)
    return submit(
        make_draft(
            agent, administration=make_administration(link, kvk_number="12345678")
        ),
        agent,
    )


def page_of(client: Client, move: Move) -> str:
    return client.get(f"/migraties/{move.number}/").content.decode()


def test_who_approves_sees_all_that_the_package_told(
    client: Client, agent: User, lead: User, package: ChosenAnswers
) -> None:
    move = waiting(agent)
    package.answers = [FOUND]
    ask_package(move.pk)
    client.force_login(lead)

    queue = client.get(f"/akkoord/?m={move.number}").content.decode()
    page = page_of(client, move)

    assert [told for told in TOLD if told not in queue] == []
    assert [told for told in TOLD if told not in page] == []
    assert "Nog zichtbaar in de oude omgeving." in queue
    assert "Het pakket laat een andere naam en een ander KvK-nummer zien" in queue


@pytest.mark.parametrize(
    ("package_name", "advice"),
    [
        (Package.TWINFIELD, "Laat het kantoor gebruiker SYNC01 toegang geven"),
        (Package.EXACT_ONLINE, "vink de administratie aan op de pagina van Exact"),
        (Package.UNIT4, "toevoegen aan de groepen van SYNC01"),
        (Package.ACCOUNTVIEW, "Sommige kantoren maken elk jaar een nieuwe code."),
    ],
)
def test_what_is_not_found_comes_with_what_helps_in_that_package(
    package_name: Package,
    advice: str,
    client: Client,
    agent: User,
    package: ChosenAnswers,
) -> None:
    move = waiting(agent, package_name)
    package.answers = [Evidence(Verdict.NOT_FOUND_OR_NO_ACCESS, seen_as="SYNC01")]
    ask_package(move.pk)
    client.force_login(agent)

    assert advice in page_of(client, move)


@pytest.mark.parametrize(
    ("told", "head", "advice"),
    [
        (
            "shown",
            "De administratie is er, maar onze gebruiker mag die niet zien",
            "Laat het kantoor SYNC01 rechten geven op de administratie.",
        ),
        (
            "absent",
            "Niet gevonden, of geen toegang",
            "of de administratie al naar deze licentie is verplaatst.",
        ),
    ],
)
def test_what_exact_has_out_of_sight_is_told_apart_from_what_it_has_not(
    told: str,
    head: str,
    advice: str,
    client: Client,
    agent: User,
    package: ChosenAnswers,
) -> None:
    move = waiting(agent, Package.EXACT_ONLINE)
    answer = Evidence(
        Verdict.NOT_FOUND_OR_NO_ACCESS,
        seen_as="SYNC01",
        raw_status={"all_divisions": told},
    )
    package.answers = [answer]
    ask_package(move.pk)
    client.force_login(agent)

    page = page_of(client, move)

    assert head in page
    assert advice in page
    assert "Wij kunnen dat verschil niet zien" not in page


@pytest.mark.parametrize(
    ("verdict", "reason", "words"),
    [
        (Verdict.FOUND_NOT_USABLE, "archived", "De administratie is daar gearchiveerd"),
        (Verdict.UNAVAILABLE, "timeout", "Het antwoord kwam niet op tijd."),
        (Verdict.UNAVAILABLE, "server_fault", "Het pakket heeft zelf een storing."),
        (Verdict.UNAVAILABLE, "not_json", "niet de vorm die het pakket beschrijft"),
        (Verdict.AUTH_REQUIRED, "no_consent", "Er is nog geen toestemming gegeven"),
    ],
)
def test_the_reason_is_told_in_words(
    verdict: Verdict,
    reason: str,
    words: str,
    client: Client,
    agent: User,
    package: ChosenAnswers,
) -> None:
    move = waiting(agent)
    package.answers = [Evidence(verdict, raw_status={"reason": reason})]
    ask_package(move.pk)
    client.force_login(agent)

    assert words in page_of(client, move)


def test_a_reason_of_former_days_says_nothing_at_all() -> None:
    assert why_of("something_old") == ""


@pytest.mark.parametrize("why", list(Why))
def test_each_reason_that_there_can_be_has_words_in_both_languages(why: Why) -> None:
    told = []
    for language in ("nl", "en"):
        with translation.override(language):
            told.append(why_of(why))

    dutch, english = told
    assert english.endswith(".")
    assert dutch.endswith(".")
    assert dutch != english


def test_what_only_the_old_place_shows_was_not_moved_yet(
    client: Client, agent: User, package: ChosenAnswers
) -> None:
    move = waiting(agent)
    still = {"old_place": "still_shown"}
    package.answers = [Evidence(Verdict.NOT_FOUND_OR_NO_ACCESS, raw_status=still)]
    ask_package(move.pk)
    client.force_login(agent)

    page = page_of(client, move)

    assert "Nog zichtbaar in de oude omgeving, dus waarschijnlijk nog niet" in page
    assert "gekopieerd" not in page
