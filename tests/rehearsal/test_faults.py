"""Each fault does what it says, where it says, as often as it says."""

import http.client
import threading
import time

import pytest

from rehearsal.server import Rehearsal
from tests.rehearsal import exact, test_accountview, twinfield
from tests.rehearsal.client import Client

LOST = (http.client.HTTPException, OSError)


def test_a_fault_befalls_so_many_calls_and_no_other_organisation(
    client: Client,
) -> None:
    ours = exact.signed_in(client)["access_token"]
    theirs = exact.signed_in(client, "EXACT_ONLINE:NL:EX-B")["access_token"]
    client.control("fault", organisation="EX-A", fault="server_error", times=2)

    spared = exact.ask_divisions(client, theirs).status
    statuses = [exact.ask_divisions(client, ours).status for _ in range(3)]

    assert (spared, statuses) == (200, [503, 503, 200])


def test_a_fault_without_a_number_lasts_until_it_is_cleared(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="forget")
    forgotten = [exact.results(exact.ask_divisions(client, token)) for _ in range(3)]
    client.control("fault/clear", organisation="EX-A")

    assert forgotten == [[], [], []]
    assert len(exact.results(exact.ask_divisions(client, token))) == 1


def test_a_fault_befalls_the_endpoints_it_is_for(client: Client) -> None:
    client.control("fault", organisation="TWF-A", fault="server_error", kind="list")
    token = twinfield.signed_in(client)

    assert twinfield.ask_offices(client, token).status == 503


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        ({"fault": "html"}, 200, "<h1>Even geduld</h1>"),
        ({"fault": "html", "status": 503}, 503, "<h1>Even geduld</h1>"),
        ({"fault": "unauthorised_html"}, 401, "Object moved"),
        ({"fault": "unauthorised"}, 401, '"value": "Unauthorized"'),
        ({"fault": "forbidden"}, 403, '"value": "Forbidden"'),
        ({"fault": "server_error", "status": 500}, 500, '"value": "Error"'),
        ({"fault": "server_error", "status": 502}, 502, "<h1>502</h1>"),
        ({"fault": "doctype"}, 200, "<!DOCTYPE offices ["),
        ({"fault": "scope_violated"}, 403, "Application Scope Violated. Cannot read"),
    ],
)
def test_what_comes_instead_of_the_answer(
    client: Client, options: dict[str, object], status: int, words: str
) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", **options)

    reply = exact.ask_divisions(client, token)

    assert reply.status == status
    assert words in reply.text


def test_a_refusal_tells_its_reason_in_a_header(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control(
        "fault", organisation="EX-A", fault="forbidden", reason="DivisionBlocked"
    )

    assert exact.ask_divisions(client, token).headers["reason"] == "DivisionBlocked"


def test_too_many_says_when_to_come_back_as_the_package_does(client: Client) -> None:
    exacts = exact.signed_in(client)["access_token"]
    twinfields = twinfield.signed_in(client)
    client.control("fault", fault="too_many", after=7, times=2)

    in_milliseconds = exact.ask_divisions(client, exacts)
    in_seconds = twinfield.ask_offices(client, twinfields)

    assert (in_milliseconds.status, in_seconds.status) == (429, 429)
    reset = int(in_milliseconds.headers["x-ratelimit-minutely-reset"]) / 1000
    assert time.time() < reset <= time.time() + 7
    assert "retry-after" not in in_milliseconds.headers
    assert in_seconds.headers["retry-after"] == "7"


def test_too_many_can_keep_silent_about_when(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation="TWF-A", fault="too_many")

    assert "retry-after" not in twinfield.ask_offices(client, token).headers


def test_an_empty_answer_has_no_body(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="empty")

    reply = exact.ask_divisions(client, token)

    assert (reply.status, reply.text) == (200, "")
    assert reply.headers["content-length"] == "0"


def test_a_huge_answer_is_some_fifty_megabytes(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="huge")

    assert len(exact.ask_divisions(client, token).text) > 50_000_000


@pytest.mark.parametrize("fault", ["cut", "no_refresh"])
def test_an_answer_can_be_lost(client: Client, fault: str) -> None:
    tokens = exact.signed_in(client)
    client.control("clock", ahead=600)
    client.control("fault", organisation="EX-A", fault=fault, times=1)

    with pytest.raises(LOST):
        exact.renew(client, tokens["refresh_token"])

    again = exact.renew(client, tokens["refresh_token"])
    assert again.json["error"] == "unauthorized_client"


def test_an_answer_can_hang_until_the_other_side_gives_up(
    client: Client, rehearsal: Rehearsal
) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="hang")
    ended: list[str] = []

    def ask() -> None:
        try:
            exact.ask_divisions(client, token)
        except LOST:
            ended.append("cut")

    thread = threading.Thread(target=ask)
    thread.start()
    while not [row for row in client.log() if row["fault"] == "hang"]:
        time.sleep(0.01)
    [hanging] = [row for row in client.log() if row["fault"] == "hang"]
    before = list(ended)
    rehearsal.stop()
    thread.join()

    assert (before, hanging["end"]) == ([], None)
    assert ended == ["cut"]


