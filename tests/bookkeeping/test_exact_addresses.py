"""Where Exact Online is asked: its own sites and lists, and nowhere else."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.exact import HOSTS, ExactOnline, gather
from adminmoves.bookkeeping.exact_answers import SYSTEM, ExactPage, read_page
from adminmoves.bookkeeping.gateway import check
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package, Verdict
from tests.bookkeeping.exact_rows import division, listed
from tests.bookkeeping.world import Consented, Packages

V = Verdict
FIRST = "https://start.exactonline.nl/api/v1/1234567/system/Divisions?$select=Code"


def pages_of(*following: str) -> tuple[list[str], Any]:
    """The addresses asked, and what answers them: one row a page."""
    addresses: list[str] = []

    def turn(address: str) -> ExactPage:
        addresses.append(address)
        number = len(addresses)
        [row] = read_page(listed(division(Hid=number)), SYSTEM).rows
        left = following[number - 1 :]
        return ExactPage((row,), left[0] if left else "")

    return addresses, turn


def test_the_pages_are_followed_to_the_last() -> None:
    following = [f"{FIRST}&$skiptoken={page}" for page in range(2)]
    addresses, turn = pages_of(*following)
    assert [row.code for row in gather(FIRST, turn)] == ["1", "2", "3"]
    assert addresses == [FIRST, *following]


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example/api/v1/1234567/system/Divisions",
        "http://start.exactonline.nl/api/v1/1234567/system/Divisions?$skiptoken=1",
        "https://start.exactonline.be/api/v1/1234567/system/Divisions?$skiptoken=1",
        "https://start.exactonline.nl:444/api/v1/1234567/system/Divisions",
        "https://start.exactonline.nl@evil.example/api/v1/1234567/system/Divisions",
        "https://start.exactonline.nl/api/v1/1234567/crm/Accounts",
        "https://start.exactonline.nl/api/v1/7654321/system/Divisions",
        "https://[start.exactonline.nl/api/v1/1234567/system/Divisions",
        "/api/v1/1234567/system/Divisions?$skiptoken=1",
        f"{FIRST}&$skiptoken=1\r\nX-Other: 1",
        f"{FIRST}&$skiptoken={'1' * 6000}",
    ],
)
def test_a_next_page_elsewhere_is_not_asked(following: str) -> None:
    addresses, turn = pages_of(following)
    with pytest.raises(NoAnswer, match="strange_next"):
        gather(FIRST, turn)
    assert addresses == [FIRST]


def test_a_page_that_leads_back_ends_the_list_without_an_answer() -> None:
    second = f"{FIRST}&$skiptoken=1"
    addresses, turn = pages_of(second, FIRST)
    with pytest.raises(NoAnswer, match="page_repeated"):
        gather(FIRST, turn)
    assert addresses == [FIRST, second]


def test_a_page_that_comes_again_is_no_end_of_the_list() -> None:
    [row] = read_page(listed(division()), SYSTEM).rows
    pages = iter((ExactPage((row,), f"{FIRST}&$skiptoken=1"), ExactPage((row,))))
    with pytest.raises(NoAnswer, match="page_repeated"):
        gather(FIRST, lambda _address: next(pages))


def test_a_list_without_an_end_is_given_up() -> None:
    addresses, turn = pages_of(*(f"{FIRST}&$skiptoken={page}" for page in range(500)))
    with pytest.raises(NoAnswer, match="too_many_pages"):
        gather(FIRST, turn)
    assert len(addresses) == 100


# --- the addresses ---------------------------------------------------------------


def connected(country: str) -> BookkeepingConnection:
    return BookkeepingConnection(package=Package.EXACT_ONLINE, country=country)


@pytest.mark.parametrize(
    ("country", "host"),
    [("", "exactonline.nl"), ("nl", "exactonline.nl"), ("UK", "exactonline.co.uk")],
)
def test_each_country_is_a_site_of_its_own(country: str, host: str) -> None:
    way = ExactOnline().oauth(connected(country))
    assert way.authorize == f"https://start.{host}/api/oauth2/auth"
    assert way.token == f"https://start.{host}/api/oauth2/token"


@pytest.mark.django_db
@pytest.mark.parametrize("country", HOSTS)
def test_each_country_can_be_rehearsed(
    country: str, packages: Packages, consented: Consented
) -> None:
    connection = packages.establish(
        Package.EXACT_ONLINE, "KANTOOR-ELDERS", country=country
    )
    packages.add(connection, "411")
    consented(connection)

    assert check(connection, "411", "KANTOOR-ELDERS").verdict == V.FOUND_ACTIVE
    assert {call["host"] for call in packages.calls(connection)} == {HOSTS[country]}


def test_a_country_without_a_site_cannot_be_asked() -> None:
    with pytest.raises(NoAnswer, match="country") as caught:
        ExactOnline().oauth(connected("XX"))
    assert caught.value.verdict == V.CONFIG_ERROR


@pytest.mark.parametrize(
    ("method", "address", "open_"),
    [
        ("GET", FIRST, True),
        ("GET", "https://start.exactonline.nl/api/v1/current/Me", True),
        ("POST", "https://start.exactonline.nl/api/oauth2/token", True),
        ("DELETE", FIRST, False),
        ("PUT", FIRST, False),
        ("POST", FIRST, False),
        ("GET", "https://start.exactonline.nl/api/v1/1/system/Divisions(1)", False),
        ("GET", "https://start.exactonline.nl/api/v1/1/crm/Accounts", False),
        ("GET", "https://startxexactonline.nl/api/v1/current/Me", False),
        ("GET", "https://start.exactonline.be/api/v1/current/Me", False),
    ],
)
def test_nothing_else_is_asked_of_it(method: str, address: str, open_: bool) -> None:
    endpoints = ExactOnline().endpoints(connected("NL"))
    where = urlsplit(address)
    assert any(endpoint.admits(method, where) for endpoint in endpoints) is open_


STARTS = st.sampled_from(["", "https://start.exactonline.nl", FIRST])


@given(following=st.builds(str.__add__, STARTS, st.text()))
def test_the_token_goes_to_this_list_alone(following: str) -> None:
    addresses, turn = pages_of(following)
    with suppress(NoAnswer):
        gather(FIRST, turn)
    for address in addresses:
        assert address.startswith(FIRST.partition("?")[0])
