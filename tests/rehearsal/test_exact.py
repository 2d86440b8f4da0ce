"""Exact Online as its documentation has it: rotation, rest, divisions, limits."""

import time

import pytest

from rehearsal.server import Rehearsal
from tests.rehearsal.client import BACK, Client
from tests.rehearsal.exact import (
    BASE,
    ask_divisions,
    ask_token,
    authorize,
    renew,
    results,
    signed_in,
)


def test_the_lifetime_comes_as_text(client: Client) -> None:
    assert signed_in(client)["expires_in"] == "600"


def test_a_refresh_token_is_replaced_at_each_use(
    client: Client, rehearsal: Rehearsal
) -> None:
    first = signed_in(client)["refresh_token"]
    rehearsal.world.ahead += 570
    second = renew(client, first).json["refresh_token"]
    rehearsal.world.ahead += 570

    spent = renew(client, first)

    assert second != first
    assert (spent.status, spent.json["error"]) == (401, "unauthorized_client")
    assert renew(client, second).status == 200


def test_no_new_token_within_570_seconds(client: Client, rehearsal: Rehearsal) -> None:
    refresh = signed_in(client)["refresh_token"]
    rehearsal.world.ahead += 565

    early = renew(client, refresh)
    rehearsal.world.ahead += 6
    in_time = renew(client, refresh)

    assert early.status == 400
    assert early.json == {
        "error": "access_denied",
        "error_description": "Rate limit exceeded: access_token not expired",
    }
    assert early.headers["reason"].startswith("TooEarlyToRefreshTokens")
    assert in_time.status == 200


def test_a_division_is_told_with_its_licence(client: Client) -> None:
    token = signed_in(client)["access_token"]

    [row] = results(ask_divisions(client, token))

    assert row["Code"] == 1200411
    assert row["Hid"] == "411"
    assert row["Description"] == "Garage Voorbeeld"
    assert (row["Status"], row["BlockingStatus"]) == (1, 0)
    assert row["CustomerCode"] == "EX-A".rjust(18)
    assert row["ChamberOfCommerceNumber"] == "90000002"


def test_the_status_means_something_else_in_hrm(client: Client) -> None:
    token = signed_in(client)["access_token"]
    active = results(ask_divisions(client, token, "hrm/Divisions"))
    client.control("set", organisation="EX-A", code="00411", status="archived")

    archived = results(ask_divisions(client, token, "hrm/Divisions"))
    system = results(ask_divisions(client, token))

    assert (active[0]["HID"], active[0]["Status"]) == ("411", 0)
    assert (archived[0]["Status"], system[0]["Status"]) == (1, 2)


def test_what_the_user_may_not_open_is_still_of_the_licence(client: Client) -> None:
    token = signed_in(client)["access_token"]
    client.control("set", organisation="EX-A", code="00411", visible=False)

    assert results(ask_divisions(client, token)) == []
    assert len(results(ask_divisions(client, token, "system/AllDivisions"))) == 1


def test_a_list_can_be_filtered_by_the_visible_number(client: Client) -> None:
    token = signed_in(client)["access_token"]
    client.control("add", organisation="EX-A", code="412")

    found = results(ask_divisions(client, token, wanted="Hid eq 412"))

    assert [row["Hid"] for row in found] == ["412"]
    assert ask_divisions(client, token, wanted="Name eq 'x'").status == 400


def test_a_list_comes_in_pages_of_sixty(client: Client) -> None:
    token = signed_in(client)["access_token"]
    for number in range(500, 600):
        client.control("add", organisation="EX-A", code=str(number))

    first = ask_divisions(client, token)
    second = client.call(first.json["d"]["__next"], token=token)

    assert len(results(first)) == 60
    assert len(results(second)) == 41
    assert "__next" not in second.json["d"]
    hids = {row["Hid"] for row in results(first) + results(second)}
    assert hids == {"411", *map(str, range(500, 600))}


def test_only_the_asked_fields_are_told(client: Client) -> None:
    token = signed_in(client)["access_token"]

    reply = client.call(
        f"{BASE}/api/v1/1/system/Divisions?$select=Code,Hid", token=token
    )

    assert set(results(reply)[0]) == {"__metadata", "Code", "Hid"}


def test_me_tells_the_licence_and_the_division(client: Client) -> None:
    token = signed_in(client)["access_token"]

    [row] = results(client.call(f"{BASE}/api/v1/current/Me", token=token))

    assert row["CurrentDivision"] == 1200411
    assert row["DivisionCustomerCode"].strip() == "EX-A"


@pytest.mark.slow
def test_the_sixty_first_call_in_a_minute_waits_until_a_moment(client: Client) -> None:
    token = signed_in(client)["access_token"]
    replies = [ask_divisions(client, token) for _ in range(61)]

    assert [reply.status for reply in replies] == [200] * 60 + [429]
    assert replies[0].headers["x-ratelimit-minutely-remaining"] == "59"
    assert replies[0].headers["x-ratelimit-remaining"] == "4999"
    refused = replies[-1].headers
    assert "retry-after" not in refused
    assert "x-ratelimit-limit" not in refused
    moment = int(refused["x-ratelimit-minutely-reset"]) / 1000
    assert time.time() < moment <= time.time() + 60


def test_each_country_is_a_site_of_its_own(client: Client) -> None:
    token = signed_in(client)["access_token"]
    belgian = BASE.replace(".nl", ".be")
    code = client.consent(authorize(belgian), "EXACT_ONLINE:BE:EX-B")["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    theirs = ask_token(client, belgian, **form).json["access_token"]

    abroad = client.call(f"{belgian}/api/v1/current/Me", token=token)
    at_home = client.call(f"{belgian}/api/v1/current/Me", token=theirs)

    assert abroad.status == 401
    assert results(at_home)[0]["DivisionCustomerCode"].strip() == "EX-B"


def test_an_unknown_token_is_refused_in_its_shape(client: Client) -> None:
    reply = ask_divisions(client, "unknown")

    assert reply.status == 401
    assert reply.json["error"]["message"]["value"] == "Unauthorized"


def test_a_hand_over_keeps_the_division_and_changes_the_licence(
    client: Client,
) -> None:
    old = signed_in(client)["access_token"]
    new = signed_in(client, "EXACT_ONLINE:NL:EX-B")["access_token"]
    where = {"administration": "00411", "from": "EX-A", "to": "EXACT_ONLINE:NL:EX-B"}
    client.control("move", code="77", keep_access=True, **where)

    [row] = results(ask_divisions(client, new))

    assert (row["Code"], row["Hid"]) == (1200411, "77")
    assert row["CustomerCode"].strip() == "EX-B"
    assert results(ask_divisions(client, old)) == [row]
    assert results(ask_divisions(client, old, "hrm/Divisions")) == []
