"""Reads the answers of Exact Online: the user, lists of divisions, refusals and limits.

Sources as in ``exact.py``. Lists come in two OData shapes, ``{"d": {"results": []}}``
and ``{"d": []}``; numbers come as numbers or as text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from adminmoves.bookkeeping.answers import ListedAdministration, NoAnswer, unreadable
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.http_status import (
    add_retry_after,
    is_page,
    refuse_status,
    retry_after,
    within_a_day,
)
from adminmoves.bookkeeping.session import code_in, json_in, text_in
from adminmoves.vocabulary import Verdict

V = Verdict
FORBIDDEN, TOO_MANY, SERVER_ERROR = 403, 429, 500
VIOLATED = "application scope violated"
NEXT = ("__next", "odata.nextLink", "@odata.nextLink")
DIGITS = re.compile(r"[0-9]{1,100}")
# The zero of .NET, 1 January of the year 1: a date that nobody filled in.
NO_DATE = "/Date(-62135596800000)/"
QUOTES = " \t\"'"
REASON = re.compile(r"[a-z]+", re.IGNORECASE)
"""The code at the start of the header "Reason", before any words."""
BLOCKED: Mapping[str, FailureReason] = {
    "1": FailureReason.BACKUP,
    "2": FailureReason.CONVERSION,
    "3": FailureReason.CONVERSION,
    "4": FailureReason.CONVERSION,
    "5": FailureReason.COPY,
    "6": FailureReason.COPY,
    "100": FailureReason.DELETION,
    "101": FailureReason.DELETION,
    "102": FailureReason.DELETION,
}
# The header "Reason" of a 403. The division in the address is the current one of our
# user, so a block of that says nothing about the administration that was asked for.
REASONS: Mapping[str, NoAnswer] = {
    "blockeduser": NoAnswer(V.AUTH_REQUIRED, FailureReason.USER_BLOCKED),
    "inactiveuser": NoAnswer(V.AUTH_REQUIRED, FailureReason.USER_INACTIVE),
    "blockedcustomer": NoAnswer(V.AUTH_REQUIRED, FailureReason.CUSTOMER_BLOCKED),
    "licenseexpired": NoAnswer(V.AUTH_REQUIRED, FailureReason.LICENCE_EXPIRED),
    "divisionblocked": NoAnswer(V.UNAVAILABLE, FailureReason.DIVISION_BLOCKED),
    "nodivisionaccess": NoAnswer(V.AUTH_REQUIRED, FailureReason.NO_DIVISION_ACCESS),
}


@dataclass(frozen=True, slots=True)
class Divisions:
    """One of the lists of divisions. ``hid``: its name for that column.

    ``statuses``: why a division with that status cannot be used; None when it can.
    """

    path: str
    hid: str
    statuses: Mapping[str, FailureReason | None]
    more: Sequence[str] = ()

    @property
    def fields(self) -> str:
        columns = ("Code", self.hid, "Description", "Status", "BlockingStatus")
        return ",".join((*columns, *self.more))


IN_SYSTEM = {"0": FailureReason.INACTIVE, "1": None, "2": FailureReason.ARCHIVED}
OWNER = ("CustomerCode", "CustomerName")
SYSTEM = Divisions(
    "system/Divisions",
    "Hid",
    IN_SYSTEM,
    (*OWNER, "ArchiveDate", "DivisionMoveDate", "ChamberOfCommerceNumber"),
)
ALL = Divisions("system/AllDivisions", "Hid", IN_SYSTEM, OWNER)
HRM = Divisions("hrm/Divisions", "HID", {"0": None, "1": FailureReason.ARCHIVED}, OWNER)


@dataclass(frozen=True, slots=True)
class Me:
    """The user who gave consent, their division in use, if any, and its licence."""

    division: str
    licence: str
    user: str
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class ExactPage:
    """One page of a list. ``following``: the address of the next one, if any."""

    rows: tuple[ListedAdministration, ...]
    following: str = ""


def number_in(code: str) -> int | None:
    """A Hid as a number, since people write leading zeros; None if it is none."""
    digits = code.strip()
    return int(digits) if DIGITS.fullmatch(digits) else None


def read_me(answer: HttpAnswer) -> Me:
    """Read the user and their division in use ("Me"). Raises NoAnswer."""
    found, _following = _results(answer, "CurrentDivision")
    if not found or "CurrentDivision" not in found[0]:
        raise unreadable(FailureReason.NO_USER)
    division = text_in(found[0]["CurrentDivision"])
    return Me(
        division=division if number_in(division) else "",
        licence=text_in(found[0].get("DivisionCustomerCode")),
        user=text_in(found[0].get("FullName")) or text_in(found[0].get("UserID")),
        user_id=text_in(found[0].get("UserID"), 100),
    )


def read_page(answer: HttpAnswer, which: Divisions, licence: str = "") -> ExactPage:
    """Read one page. ``licence``: owner of rows that name none. Raises NoAnswer."""
    found, following = _results(answer, "Code")
    return ExactPage(tuple(_row(each, which, licence) for each in found), following)


def _results(answer: HttpAnswer, own_field: str) -> tuple[list[dict[str, Any]], str]:
    """The rows of an OData answer in either shape, and the address of the next page.

    ``own_field``: a field of a row, which tells a single row without a list around it.
    """
    _refuse(answer)
    content = json_in(answer)
    if not isinstance(content, dict) or content.get("error"):
        # An error next to a list means that the list may not be whole.
        raise unreadable(FailureReason.NO_RESULTS)
    inner, following = content.get("d"), _next_in(content)
    if isinstance(inner, dict) and own_field not in inner:
        following, inner = following or _next_in(inner), inner.get("results")
    if isinstance(inner, dict) and own_field in inner:
        inner = [inner]
    if not isinstance(inner, list) or not all(isinstance(row, dict) for row in inner):
        raise unreadable(FailureReason.NO_RESULTS)
    if following is not None and not isinstance(following, str):
        raise unreadable(FailureReason.STRANGE_NEXT)
    return inner, following or ""


def _next_in(content: Mapping[str, object]) -> object:
    """The address of the next page, under any of its names in OData."""
    addresses = (content.get(name) for name in NEXT)
    return next((each for each in addresses if each is not None), None)


def _row(
    division: Mapping[str, object], which: Divisions, licence: str
) -> ListedAdministration:
    archived = text_in(division.get("ArchiveDate"))
    raw = {
        "status": text_in(division.get("Status")),
        "blocking_status": text_in(division.get("BlockingStatus")),
        "archive_date": "" if archived == NO_DATE else archived,
        "move_date": text_in(division.get("DivisionMoveDate")),
        "customer_name": text_in(division.get("CustomerName")),
    }
    owner = text_in(division.get("CustomerCode")) or licence
    code = code_in(division.get(which.hid))
    return ListedAdministration(
        code=code,
        code_unread=number_in(code) is None,
        external_id=code_in(division.get("Code")),
        name=text_in(division.get("Description")),
        kvk_number=text_in(division.get("ChamberOfCommerceNumber")),
        environment=owner,
        unusable=_unusable(which, raw)
        or (None if owner else FailureReason.OWNER_UNKNOWN),
        raw={name: value for name, value in raw.items() if value},
    )


def _unusable(which: Divisions, raw: Mapping[str, str]) -> FailureReason | None:
    """Why a division cannot be used. An unknown status counts as unusable."""
    # ArchiveDate decides nothing: a division that was reactivated may keep it.
    status = which.statuses.get(raw["status"], FailureReason.STATUS_UNKNOWN)
    if status:
        return status
    blocking = raw["blocking_status"]
    return None if blocking == "0" else BLOCKED.get(blocking, FailureReason.BLOCKED)


def _refuse(answer: HttpAnswer) -> None:
    """Raise NoAnswer by what Exact adds to a status, else by the status alone."""
    status = answer.status
    if status == TOO_MANY:
        moments = [each for each in (reset_in(answer), retry_after(answer)) if each]
        retry_at = max(moments, default=None)
        raise NoAnswer(V.RATE_LIMITED, FailureReason.LIMITED, retry_at=retry_at)
    if status in (FORBIDDEN, SERVER_ERROR) and VIOLATED in answer.text.casefold():
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.SCOPE_MISSING)
    if status == FORBIDDEN:
        _refuse_forbidden(answer)
    refuse_status(answer)


def _refuse_forbidden(answer: HttpAnswer) -> None:
    """Raise NoAnswer by the header "Reason", which no firewall sends."""
    code = REASON.match(answer.headers.get("reason", "").strip(QUOTES))
    refusal = REASONS.get(code[0].lower()) if code else None
    if refusal:
        raise add_retry_after(NoAnswer(refusal.verdict, refusal.reason), answer)
    if code and not is_page(answer):
        raise NoAnswer(V.AUTH_REQUIRED, FailureReason.FORBIDDEN)


def limits_in(answer: HttpAnswer) -> dict[str, int]:
    """Calls left in this minute and this day, as far as the headers name them."""
    windows = {"minute_left": "minutely-", "day_left": ""}
    remaining = {
        name: answer.headers.get(f"x-ratelimit-{window}remaining", "").strip()
        for name, window in windows.items()
    }
    return {
        name: int(left) for name, left in remaining.items() if DIGITS.fullmatch(left)
    }


def reset_in(answer: HttpAnswer) -> datetime | None:
    """When a spent limit starts anew, by the headers; None where they do not say.

    At the limit of the minute only the headers of the minute come.
    """
    moments = [
        _moment(answer.headers.get(f"x-ratelimit-{window}reset", ""))
        for window in ("", "minutely-")
        if answer.headers.get(f"x-ratelimit-{window}remaining", "0").strip() == "0"
    ]
    return max((each for each in moments if each), default=None)


def _moment(milliseconds: str) -> datetime | None:
    if not DIGITS.fullmatch(milliseconds.strip()):
        return None
    try:
        moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return within_a_day(moment) if moment > timezone.now() else None
