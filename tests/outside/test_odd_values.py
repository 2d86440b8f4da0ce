"""What is odd in an address, a query or a form finds nothing, and says so."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import DataError
from django.test import Client

from adminmoves.models import Administration, Move
from adminmoves.overview.search import views
from adminmoves.vocabulary import MoveState
from tests.builders import make_environment
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
LARGE = 2**31
NINES = "9" * 5000
HARMLESS = ("-1", "M-2026-99999999999999999999")
"""It could be an id, and who asks may not see files."""


@pytest.fixture
def everybody(
    agent: User, lead: User, auditor: User, administrator: User
) -> list[Client]:
    clients = []
    for person in (agent, lead, auditor, administrator):
        clients.append(Client())
        clients[-1].force_login(person)
    return clients


@pytest.mark.parametrize("code", ["VKN1", "nergens", "vkn", "%00", "VKN100%00"])
def test_an_office_that_nobody_has_finds_nothing(
    code: str, everybody: list[Client], a_move: MakeMove
) -> None:
    make_environment(office_code="VKN100")
    a_move(MoveState.APPROVED)

    for client in everybody:
        for query in (f"?kantoor={code}", f"?kantoor={code}&status=alle&q=x"):
            assert client.get(f"/{query}").status_code in {200, 302}


@pytest.mark.parametrize(
    "path",
    [
        "/administraties/{}/",
        "/koppelingen/{}/",
        "/koppelingen/{}/verbinden/",
        "/bewijs/{}/",
        "/migraties/{}/",
        "/migraties/{}/voortgang/",
        "/aanvraag/{}/",
        "/beheer/auth/user/{}/password/",
        "/beheer/adminmoves/packageprofile/{}/change/",
    ],
)
@pytest.mark.parametrize(
    "part",
    ["\0", "a\0b", "M-2026-" + NINES, "M-2026-99999999999999999999", "x" * 3000, "-1"],
)
def test_an_odd_part_of_an_address_is_no_page(
    path: str, part: str, client: Client, administrator: User
) -> None:
    client.force_login(administrator)

    answer = client.get(path.format(quote(part, safe="")), follow=True)

    # The administration leads to its list, and says there that it does not exist.
    assert answer.status_code in {200, 403, 404}
    assert answer.status_code == 404 or "/beheer/" in path or part in HARMLESS


@pytest.mark.parametrize("name", ["documents", "documents_unprocessed"])
def test_a_count_that_no_column_holds_is_told_at_its_field(
    name: str, client: Client, agent: User, a_move: MakeMove
) -> None:
    move = a_move(MoveState.AWAITING_BOOKKEEPING)
    client.force_login(agent)
    counts = {"documents": LARGE - 1, "documents_unprocessed": 0}
    sent = {**counts, "documents_awaiting_authorisation": 0, "ticket": "SUP-1"}

    page = client.post(f"/migraties/{move.number}/tellen/", {**sent, name: LARGE})

    assert name in page.context["form"].errors
    assert str(LARGE) in page.content.decode()
    assert Administration.objects.get().documents == 12


@pytest.mark.parametrize(
    "number",
    [f"M-2026-{NINES}", "M-2026-9223372036854775808", "\0", "M-2026-\0", "", "1"],
)
def test_approving_what_is_no_request_is_not_found(
    number: str, client: Client, lead: User
) -> None:
    client.force_login(lead)

    assert client.post("/akkoord/samen/", {"move": number}).status_code == 404


@pytest.mark.parametrize(
    "name", ["a" * 256, "a" * 50_000, "a\0b", "\0", "\N{DOG FACE}" * 200]
)
def test_a_name_that_nobody_can_have_is_a_failed_log_in(
    name: str, client: Client
) -> None:
    answer = client.post("/inloggen/", {"username": name, "password": "x"})

    assert answer.status_code == 200
    assert answer.context["form"].errors


@pytest.mark.parametrize(
    "address", ["", "unix:", "geen adres", "1.2.3.4\0", "fe80::1%eth0"]
)
def test_who_comes_from_no_address_can_fail_to_log_in(
    address: str, client: Client
) -> None:
    sent = {"username": "wie", "password": "x"}

    assert client.post("/inloggen/", sent, REMOTE_ADDR=address).status_code == 200


def test_what_cannot_be_read_is_refused_in_words(client: Client) -> None:
    answer = client.get("/inloggen/?" + "&".join(f"a{n}=1" for n in range(1200)))

    assert answer.status_code == 400
    assert "Dit verzoek is niet te lezen" in answer.content.decode()


def test_progress_since_an_odd_number_is_told_from_the_start(
    client: Client, agent: User, a_move: MakeMove
) -> None:
    move: Move = a_move(MoveState.COMPLETED)
    client.force_login(agent)

    for since in (NINES, "9223372036854775808", "-1", "\0", "\u0661"):
        answer = client.get(f"/migraties/{move.number}/voortgang/", {"na": since})
        assert answer.status_code == 200


def test_a_value_that_no_column_holds_is_refused_and_an_error_of_the_log(
    client: Client,
    agent: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def too_long(_text: str) -> None:
        raise DataError("value too long")

    monkeypatch.setattr(views, "find", too_long)
    client.force_login(agent)

    answer = client.get("/zoeken/", {"q": "x"})

    assert answer.status_code == 400
    assert "Dit verzoek is niet te lezen" in answer.content.decode()
    assert "A value came as far as the database." in caplog.messages
