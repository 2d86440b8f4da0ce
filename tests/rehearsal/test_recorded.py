"""The world answers as people recorded that the packages answer."""

import gzip
import json
from typing import Any

import pytest

from rehearsal.server import Rehearsal
from tests.rehearsal import exact, test_accountview, test_multivers, twinfield
from tests.rehearsal.client import BACK, Client

EXACT, TWINFIELD = "EX-A", "TWF-A"
DATABASES = "api/AdministrationInfoList"
OTHER_EXACT = "EXACT_ONLINE:NL:EX-B"


def share_user(client: Client) -> None:
    for organisation in ("EX-A", OTHER_EXACT):
        client.control("user", organisation=organisation, user="Portaal")


def test_exact_says_that_a_spent_token_was_used_before(
    client: Client, rehearsal: Rehearsal
) -> None:
    first = exact.signed_in(client)["refresh_token"]
    rehearsal.world.ahead += 570
    exact.renew(client, first)
    rehearsal.world.ahead += 570

    spent = exact.renew(client, first)

    assert (spent.status, spent.json["error"]) == (401, "unauthorized_client")
    assert "used before" in spent.json["error_description"]


def test_of_one_exact_user_the_newest_consent_renews_and_no_other(
    client: Client, rehearsal: Rehearsal
) -> None:
    share_user(client)
    first = exact.signed_in(client)
    second = exact.signed_in(client, OTHER_EXACT)
    rehearsal.world.ahead += 590

    ended = exact.renew(client, first["refresh_token"])

    assert exact.ask_divisions(client, first["access_token"]).status == 200
    assert (ended.status, ended.json["error"]) == (401, "unauthorized_client")
    assert exact.renew(client, second["refresh_token"]).status == 200


def test_two_users_of_exact_have_a_chain_each(
    client: Client, rehearsal: Rehearsal
) -> None:
    first = exact.signed_in(client)
    second = exact.signed_in(client, OTHER_EXACT)
    rehearsal.world.ahead += 590

    answers = [exact.renew(client, each["refresh_token"]) for each in (first, second)]

    assert [answer.status for answer in answers] == [200, 200]


def test_one_exact_user_sees_all_licences_under_one_id(client: Client) -> None:
    share_user(client)
    first, second = (
        exact.signed_in(client, each)["access_token"]
        for each in ("EXACT_ONLINE:NL:EX-A", OTHER_EXACT)
    )

    who = [
        exact.results(client.call(f"{exact.BASE}/api/v1/current/Me", token=token))[0]
        for token in (first, second)
    ]

    assert who[0]["UserID"] == who[1]["UserID"]
    assert len(exact.results(exact.ask_divisions(client, second))) == 1


@pytest.mark.parametrize("date", ["/Date(-62135596800000)/", "/Date(1793491200000)/"])
def test_an_active_division_can_have_an_archive_date(client: Client, date: str) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("set", organisation=EXACT, code="00411", archive_date=date)

    [row] = exact.results(exact.ask_divisions(client, token))

    assert (row["Status"], row["ArchiveDate"]) == (1, date)


@pytest.mark.parametrize(
    ("where", "fields", "status"),
    [
        ("system/Divisions", "Code,Hid,IsMainDivision,ArchiveDate", 200),
        ("hrm/Divisions", "Code,HID,Main", 200),
        ("hrm/Divisions", "Code,IsMainDivision", 400),
        ("hrm/Divisions", "Code,ChamberOfCommerceNumber", 400),
        ("hrm/Divisions", "Code,ArchiveDate", 400),
        ("system/Divisions", "Code,HID", 400),
        ("current/Me", "UserID,Hid", 400),
    ],
)
def test_a_list_has_its_own_fields_and_refuses_others(
    client: Client, where: str, fields: str, status: int
) -> None:
    token = exact.signed_in(client)["access_token"]
    division = "" if where == "current/Me" else "1200411/"

    reply = client.call(
        f"{exact.BASE}/api/v1/{division}{where}?$select={fields}", token=token
    )

    assert reply.status == status


