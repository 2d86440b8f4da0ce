"""Twinfield as its documentation has it: consent, tokens, the list of offices."""

import pytest

from rehearsal.server import Rehearsal
from tests.rehearsal import twinfield
from tests.rehearsal.client import BACK, Client, brought_back
from tests.rehearsal.twinfield import (
    CLUSTER,
    CONNECT,
    ask_offices,
    ask_token,
    authorize,
    fault_code,
    inner,
    offices_in,
    process,
    redeem,
    signed_in,
)

ORGANISATION = "TWINFIELD:TWF-A"


def test_a_consent_leads_back_with_a_code_and_the_state(client: Client) -> None:
    returned = client.consent(authorize(), ORGANISATION)

    assert set(returned) == {"code", "state"}
    assert returned["state"] == "st4te"


def test_a_code_gives_tokens_once(client: Client) -> None:
    code = client.consent(authorize(), ORGANISATION)["code"]

    first, second = redeem(client, code), redeem(client, code)

    assert first.status == 200
    assert set(first.json) == {
        "access_token",
        "expires_in",
        "token_type",
        "refresh_token",
    }
    assert first.json["expires_in"] == 3600
    assert (second.status, second.json["error"]) == (400, "invalid_grant")


def test_a_code_is_worth_nothing_after_three_minutes(
    client: Client, rehearsal: Rehearsal
) -> None:
    code = client.consent(authorize(), ORGANISATION)["code"]
    rehearsal.world.ahead += 181

    assert redeem(client, code).json["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_way_back(client: Client) -> None:
    code = client.consent(authorize(), ORGANISATION)["code"]

    assert redeem(client, code, f"{BACK}/other").json["error"] == "invalid_grant"


def test_a_wrong_secret_is_refused(client: Client) -> None:
    reply = ask_token(client, "wrong", grant_type="refresh_token", refresh_token="x")

    assert (reply.status, reply.json["error"]) == (401, "invalid_client")


def test_a_refresh_token_stays_the_same(client: Client) -> None:
    code = client.consent(authorize(), ORGANISATION)["code"]
    refresh = redeem(client, code).json["refresh_token"]

    renewed = ask_token(client, grant_type="refresh_token", refresh_token=refresh).json
    again = ask_token(client, grant_type="refresh_token", refresh_token=refresh)

    assert renewed["refresh_token"] == refresh
    assert again.status == 200


def test_without_offline_access_there_is_no_refresh_token(client: Client) -> None:
    address = authorize(scope="openid twf.organisation twf.organisationUser")
    code = client.consent(address, ORGANISATION)["code"]

    assert "refresh_token" not in redeem(client, code).json


def test_the_validation_tells_organisation_and_cluster(client: Client) -> None:
    token = signed_in(client)

    claims = client.call(f"{CONNECT}/accesstokenvalidation?token={token}").json

    assert claims["twf.organisationCode"] == "TWF-A"
    assert claims["twf.organisationUserCode"] == "SYNC01"
    assert claims["twf.clusterUrl"] == CLUSTER
    assert claims["exp"] - claims["nbf"] == 3600
    assert {"aud", "iss", "client_id", "scope", "sub", "twf.organisationId"} <= {
        *claims
    }


def test_without_the_scope_for_it_no_cluster_is_named(client: Client) -> None:
    address = authorize(scope="openid twf.organisationUser")
    token = redeem(client, client.consent(address, ORGANISATION)["code"]).json

    claims = client.call(
        f"{CONNECT}/accesstokenvalidation?token={token['access_token']}"
    ).json

    assert "twf.clusterUrl" not in claims


def test_an_unknown_token_is_not_validated(client: Client) -> None:
    reply = client.call(f"{CONNECT}/accesstokenvalidation?token=x")

    assert reply.status == 400


def test_the_list_tells_each_office_by_code_and_name(client: Client) -> None:
    reply = ask_offices(client, signed_in(client))

    assert reply.status == 200
    assert inner(reply).get("result") == "1"
    assert offices_in(reply) == [
        ("001", "Bakkerij & Zn. Voorbeeld"),
        ("NL200", "Slagerij Voorbeeld"),
    ]


def test_what_was_left_out_at_consent_is_not_told(client: Client) -> None:
    code = client.consent(authorize(), ORGANISATION, left_out=["t2"])["code"]
    token = redeem(client, code).json["access_token"]

    assert offices_in(ask_offices(client, token)) == [
        ("001", "Bakkerij & Zn. Voorbeeld")
    ]


def test_no_access_to_any_office_is_a_fault(client: Client) -> None:
    reply = ask_offices(client, signed_in(client, "TWINFIELD:TWF-B"))

    assert (reply.status, fault_code(reply)) == (500, 109)


def test_a_token_that_ended_is_a_fault(client: Client, rehearsal: Rehearsal) -> None:
    token = signed_in(client)
    rehearsal.world.ahead += 3601

    reply = ask_offices(client, token)

    assert (reply.status, fault_code(reply)) == (401, 354)


def test_another_cluster_is_a_fault(client: Client) -> None:
    token = signed_in(client)

    reply = process(
        client,
        token,
        "<list><type>offices</type></list>",
        "https://accounting9.twinfield.com",
    )

    assert (reply.status, fault_code(reply)) == (500, 108)


def test_one_office_is_read_by_its_code_twice(client: Client) -> None:
    token = signed_in(client)
    template = "<read><type>office</type><office>{}</office><code>001</code></read>"

    office = inner(process(client, token, template.format("001")))
    refused = inner(process(client, token, template.format("NL200")))

    assert office.findtext("code") == "001"
    assert office.findtext("general/cocnumber") == "90000001"
    assert (refused.get("result"), refused.get("msgtype")) == ("0", "error")


def test_the_twenty_sixth_call_in_a_minute_is_refused(client: Client) -> None:
    token = signed_in(client)
    replies = [ask_offices(client, token) for _ in range(26)]

    assert [reply.status for reply in replies] == [200] * 25 + [429]
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 60
    assert replies[-1].headers["x-ratelimit-limit"] == "25"
    assert replies[-1].headers["x-ratelimit-remaining"] == "0"


def test_a_person_can_refuse(client: Client) -> None:
    address = authorize().removeprefix("https:/")

    reply = client.page(address, {"decision": "refuse"})

    assert brought_back(reply) == {"error": "access_denied", "state": "st4te"}


@pytest.mark.parametrize(
    "other",
    [
        {"nonce": ""},
        {"client_id": "unknown"},
        {"response_type": "token"},
        {"redirect_uri": "https://evil.example/back"},
    ],
)
def test_a_request_that_is_not_right_leads_nowhere(
    client: Client, other: dict[str, str]
) -> None:
    reply = client.page(
        authorize(**other).removeprefix("https:/"),
        {"organisation": ORGANISATION, "decision": "allow"},
    )

    assert reply.status == 400
    assert "location" not in reply.headers


def test_the_page_preselects_whom_it_was_asked_for(client: Client) -> None:
    address = authorize(login_hint="twf-b").removeprefix("https:/")

    page = client.page(address)

    assert '<option value="TWINFIELD:TWF-B" selected>' in page.text
    assert "Exact" not in page.text
    assert twinfield.CLUSTER not in page.text
