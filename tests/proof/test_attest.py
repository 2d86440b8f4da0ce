"""Attesting that it was moved in the package, and asking the package itself."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.evidence.texts.proofs import verdict_text
from adminmoves.evidence.texts.verdicts import MEANINGS, NOT_RECOGNISED
from adminmoves.models import BookkeepingConnection, Contributor, Move, Parties, Proof
from adminmoves.templatetags.portal import icon
from adminmoves.vocabulary import MoveState, MoveType, Package, Part, Verdict
from tests.builders import as_read, make_connection
from tests.cast import MakeMove
from tests.intake.pages import errors_of, messages_in

pytestmark = pytest.mark.django_db
S = MoveState
ANSWERS = {
    "said_by": "Supergebruiker Noord",
    "moved_on": "2026-11-20",
    "ticket": "SUP-1003",
}
REASON = {**ANSWERS, "reason": "Het pakket heeft een bekende storing."}


def page_of(move: Move, page: str = "verklaring/") -> str:
    return f"/migraties/{move.number}/{page}"


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def asked_by_api(a_move: MakeMove) -> Move:
    """A waiting move to a connection that wants an answer of the package."""
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    return a_move(
        S.AWAITING_BOOKKEEPING,
        move_type=MoveType.MOVE_ENVIRONMENT,
        to_environment=connection.environment,
        to_connection=connection,
    )


def test_an_agent_attests_and_it_goes_on_to_approval(
    as_agent: Client, agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    answer = as_agent.post(page_of(move), as_read(move, **ANSWERS))

    stored = Move.objects.get(pk=move.pk)
    assert answer["Location"] == page_of(move, "")
    assert messages_in(answer) == ["De verklaring is vastgelegd."]
    assert stored.state == S.AWAITING_APPROVAL
    assert stored.proof is not None
    assert (stored.proof.attested_by, stored.proof.words.said_by) == (
        agent,
        "Supergebruiker Noord",
    )


def test_a_file_will_do_in_place_of_a_ticket(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    file = SimpleUploadedFile("brief.pdf", b"%PDF-1.7")

    as_agent.post(
        page_of(move), {**as_read(move, **ANSWERS), "ticket": "", "file": file}
    )

    stored = Move.objects.get(pk=move.pk)
    assert stored.proof is not None
    assert stored.proof.evidence is not None
    assert stored.proof.evidence.name == "brief.pdf"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"said_by": ""}, {"said_by": "Vul in wie het zegt."}),
        (
            {"moved_on": ""},
            {"moved_on": "Vul in sinds wanneer de administratie daar staat."},
        ),
        ({"moved_on": "2099-01-01"}, {"moved_on": "Kies vandaag of een dag ervoor."}),
        (
            {"ticket": ""},
            {"ticket": "Vul een ticketnummer in, of voeg een bestand toe."},
        ),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_stored(
    changes: dict[str, str], errors: dict[str, Any], as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    page = as_agent.post(page_of(move), {**as_read(move, **ANSWERS), **changes})

    assert errors_of(page) == errors
    assert state_of(move) == S.AWAITING_BOOKKEEPING
    assert not Proof.objects.exists()


def test_a_lead_attests_in_place_of_the_package_with_a_reason(
    client: Client, lead: User, asked_by_api: Move
) -> None:
    client.force_login(lead)

    without = client.post(page_of(asked_by_api), as_read(asked_by_api, **ANSWERS))
    answer = client.post(page_of(asked_by_api), as_read(asked_by_api, **REASON))

    assert errors_of(without) == {
        "reason": "Geef de reden waarom je niet op het pakket zelf wacht."
    }
    assert answer.status_code == 302
    stored = Move.objects.get(pk=asked_by_api.pk)
    assert stored.proof is not None
    assert stored.proof.overrules_package
    assert stored.proof.words.reason == REASON["reason"]
    assert Contributor.objects.filter(
        move=stored, user=lead, part=Part.ATTESTED
    ).exists()


def test_the_page_starts_with_what_the_request_says_and_without_errors(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    Parties.objects.filter(move=move).update(moved_said_by="Supergebruiker Noord")

    page = as_agent.get(page_of(move))

    assert errors_of(page) == {}
    assert 'value="Supergebruiker Noord"' in page.content.decode()


def test_before_a_lead_attests_the_page_says_who_can_still_approve(
    client: Client, lead: User, other_lead: User, asked_by_api: Move
) -> None:
    client.force_login(lead)

    page = client.get(page_of(asked_by_api))

    assert page.context["approvers"] == (other_lead.username,)
    assert "Akkoord kunnen nu nog geven:" in page.content.decode()


def test_the_page_warns_where_nobody_would_be_left(
    client: Client, lead: User, asked_by_api: Move
) -> None:
    client.force_login(lead)

    page = client.get(page_of(asked_by_api)).content.decode()

    assert "Daarna is er niemand meer die akkoord kan geven." in page


def test_an_agent_does_not_overrule_the_package(
    as_agent: Client, asked_by_api: Move
) -> None:
    shown = as_agent.get(page_of(asked_by_api))
    answer = as_agent.post(page_of(asked_by_api), as_read(asked_by_api, **REASON))

    assert (shown.status_code, answer.status_code) == (403, 403)
    assert "Een teamleider kan je helpen." in answer.content.decode()
    assert state_of(asked_by_api) == S.AWAITING_BOOKKEEPING


@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_who_only_reads_attests_nothing(
    who: str, client: Client, a_move: MakeMove, request: Any
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    client.force_login(request.getfixturevalue(who))

    assert client.post(page_of(move), as_read(move, **ANSWERS)).status_code == 403
    assert client.post(page_of(move, "vraag-pakket/")).status_code == 403
    assert not Proof.objects.exists()


@pytest.mark.parametrize("state", [S.DRAFT, S.AWAITING_APPROVAL, S.APPROVED])
def test_what_does_not_wait_takes_no_attestation(
    state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)
    proofs = Proof.objects.count()

    answer = as_agent.post(page_of(move), as_read(move, **ANSWERS))

    assert answer.status_code == 409
    assert "Deze aanvraag wacht niet op het boekhoudpakket." in answer.content.decode()
    assert (state_of(move), Proof.objects.count()) == (state, proofs)


# --- asking the package


class FakePackage:
    """Gives the answer that the test wants."""

    def __init__(self, answer: Evidence) -> None:
        self.answer = answer

    def check(self, *_asked: object, **_how: object) -> Evidence:
        return self.answer


def test_a_package_that_cannot_be_asked_yet_says_so(
    as_agent: Client, asked_by_api: Move
) -> None:
    answer = as_agent.post(page_of(asked_by_api, "vraag-pakket/"))

    assert messages_in(answer) == ["Het antwoord is: de koppeling is niet ingesteld."]
    assert state_of(asked_by_api) == S.AWAITING_BOOKKEEPING
    page = as_agent.get(page_of(asked_by_api, "")).content.decode()
    assert "kunnen we nog niet bevragen" in page


def test_a_package_that_shows_it_lets_the_request_go_on(
    as_agent: Client, asked_by_api: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = FakePackage(Evidence(Verdict.FOUND_ACTIVE, code=asked_by_api.to_code))
    monkeypatch.setattr(gateway, "check", found.check)

    answer = as_agent.post(page_of(asked_by_api, "vraag-pakket/"))

    assert messages_in(answer) == [
        "Het pakket laat de administratie zien. De aanvraag gaat verder."
    ]
    assert state_of(asked_by_api) == S.AWAITING_APPROVAL


def test_what_wants_an_attestation_is_not_asked(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    answer = as_agent.post(page_of(move, "vraag-pakket/"))

    assert messages_in(answer) == ["Deze koppeling bevragen wij niet."]
    assert not Proof.objects.exists()


def test_asking_is_never_a_link(as_agent: Client, a_move: MakeMove) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    assert as_agent.get(page_of(move, "vraag-pakket/")).status_code == 405


# --- the words


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("counts", [True, False])
def test_every_answer_has_its_words_and_its_picture(
    verdict: Verdict, counts: bool
) -> None:
    connection = BookkeepingConnection(
        package=Package.UNIT4, package_environment="LIC-1"
    )
    proof = Proof(
        verdict=verdict,
        counts=counts,
        connection=connection,
        code="MVL00124",
        observed_environment="LIC-2",
    )

    answer = verdict_text(proof)

    meaning = MEANINGS[verdict] if counts else NOT_RECOGNISED
    assert answer.look == meaning.look
    assert [
        line % {"connection": connection, "code": "MVL00124", "seen": "LIC-2"}
        for line in map(str, meaning.todo)
    ] == list(answer.todo[: len(meaning.todo)])
    assert not any("%(" in text for text in (answer.head, answer.says, *answer.todo))
    assert icon(answer.look.icon).startswith("<svg")