def test_a_division_in_use_that_was_not_ticked_is_refused(client: Client) -> None:
    code = client.consent(exact.authorize(), "EXACT_ONLINE:NL:EX-A", ["e1"])["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    token = exact.ask_token(client, **form).json["access_token"]

    who = exact.results(client.call(f"{exact.BASE}/api/v1/current/Me", token=token))
    refused = exact.ask_divisions(client, token)

    assert who[0]["CurrentDivision"] == 1200411
    assert (refused.status, "reason" in refused.headers) == (403, False)
    assert "consent" in refused.json["error"]["message"]["value"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (110, 500),
        (122, 500),
        (168, 500),
        (186, 500),
        (351, 401),
        (352, 403),
        (359, 403),
    ],
)
def test_twinfield_has_the_codes_of_its_maker(
    client: Client, code: int, status: int
) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation=TWINFIELD, fault="soap_fault", code=code)

    reply = twinfield.ask_offices(client, token)

    assert (reply.status, twinfield.fault_code(reply)) == (status, code)


def test_a_soap_fault_can_come_without_a_code_and_with_any_status(
    client: Client,
) -> None:
    token = twinfield.signed_in(client)
    client.control(
        "fault", organisation=TWINFIELD, fault="soap_fault", code="none", status=401
    )

    reply = twinfield.ask_offices(client, token)

    assert (reply.status, "<faultstring>" in reply.text) == (401, True)
    assert "<detail>" not in reply.text


@pytest.mark.parametrize(
    ("unticked", "missing", "code"),
    [
        ("twf.organisationUser", "twf.organisationUserCode", 351),
        ("twf.organisation", "twf.clusterUrl", 352),
    ],
)
def test_a_box_that_is_unticked_takes_its_claims_and_the_list(
    client: Client, unticked: str, missing: str, code: int
) -> None:
    address = twinfield.authorize()
    page = client.page(address.removeprefix("https:/"))
    left = [each for each in twinfield.SCOPES.split() if each != unticked]
    form: dict[str, str | list[str]] = {
        "organisation": "TWINFIELD:TWF-A",
        "decision": "allow",
        "scopes": "asked",
        "scope": left,
    }
    reply = client.page(address.removeprefix("https:/"), form)
    back = reply.headers["location"].partition("code=")[2].partition("&")[0]
    token = str(twinfield.redeem(client, back).json["access_token"])

    claims = client.call(
        f"{twinfield.CONNECT}/accesstokenvalidation?token={token}"
    ).json
    refused = twinfield.ask_offices(client, token)

    assert f'name="scope" checked value="{unticked}"' in page.text
    assert missing not in claims
    assert twinfield.fault_code(refused) == code


def test_one_claim_can_be_missing(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation=TWINFIELD, fault="without_claim")

    claims = client.call(
        f"{twinfield.CONNECT}/accesstokenvalidation?token={token}"
    ).json

    assert "twf.clusterUrl" not in claims
    assert claims["twf.organisationCode"] == "TWF-A"


@pytest.mark.parametrize(
    "cluster", ["api.accounting2.twinfield.com", "Accounting1.Twinfield.com"]
)
def test_an_organisation_can_be_on_another_cluster(
    client: Client, cluster: str
) -> None:
    token = twinfield.signed_in(client)
    client.control("cluster", host=cluster)

    claims = client.call(
        f"{twinfield.CONNECT}/accesstokenvalidation?token={token}"
    ).json

    assert claims["twf.clusterUrl"] == f"https://{cluster}"
    reply = twinfield.process(
        client,
        token,
        "<list><type>offices</type></list>",
        f"https://{cluster.lower()}",
    )
    assert reply.status == 200


