"""AccountView as its clients know it: companies, and the years within one."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.rehearsal.client import BACK, CLIENT, SECRET, Client

BASE = "https://www.accountview.net"
API = f"{BASE}/api/v3"


def tokens(client: Client, organisation: str = "AV-A") -> Any:
    query = {
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "readaccountviewdata",
        "state": "s",
    }
    address = f"{BASE}/ams/authorize.aspx?{urlencode(query)}"
    code = client.consent(address, f"ACCOUNTVIEW:{organisation}")["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uri": BACK,
        "code": code,
    }
    return client.call(f"{API}/token", form=form).json


def test_tokens_come_with_a_lifetime_and_can_be_renewed_once(client: Client) -> None:
    first = tokens(client)
    form = {
        "grant_type": "refresh_token",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "refresh_token": first["refresh_token"],
    }

    second = client.call(f"{API}/token", form=form)
    third = client.call(f"{API}/token", form=form)

    assert first["expires_in"] == 1200
    assert second.json["refresh_token"] != first["refresh_token"]
    assert (third.status, third.json["error"]) == (400, "invalid_grant")


def test_companies_are_a_bare_list_of_three_fields(client: Client) -> None:
    reply = client.call(f"{API}/Companies", token=tokens(client)["access_token"])

    [row] = reply.json
    assert set(row) == {"Id", "Code", "Description"}
    assert (row["Code"], row["Description"]) == ("KORENAAR", "Kapper Voorbeeld")


def test_a_year_has_a_code_of_its_own(client: Client) -> None:
    token = tokens(client)["access_token"]
    [company] = client.call(f"{API}/Companies", token=token).json
    year = datetime.now(UTC).year
    url = (
        f"{API}/accountviewsystemdata?businessobject=ADL"
        "&Fields=ADM_CODE&FilterControlSource1=ADM_CODE&FilterOperator1=Equal"
        f"&FilterValueType1=C&FilterValue1=KORENAAR{year % 100}"
    )
    headers = {"X-Company": company["Id"]}

    reply = client.call(url, token=token, headers=headers)

    [row] = reply.json["ADM_LIST"]
    assert (row["ADM_CODE"], row["ADM_ARCH"]) == (f"KORENAAR{year % 100}", False)
    assert row["ATS_YEAR"] == str(year)


def test_the_books_tell_the_registration(client: Client) -> None:
    token = tokens(client)["access_token"]
    [company] = client.call(f"{API}/Companies", token=token).json
    url = f"{API}/accountviewdata?BusinessObject=CMP1&PageSize=20"

    reply = client.call(url, token=token, headers={"X-Company": company["Id"]})

    assert reply.json["COMP_HDR"][0]["KVK_NR"] == "90000004"


@pytest.mark.parametrize("company", ["", "KORENAAR"])
def test_a_company_is_named_by_its_id_alone(client: Client, company: str) -> None:
    token = tokens(client)["access_token"]
    url = f"{API}/accountviewdata?BusinessObject=CMP1"

    reply = client.call(url, token=token, headers={"X-Company": company})

    assert reply.status == 400
    assert reply.json["ErrorType"] == "AccountViewError"
