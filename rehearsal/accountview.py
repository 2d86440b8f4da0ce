"""AccountView: companies from the cloud's register, their books from the office.

A company has one administration per financial year, so a year's own code is not a
company's. What comes from the office travels through a gateway that can be down.
"""

import re
from datetime import UTC, datetime
from operator import attrgetter

from rehearsal import oauth
from rehearsal.grants import TokenRules
from rehearsal.messages import Answer, Kind, in_json
from rehearsal.service import Call, Row, Service, route
from rehearsal.world import Package, Status

HOST = "www.accountview.net"
LONGEST = 10  # characters of a code
BLOCKED = "2026-11-20T00:00:00"


def refuse(status: int, _reason: str) -> Answer:
    return _error("U hebt geen toegang.", status)


def companies(call: Call) -> Answer:
    if call.suffers("error_in_200"):
        return _error("De onderneming is niet beschikbaar.", 200)
    rows = [
        {"Id": each.external_id, "Code": each.code, "Description": each.name}
        for _owner, each in _shown(call)
    ]
    return in_json(rows[0] if call.suffers("lone") and rows else rows)


def system_data(call: Call) -> Answer:
    """The administrations of one company: this year's, under the code and the year."""
    row = _company(call)
    if row is None or _parameter(call, "businessobject").upper() != "ADL":
        return _error("De onderneming is niet beschikbaar.", 400)
    if call.suffers("error_in_200"):
        return _error("De onderneming is niet beschikbaar.", 200)
    _owner, each = row
    year = datetime.now(UTC).year
    code = f"{each.code[: LONGEST - 2]}{year % 100:02d}"
    found = {
        "ADM_CODE": code,
        "ADM_DESC": f"{each.name} {year}",
        "ADM_ARCH": each.status == Status.ARCHIVED,
        "ATS_YEAR": str(year),
        "BLCK_DATE": BLOCKED if each.status == Status.BLOCKED else None,
    }
    wanted = _parameter(call, "filtervalue1").upper()
    matches = not wanted or code.upper() == wanted
    return in_json({"ADM_LIST": [found] if matches else []})


def data(call: Call) -> Answer:
    row = _company(call)
    if row is None or _parameter(call, "businessobject").upper() != "CMP1":
        return _error("De onderneming is niet beschikbaar.", 400)
    if call.suffers("error_in_200"):
        return _error("De onderneming is niet beschikbaar.", 200)
    _owner, each = row
    return in_json(
        {
            "COMP_HDR": [
                {
                    "COMP_ID": each.code,
                    "COMP_DESC": each.name,
                    "KVK_NR": each.kvk_number,
                    "VAT_NR": "",
                    "EXP_DATE": None,
                }
            ]
        }
    )


def _parameter(call: Call, wanted: str) -> str:
    """A parameter of the address, in whatever case its name is written."""
    query = call.request.query
    return next((query[name] for name in query if name.lower() == wanted), "")


def _error(words: str, status: int) -> Answer:
    content = {
        "ErrorType": "AccountViewError",
        "ErrorNumbers": None,
        "ErrorMessage": words,
    }
    return in_json(content, status)


def _shown(call: Call) -> list[Row]:
    return [row for row in call.rows() if row[1].status != Status.DELETED]


def _company(call: Call) -> Row | None:
    """The company that the header names, by its Id and not by its code."""
    wanted = call.request.headers.get("x-company", "")
    return next((row for row in _shown(call) if row[1].external_id == wanted), None)


SERVICE = Service(
    package=Package.ACCOUNTVIEW,
    serves=lambda host: host == HOST,
    routes=(
        route("POST", "/api/v3/token", Kind.TOKEN, oauth.token, guarded=False),
        route("GET", "/api/v3/Companies", Kind.LIST, companies),
        route("GET", "/api/v3/accountviewsystemdata", Kind.DETAIL, system_data),
        route("GET", "/api/v3/accountviewdata", Kind.DETAIL, data),
    ),
    authorize=re.compile(r"/ams/authorize\.aspx", re.IGNORECASE),
    required=("client_id", "redirect_uri", "response_type", "scope"),
    tokens=TokenRules(lifetime=1200, rotates=True),
    refuse=refuse,
    token_in=attrgetter("bearer"),
)
