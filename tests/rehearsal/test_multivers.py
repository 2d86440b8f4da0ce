"""Multivers as its guides have it: administrations, databases, messages."""

from urllib.parse import urlencode

import pytest

from tests.rehearsal.client import BACK, CLIENT, SECRET, Client, Reply

BASE = "https://multivers.voorbeeld.example/api"
SCOPE = "http://UNIT4.Multivers.API/Web/WebApi/*"


def authorize(base: str = BASE) -> str:
    query = {
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": SCOPE,
        "state": "s",
    }
    return f"{base}/OAuth/Authorize?{urlencode(query)}"


def ask_token(client: Client, base: str = BASE, **form: str) -> Reply:
    own = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uri": BACK}
    return client.call(f"{base}/OAuth/Token", form=own | form)


def signed_in(client: Client, base: str = BASE, organisation: str = "MVL-A") -> str:
    code = client.consent(authorize(base), f"UNIT4:{organisation}")["code"]
    reply = ask_token(client, base, grant_type="authorization_code", code=code)
    return str(reply.json["access_token"])


def test_a_refresh_token_is_replaced_at_once(client: Client) -> None:
    code = client.consent(authorize(), "UNIT4:MVL-A")["code"]
    first = ask_token(client, grant_type="authorization_code", code=code).json
    spent = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = ask_token(client, **spent)

    assert first["expires_in"] == 1200
    assert second.json["refresh_token"] != first["refresh_token"]
    assert ask_token(client, **spent).json["error"] == "invalid_grant"


def test_an_administration_is_told_with_its_database_and_its_code(
    client: Client,
) -> None:
    reply = client.call(f"{BASE}/api/AdministrationInfoList", token=signed_in(client))

    [row] = reply.json
    assert (row["administrationId"], row["code"]) == ("MVL00124", "411")
    assert row["description"] == "Molen Voorbeeld"
    assert row["users"] == ["SYSTEEM", "SYNC01"]
    assert row["onlineState"] == 0


def test_the_light_list_tells_no_code(client: Client) -> None:
    reply = client.call(f"{BASE}/api/AdministrationNVL", token=signed_in(client))

    assert reply.json == [{"name": "MVL00124", "value": "Molen Voorbeeld"}]


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("AdministrationInfo/MVL00124", "code", "411"),
        ("MVL00124/CompanyDetailsInfo", "cocRegistration", "90000003"),
        ("mvl00124/companydetailsinfo", "administrationCode", "411"),
    ],
)
def test_one_database_can_be_asked(
    client: Client, path: str, field: str, value: str
) -> None:
    reply = client.call(f"{BASE}/api/{path}", token=signed_in(client))

    assert reply.json[field] == value


def test_a_database_that_is_not_there_is_a_message(client: Client) -> None:
    token = signed_in(client)

    reply = client.call(f"{BASE}/api/MVL99999/CompanyDetailsInfo", token=token)

    assert reply.status == 404
    assert set(reply.json["messages"][0]) == {
        "exceptionId",
        "Message",
        "messageType",
        "path",
    }


@pytest.mark.parametrize("version", ["V14", "V22", "V221"])
def test_any_version_is_served_on_the_hosts_that_are_sold(
    client: Client, version: str
) -> None:
    base = f"https://sandbox-api.multivers.nl/{version}"
    token = signed_in(client, base, "MVL-B")

    assert client.call(f"{base}/api/AdministrationNVL", token=token).json == []


def test_a_copy_gets_a_database_of_its_own(client: Client) -> None:
    where = {"administration": "411", "from": "MVL-A", "to": "MVL-B"}
    made = client.control("move", **where)
    base = "https://api.multivers.nl/V22"

    token = signed_in(client, base, "MVL-B")
    [row] = client.call(f"{base}/api/AdministrationInfoList", token=token).json

    assert row["code"] == "411"
    assert row["administrationId"] == made["external_id"]
    assert row["administrationId"] not in ("", "MVL00124")


def test_a_path_may_be_written_in_any_case(client: Client) -> None:
    address = authorize().replace("OAuth/Authorize", "oauth/AUTHORIZE")

    returned = client.consent(address, "UNIT4:MVL-A")

    assert set(returned) == {"code", "state"}
