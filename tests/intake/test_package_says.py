"""What the package says beside the form: live, stored nowhere, in nobody's way."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping.answers import ListedAdministration, Listing
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.bookkeeping.list_cache import cache_list
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionGrant,
    Move,
    Proof,
)
from adminmoves.vocabulary import Package, Verdict
from tests.builders import make_administration, make_connection, make_draft
from tests.cast import Answering
from tests.packages import ChosenAnswers

pytestmark = pytest.mark.django_db
FORM = Path("templates/intake/ask_package.html")


@pytest.fixture
def draft(agent: User) -> Move:
    connection = make_connection(
        package=Package.TWINFIELD, demand=BookkeepingConnection.Demand.API
    )
    administration = make_administration(
        connection, name="Bakkerij Voorbeeld", kvk_number="12345678"
    )
    return make_draft(agent, administration=administration, to_code="NIEUW")


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def panel(client: Client, move: Move) -> str:
    return client.get(f"/aanvraag/{move.number}/pakket/").content.decode()


def test_what_was_found_is_told_with_who_saw_it_and_is_not_stored(
    as_agent: Client, draft: Move, package: ChosenAnswers
) -> None:
    seen_at = timezone.now()
    package.answers = [
        Evidence(
            Verdict.FOUND_ACTIVE,
            name="Bakkerij Voorbeeld B.V.",
            seen_as="SYNC01",
            checked_at=seen_at,
        )
    ]

    page = panel(as_agent, draft)

    time = f"{timezone.localtime(seen_at):%H:%M}"
    sentence = f"Gevonden: Bakkerij Voorbeeld B.V., actief, gezien om {time} als SYNC01"
    assert sentence in page
    assert "andere naam" not in page
    assert not Proof.objects.exists()


def test_another_name_or_kvk_number_is_a_warning(
    as_agent: Client, draft: Move, package: ChosenAnswers
) -> None:
    package.answers = [
        Evidence(Verdict.FOUND_ACTIVE, name="Slagerij Elders", kvk_number="87654321")
    ]

    page = panel(as_agent, draft)

    assert "Daar Slagerij Elders, hier Bakkerij Voorbeeld." in page
    assert "Daar 87654321, hier 12345678." in page


def test_trouble_is_told_as_trouble(
    as_agent: Client, draft: Move, package: ChosenAnswers
) -> None:
    package.answers = [Evidence(Verdict.UNAVAILABLE, raw_status={"reason": "timeout"})]

    page = panel(as_agent, draft)

    assert "Het antwoord kwam niet op tijd." in page
    assert "Gevonden" not in page


def test_nobody_waits_for_a_package_that_is_being_asked(
    as_agent: Client, draft: Move, answering: Answering
) -> None:
    class Busy:
        def check(self, *_asked: object, seconds: float, **_how: object) -> Evidence:
            assert seconds <= 8
            raise ConnectionBusy(timezone.now() + timedelta(minutes=1))

    answering(Busy())

    assert "wordt op dit moment bevraagd" in panel(as_agent, draft)


def test_what_is_not_asked_shows_no_panel(
    as_agent: Client, draft: Move, package: ChosenAnswers
) -> None:
    BookkeepingConnection.objects.filter(pk=draft.wanted.connection_id).update(
        demand=BookkeepingConnection.Demand.ATTESTATION
    )

    assert panel(as_agent, draft).strip() == ""
    assert package.asked == []


def test_a_colleague_asks_nothing_with_somebody_elses_draft(
    client: Client, draft: Move, lead: User, package: ChosenAnswers
) -> None:
    client.force_login(lead)

    answer = client.get(f"/aanvraag/{draft.number}/pakket/")
    part = client.get(
        f"/aanvraag/{draft.number}/pakket/", headers={"HX-Request": "true"}
    )

    assert answer["Location"] == f"/aanvraag/{draft.number}/"
    # Followed by htmx, it would put a whole page into the panel of one.
    assert part.status_code == 204
    assert package.asked == []


def test_the_address_of_the_panel_holds_no_answers() -> None:
    """What is typed would stand in logs otherwise."""
    asks = [line for line in FORM.read_text().splitlines() if "package_says" in line]

    assert len(asks) == 1
    assert asks[0].count('hx-params="none"') == 1


def test_the_checks_are_answered_without_asking_the_package(
    as_agent: Client, draft: Move, package: ChosenAnswers
) -> None:
    assert draft.administration is not None
    sent = {
        "administration": draft.administration.public_id,
        "to_code": "N2",
        "version": draft.draft_version,
    }

    answer = as_agent.post(f"/aanvraag/{draft.number}/controle/", sent)

    assert answer["HX-Trigger-After-Settle"] == "checked"
    assert package.asked == []


@pytest.fixture
def connection(draft: Move, agent: User, settings: Settings) -> BookkeepingConnection:
    """The connection of the draft, as one that can be asked."""
    settings.PORTAL_CLIENTS = {"TWINFIELD": ("id", "secret")}
    connection = draft.to_connection
    assert connection is not None
    ConnectionGrant.objects.create(
        connection=connection,
        access_until=timezone.now() + timedelta(hours=1),
        refreshed_at=timezone.now(),
        consented_by=agent,
    )
    return connection


def test_while_a_package_is_being_asked_its_kept_list_answers(
    as_agent: Client,
    draft: Move,
    connection: BookkeepingConnection,
    answering: Answering,
) -> None:
    class Busy:
        def check(self, *_asked: object, **_how: object) -> Evidence:
            raise ConnectionBusy(timezone.now() + timedelta(minutes=1))

    answering(Busy())
    cache_list(
        connection,
        Listing((ListedAdministration("NIEUW", name="Bakkerij Voorbeeld"),), "offices"),
    )

    html = panel(as_agent, draft)

    assert f"Gevonden in {connection}" in html
    assert "wordt op dit moment bevraagd" not in html


def test_the_review_shows_the_kept_list_and_asks_nothing(
    as_agent: Client,
    draft: Move,
    connection: BookkeepingConnection,
    package: ChosenAnswers,
) -> None:
    review = f"/aanvraag/{draft.number}/nalezen/"

    before = as_agent.get(review).content.decode()
    cache_list(
        connection,
        Listing((ListedAdministration("NIEUW", name="Bakkerij Voorbeeld"),), "offices"),
    )
    after = as_agent.get(review).content.decode()

    assert "Gevonden: Bakkerij Voorbeeld, actief" not in before
    assert "Gevonden: Bakkerij Voorbeeld, actief" in after
    assert package.asked == []