def test_a_slow_answer_is_under_way_for_that_long(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="slow", seconds=0.3)

    assert exact.ask_divisions(client, token).status == 200
    [row] = [row for row in client.log() if row["kind"] == "list"]
    assert row["end"] - row["start"] >= 0.3


def test_whoever_follows_a_redirect_is_written_down(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="redirect")

    reply = exact.ask_divisions(client, token)
    client.call(reply.headers["location"], token="given-away")
    client.call(reply.headers["location"])

    assert reply.status == 302
    taken = [row for row in client.log() if row["host"] == "evil.example"]
    assert [row["authorised"] for row in taken] == [True, False]


def test_the_next_page_can_be_elsewhere(client: Client) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation="EX-A", fault="next_elsewhere")

    following = exact.ask_divisions(client, token).json["d"]["__next"]

    assert following.startswith("https://evil.example/")


def test_a_list_can_tell_what_is_not_there(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation="TWF-A", fault="lie", code="X9", times=1)
    client.control("fault", organisation="TWF-A", fault="lie", name="Ander", times=1)
    client.control("fault", organisation="TWF-A", fault="dup", code="NL200")

    lies, others, doubled = (
        twinfield.offices_in(twinfield.ask_offices(client, token)) for _ in range(3)
    )

    assert lies[-1][0] == "X9"
    assert others == [("001", "Ander"), ("NL200", "Ander")]
    assert [code for code, _name in doubled] == ["001", "NL200", "NL200"]


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"fault": "soap_fault", "code": 358}, 500, 358),
        ({"fault": "soap_fault", "code": 103}, 401, 103),
        ({"fault": "wrong_cluster"}, 500, 108),
        ({"fault": "unauthorised"}, 401, 354),
        ({"fault": "forbidden"}, 403, 102),
    ],
)
def test_twinfield_refuses_in_its_own_shape(
    client: Client, options: dict[str, object], status: int, code: int
) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation="TWF-A", **options)

    reply = twinfield.ask_offices(client, token)

    assert (reply.status, twinfield.fault_code(reply)) == (status, code)


def test_a_business_error_comes_in_an_answer_that_looks_right(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation="TWF-A", fault="business_error")

    reply = twinfield.ask_offices(client, token)

    assert reply.status == 200
    assert twinfield.inner(reply).get("result") == "0"
    assert twinfield.inner(reply).get("msgtype") == "error"


def test_accountview_hides_an_error_in_an_answer_that_looks_right(
    client: Client,
) -> None:
    token = test_accountview.tokens(client)["access_token"]
    client.control("fault", organisation="AV-A", fault="error_in_200")

    reply = client.call(f"{test_accountview.API}/Companies", token=token)

    assert reply.status == 200
    assert reply.json["ErrorType"] == "AccountViewError"
