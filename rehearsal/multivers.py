"""Multivers and Boekhoud Gemak: a host per installation, administrations by JSON.

Each administration is a database with an id of its own; the code is what people use.
"""

import re
from collections.abc import Sequence
from operator import attrgetter

from rehearsal import oauth
from rehearsal.grants import TokenRules
from rehearsal.messages import Answer, Kind, in_json
from rehearsal.service import Call, Row, Service, route
from rehearsal.world import Package, Status

HOSTS = re.compile(
    r"(sandbox-)?api\.(multivers|boekhoudgemak)\.nl|(sandbox\.)?api\.online\.unit4\.nl"
    r"|multivers\..+\.example"
)
ONLINE = {Status.BLOCKED: 1, Status.CONVERSION: 2, Status.INACTIVE: 3}  # raw, unnamed
WORDS = {
    401: "U bent niet aangemeld.",
    403: "U hebt geen rechten voor deze bewerking.",
    404: "De administratie is niet gevonden.",
}


def refuse(status: int, _reason: str) -> Answer:
    """The documented shape: a list of messages, with a capital M inside."""
    message = {
        "exceptionId": "00000000-0000-0000-0000-00000000000b",
        "Message": WORDS.get(status, "Er is een fout opgetreden."),
        "messageType": "Error",
        "path": "",
    }
    return in_json({"messages": [message]}, status)


def info_list(call: Call) -> Answer:
    rows = [_info(call, row) for row in _shown(call)]
    if call.suffers("twice") and len(rows) > 1:
        # One database that stands in two groups.
        rows[-1]["groupId"] = 2
    return _listed(call, rows)


def name_value_list(call: Call) -> Answer:
    """Database ids and descriptions alone."""
    return _listed(
        call,
        [{"name": each.external_id, "value": each.name} for _, each in _shown(call)],
    )


def _listed(call: Call, rows: Sequence[object]) -> Answer:
    lone = call.suffers("lone") and rows
    return in_json(rows[0] if lone else rows)


def info(call: Call) -> Answer:
    row = _of_database(call)
    return in_json(_info(call, row)) if row else refuse(404, "")


def company_details(call: Call) -> Answer:
    """Opens the database, so it fails while that is in use by something else."""
    row = _of_database(call)
    if row is None or row[1].status in (Status.BLOCKED, Status.CONVERSION):
        return refuse(404, "")
    _owner, each = row
    return in_json(
        {
            "administrationCode": each.code,
            "administrationDescription": each.name,
            "administrationVersion": 1092,
            "cocRegistration": each.kvk_number,
            "city": "",
        }
    )


def _shown(call: Call) -> list[Row]:
    return [row for row in call.rows() if row[1].status != Status.DELETED]


def _of_database(call: Call) -> Row | None:
    wanted = call.found["database"].upper()
    rows = _shown(call)
    return next((row for row in rows if row[1].external_id.upper() == wanted), None)


def _info(call: Call, row: Row) -> dict[str, object]:
    _owner, each = row
    online = ONLINE.get(each.status, 0)
    return {
        "administrationId": each.external_id,
        "backupDate": "2026-11-20T22:15:00",
        "code": each.code,
        "description": each.name,
        "groupId": 1,
        "onlineState": online,
        "previousOnlineState": 0,
        "reportPath": "",
        "shortName": each.name[:20],
        "users": ["SYSTEEM", call.organisation.user],
        "version": 1092,
    }


# A version on the hosts that are sold, and any one folder on a local installation.
BASE = r"(?:/[\w.-]+)?"
SERVICE = Service(
    package=Package.UNIT4,
    serves=lambda host: HOSTS.fullmatch(host) is not None,
    routes=(
        route("POST", f"{BASE}/OAuth/Token", Kind.TOKEN, oauth.token, guarded=False),
        route("GET", f"{BASE}/api/AdministrationInfoList", Kind.LIST, info_list),
        route("GET", f"{BASE}/api/AdministrationNVL", Kind.LIST, name_value_list),
        route(
            "GET",
            rf"{BASE}/api/AdministrationInfo/(?P<database>\w+)",
            Kind.DETAIL,
            info,
        ),
        route(
            "GET",
            rf"{BASE}/api/(?P<database>\w+)/CompanyDetailsInfo",
            Kind.DETAIL,
            company_details,
        ),
    ),
    authorize=re.compile(f"{BASE}/OAuth/Authorize", re.IGNORECASE),
    required=("client_id", "redirect_uri", "response_type", "scope"),
    tokens=TokenRules(lifetime=1200, rotates=True),
    refuse=refuse,
    token_in=attrgetter("bearer"),
)