RECORDED: dict[str, tuple[dict[str, Any], int, dict[str, str], bytes]] = {
    "any answer at all": (
        {
            "fault": "answer",
            "status": 418,
            "body": "é",
            "charset": "latin-1",
            "content_type": "text/html",
            "header": ["Retry-After: 60", "Reason: X"],
        },
        418,
        {"retry-after": "60", "reason": "X", "content-type": "text/html"},
        b"\xe9",
    ),
    "a page that is no UTF-8": (
        {"fault": "html", "status": 429, "charset": "latin-1", "retry_after": "60"},
        429,
        {"retry-after": "60"},
        b"\xe9\xe9n moment",
    ),
    "a reason with words": (
        {"fault": "forbidden", "reason": "LicenseExpired: some words"},
        403,
        {"reason": "LicenseExpired: some words"},
        b"Forbidden",
    ),
    "a limit that names a date": (
        {"fault": "too_many", "retry_after": "Tue, 01 Dec 2026 10:00:00 GMT"},
        429,
        {"retry-after": "Tue, 01 Dec 2026 10:00:00 GMT"},
        b"",
    ),
    "a division outside the consent": (
        {"fault": "outside_consent"},
        403,
        {},
        b"not part of the consent",
    ),
}


@pytest.mark.parametrize("name", RECORDED)
def test_what_was_recorded_can_be_answered(client: Client, name: str) -> None:
    options, status, headers, body = RECORDED[name]
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation=EXACT, kind="list", **options)

    reply = exact.ask_divisions(client, token)

    assert reply.status == status
    assert headers.items() <= reply.headers.items()
    assert body in reply.body


@pytest.mark.parametrize("broken", [False, True])
def test_an_answer_can_be_compressed_unasked(client: Client, broken: bool) -> None:
    token = exact.signed_in(client)["access_token"]
    client.control("fault", organisation=EXACT, fault="gzip", broken=broken)

    reply = exact.ask_divisions(client, token)

    body = reply.body if broken else gzip.decompress(reply.body)
    assert reply.headers["content-encoding"] == "gzip"
    assert "results" in json.loads(body)["d"]


def test_a_token_endpoint_can_say_any_error(
    client: Client, rehearsal: Rehearsal
) -> None:
    refresh = exact.signed_in(client)["refresh_token"]
    rehearsal.world.ahead += 570
    options = {
        "error": "access_denied",
        "description": "too early",
        "status": 401,
        "retry_after": "3600",
    }
    client.control("fault", organisation=EXACT, fault="token_error", **options)

    reply = exact.renew(client, refresh)

    assert (reply.status, reply.json) == (
        401,
        {"error": "access_denied", "error_description": "too early"},
    )
    assert reply.headers["retry-after"] == "3600"


def test_one_row_can_come_without_a_list_around_it(client: Client) -> None:
    client.control("fault", fault="lone")
    divisions = exact.ask_divisions(client, exact.signed_in(client)["access_token"])
    token = test_multivers.signed_in(client)
    databases = client.call(f"{test_multivers.BASE}/{DATABASES}", token=token)
    token = test_accountview.tokens(client)["access_token"]
    companies = client.call(f"{test_accountview.API}/Companies", token=token)

    assert divisions.json["d"]["Hid"] == "411"
    assert databases.json["code"] == "411"
    assert companies.json["Code"] == "KORENAAR"


def test_a_database_in_two_groups_is_told_twice(client: Client) -> None:
    client.control("fault", fault="twice")

    token = test_multivers.signed_in(client)
    rows = client.call(f"{test_multivers.BASE}/{DATABASES}", token=token).json

    assert [(row["administrationId"], row["groupId"]) for row in rows] == [
        ("MVL00124", 1),
        ("MVL00124", 2),
    ]


def test_a_name_can_hold_a_control_character(client: Client) -> None:
    token = twinfield.signed_in(client)
    client.control("fault", organisation=TWINFIELD, fault="control")

    assert "&amp;#x1F;" in twinfield.ask_offices(client, token).text
