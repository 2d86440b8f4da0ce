"""Exact Online: a site per country, licences, and divisions by OData.

What people call the code is `Hid`, unique within one licence; `Code` is the number of
the division, which stays with it when another licence takes it over.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from rehearsal import oauth
from rehearsal.faults import ELSEWHERE, outside_consent
from rehearsal.grants import TokenRules
from rehearsal.limits import DAY, MINUTE, Room
from rehearsal.messages import Answer, Kind, in_json
from rehearsal.service import Call, Row, Service, route
from rehearsal.world import Package, Status

HOST = re.compile(r"start\.exactonline\.(nl|be|de|co\.uk|fr|es|com)")
SITES = {"co.uk": "UK", "com": "US"}
COUNTRIES = {"UK": "GB"}  # a site's own word, and how a country is written
PAGE = 60
PADDED = 18  # characters of a customer's code, filled up from the left
FILTER = re.compile(r"(hid|code)\s+eq\s+(\d+)L?", re.IGNORECASE)
SYSTEM_STATUS = {Status.INACTIVE: 0, Status.ARCHIVED: 2}  # all others: 1
BLOCKING = {Status.BLOCKED: 1, Status.CONVERSION: 2, Status.DELETED: 101}
SCOPE_VIOLATED = "Application Scope Violated. Cannot read"
MOVED = "/Date(1793491200000)/"

Fields = dict[str, object]


def system_status(status: Status) -> int:
    return SYSTEM_STATUS.get(status, 1)


def hrm_status(status: Status) -> int:
    return int(status == Status.ARCHIVED)


@dataclass(frozen=True, slots=True)
class List:
    """One of the lists: its name for the visible number, its statuses, its fields."""

    hid: str
    status: Callable[[Status], int]
    kind: str
    own: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return ("Code", self.hid, *EVERYWHERE, *self.own)


EVERYWHERE = (
    *("Description", "Status", "BlockingStatus", "Customer", "CustomerCode"),
    *("CustomerName", "Country", "VATNumber"),
)
SYSTEM = List(
    "Hid",
    system_status,
    "System.Divisions",
    ("ArchiveDate", "IsMainDivision", "DivisionMoveDate", "ChamberOfCommerceNumber"),
)
HRM = List("HID", hrm_status, "HRM.Divisions", ("Main",))


def country_of(host: str) -> str:
    found = HOST.fullmatch(host)
    return SITES.get(found[1], found[1].upper()) if found else ""


def refuse(status: int, reason: str) -> Answer:
    words = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
    text = words.get(status, "Error")
    content = {"error": {"code": "", "message": {"lang": "", "value": text}}}
    return in_json(content, status, {"Reason": reason} if reason else {})


def me(call: Call) -> Answer:
    if refused := _limited(call, "me", daily=False):
        return refused
    organisation = call.organisation
    # What the user has in use does not depend on what was ticked at the consent.
    own = [(organisation, each) for each in organisation.administrations]
    usable = [row for row in own if row[1].visible] or call.rows()
    owner = usable[0][0] if usable else organisation
    user = _guid("user", call.consent.user)
    fields: Fields = {
        "UserID": user,
        "FullName": f"{organisation.user_name} Voorbeeld",
        "CurrentDivision": int(usable[0][1].external_id) if usable else None,
        "DivisionCustomer": _guid("customer", owner.key),
        "DivisionCustomerCode": owner.name.rjust(PADDED),
        "DivisionCustomerName": owner.title,
    }
    return _page(call, [(f"current/Me(guid'{user}')", "System.Me", fields)], fields)


def divisions(call: Call) -> Answer:
    """Every division this user may open, of any licence."""
    return _system(call, call.rows())


def all_divisions(call: Call) -> Answer:
    """Every division that the licence owns, also without a right to open it."""
    left_out = call.consent.left_out
    return _system(
        call,
        [
            (call.organisation, each)
            for each in call.organisation.administrations
            if each.id not in left_out and each.status != Status.DELETED
        ],
    )


def _system(call: Call, rows: list[Row]) -> Answer:
    if call.suffers("scope_violated"):
        content = {"error": {"code": "", "message": {"value": SCOPE_VIOLATED}}}
        return in_json(content, 403)
    return _listed(call, rows, SYSTEM)


def hrm_divisions(call: Call) -> Answer:
    """Of this licence alone, and with a status that means something else."""
    rows = [row for row in call.rows() if row[0] is call.organisation]
    return _listed(call, rows, HRM)


def _listed(call: Call, rows: list[Row], which: List) -> Answer:
    if refused := _limited(call, call.found["division"]) or _not_ticked(call):
        return refused
    if set(_selected_names(call)) - {*which.fields}:
        return refuse(400, "")
    described = [_fields(row, which) for row in rows]
    wanted = call.request.query.get("$filter", "")
    if wanted:
        match = FILTER.fullmatch(wanted.strip())
        if match is None:
            return refuse(400, "")
        name = which.hid if match[1].lower() == "hid" else "Code"
        described = [
            each for each in described if int(str(each[name])) == int(match[2])
        ]
    path = call.request.path.partition("/api/v1/")[2]
    found = [(f"{path}({each['Code']})", which.kind, each) for each in described]
    return _page(call, found)


def _not_ticked(call: Call) -> Answer | None:
    """The division in the address must be among those of the consent."""
    left_out = {
        each.external_id
        for each in call.organisation.administrations
        if each.id in call.consent.left_out
    }
    return outside_consent() if call.found["division"] in left_out else None


def _fields(row: Row, which: List) -> Fields:
    owner, each = row
    archived = MOVED if each.status == Status.ARCHIVED else None
    fields: Fields = {
        "Code": int(each.external_id or 0),
        which.hid: str(int(each.code)) if each.code.isdigit() else "0",
        "Description": each.name,
        "Status": which.status(each.status),
        "BlockingStatus": BLOCKING.get(each.status, 0),
        "ArchiveDate": each.archive_date or archived,
        "Customer": _guid("customer", owner.key),
        "CustomerCode": owner.name.rjust(PADDED),
        "CustomerName": owner.title,
        "Country": COUNTRIES.get(owner.country, owner.country),
        "IsMainDivision": each is owner.administrations[0],
        "Main": each is owner.administrations[0],
        "DivisionMoveDate": MOVED if each.seen_by else None,
        "ChamberOfCommerceNumber": each.kvk_number or None,
        "VATNumber": None,
    }
    return {name: fields[name] for name in which.fields}


def _page(
    call: Call,
    found: Iterable[tuple[str, str, Fields]],
    allowed: Iterable[str] = (),
) -> Answer:
    """A page of sixty, with the address of the next one if there is more.

    `allowed`: the fields there are, where that was not looked at before.
    """
    if allowed and set(_selected_names(call)) - {*allowed}:
        return refuse(400, "")
    base = f"https://{call.request.host}/api/v1"
    rows = [
        {
            "__metadata": {"uri": f"{base}/{uri}", "type": f"Exact.Web.Api.{kind}"},
            **_selected(call.request.query, fields),
        }
        for uri, kind, fields in found
    ]
    start = int(call.request.query.get("$skiptoken", "0") or 0)
    if call.suffers("lone") and rows and call.fault:
        lone = {"results": rows[0]} if call.fault.options.get("results") else rows[0]
        return in_json({"d": lone}, headers=_minutely(call))
    content: dict[str, object] = {"results": rows[start : start + PAGE]}
    if start + PAGE < len(rows) or call.suffers("next_elsewhere"):
        content["__next"] = _next(call, start + PAGE)
    return in_json({"d": content}, headers=_minutely(call))


def _next(call: Call, start: int) -> str:
    host = ELSEWHERE if call.suffers("next_elsewhere") else call.request.host
    query = urlencode({**call.request.query, "$skiptoken": str(start)})
    return f"https://{host}{call.request.path}?{query}"


def _selected(query: Mapping[str, str], fields: Fields) -> Fields:
    names = _names(query)
    return {name: fields[name] for name in fields if not names or name in names}


def _names(query: Mapping[str, str]) -> set[str]:
    return {name.strip() for name in query.get("$select", "").split(",")} - {""}


def _selected_names(call: Call) -> set[str]:
    return _names(call.request.query)


def _limited(call: Call, division: str, *, daily: bool = True) -> Answer | None:
    whose = f"{call.consent.client_id} {division}"
    minute = call.limits.take("exact_minute", whose, MINUTE)
    if minute and minute.refused:
        return Answer(429, headers=_headers("-Minutely", minute))
    day = call.limits.take("exact_day", whose, DAY) if daily else None
    if day and day.refused:
        return Answer(429, headers=_headers("", day))
    return None


def _minutely(call: Call) -> dict[str, str]:
    """Both families of headers, as they come with every answer."""
    division = call.found.get("division", "me")
    whose = f"{call.consent.client_id} {division}"
    headers: dict[str, str] = {}
    for name, family in (("exact_minute", "-Minutely"), ("exact_day", "")):
        room = call.limits.look(name, whose)
        headers |= _headers(family, room) if room else {}
    return headers


def _headers(family: str, room: Room) -> dict[str, str]:
    return {
        f"X-RateLimit{family}-Limit": str(room.limit),
        f"X-RateLimit{family}-Remaining": str(room.remaining),
        f"X-RateLimit{family}-Reset": str(int(room.ends * 1000)),
    }


def after(seconds: float) -> dict[str, str]:
    """No Retry-After: only the moment, in milliseconds."""
    return _headers("-Minutely", Room(60, 0, time.time() + seconds, refused=True))


def _guid(what: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{what} {key}"))


LIST = r"/api/v1/(?P<division>\d+)"
SERVICE = Service(
    package=Package.EXACT_ONLINE,
    serves=lambda host: HOST.fullmatch(host) is not None,
    routes=(
        route("POST", "/api/oauth2/token", Kind.TOKEN, oauth.token, guarded=False),
        route("GET", r"/api/v1/current/Me", Kind.WHO, me),
        route("GET", f"{LIST}/system/Divisions", Kind.LIST, divisions),
        route("GET", f"{LIST}/system/AllDivisions", Kind.LIST, all_divisions),
        route("GET", f"{LIST}/hrm/Divisions", Kind.LIST, hrm_divisions),
    ),
    authorize=re.compile("/api/oauth2/auth", re.IGNORECASE),
    required=("client_id", "redirect_uri", "response_type"),
    tokens=TokenRules(
        lifetime=600,
        rotates=True,
        rest=570,
        spent=(401, "unauthorized_client"),
        one_chain=True,
    ),
    refuse=refuse,
    token_in=attrgetter("bearer"),
    textual_lifetime=True,
    after=after,
    country_of=country_of,
)
