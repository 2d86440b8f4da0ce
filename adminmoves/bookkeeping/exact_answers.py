"""What Exact Online answers: who asks, lists of divisions, refusals and limits.

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
from adminmoves.bookkeeping.refusals import (
    heed_wait,
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
    """One of the lists of divisions: its path, its name for Hid, its statuses.

    ``statuses`` says why a division cannot be used; None when it can.
    """

    path: str
    hid: str
    statuses: Mapping[str, FailureReason | None]
    more: Sequence[str] = ()

    @property
    def fields(self) -> str:
        asked = ("Code", self.hid, "Description", "Status", "BlockingStatus")
        return ",".join((*asked, *self.more))


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
    """Who consented; the division in use, if any, and the licence that owns it."""

    division: str
    licence: str
    user: str
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class ExactPage:
    """One page of a list; ``following`` is the address of the next, or empty."""

    rows: tuple[ListedAdministration, ...]
    following: str = ""


def number_in(code: str) -> int | None:
    """A Hid as a number, since people write leading zeros; None for anything else."""
    told = code.strip()
    return int(told) if DIGITS.fullmatch(told) else None


def read_me(answer: HttpAnswer) -> Me:
    """Who consented, and where that user is ("Me"). Raises NoAnswer."""
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
    """One page of a list of divisions; ``licence`` owns those that name no owner."""
    found, following = _results(answer, "Code")
    return ExactPage(tuple(_row(each, which, licence) for each in found), following)


def _results(answer: HttpAnswer, own: str) -> tuple[list[dict[str, Any]], str]:
    """The objects of an OData answer, in either documented shape, and what follows.

    ``own``: a field that tells one object without a list around it.
    """
    _refuse(answer)
    said = json_in(answer)
    if not isinstance(said, dict) or said.get("error"):
        # Also beside a list, which then may be a part of one.
        raise unreadable(FailureReason.NO_RESULTS)
    inner, following = said.get("d"), _next_in(said)
    if isinstance(inner, dict) and own not in inner:
        following, inner = following or _next_in(inner), inner.get("results")
    if isinstance(inner, dict) and own in inner:
        inner = [inner]
    if not isinstance(inner, list) or not all(isinstance(row, dict) for row in inner):
        raise unreadable(FailureReason.NO_RESULTS)
    if following is not None and not isinstance(following, str):
        raise unreadable(FailureReason.STRANGE_NEXT)
    return inner, following or ""


def _next_in(told: Mapping[str, Any]) -> object:
    """The address of the next page, by each name that OData has for it."""
    return next((told[name] for name in NEXT if told.get(name) is not None), None)


def _row(
    told: Mapping[str, Any], which: Divisions, licence: str
) -> ListedAdministration:
    archived = text_in(told.get("ArchiveDate"))
    raw = {
        "status": text_in(told.get("Status")),
        "blocking_status": text_in(told.get("BlockingStatus")),
        "archive_date": "" if archived == NO_DATE else archived,
        "move_date": text_in(told.get("DivisionMoveDate")),
        "customer_name": text_in(told.get("CustomerName")),
    }
    owner = text_in(told.get("CustomerCode")) or licence
    code = code_in(told.get(which.hid))
    return ListedAdministration(
        code=code,
        code_unread=number_in(code) is None,
        external_id=code_in(told.get("Code")),
        name=text_in(told.get("Description")),
        kvk_number=text_in(told.get("ChamberOfCommerceNumber")),
        environment=owner,
        unusable=_unusable(which, raw)
        or (None if owner else FailureReason.OWNER_UNKNOWN),
        raw={name: value for name, value in raw.items() if value},
    )


def _unusable(which: Divisions, raw: Mapping[str, str]) -> FailureReason | None:
    """Why a division cannot be used; what is not told does not count as good.

    An ArchiveDate decides nothing: one that was reactivated may keep it.
    """
    status = which.statuses.get(raw["status"], FailureReason.STATUS_UNKNOWN)
    if status:
        return status
    blocking = raw["blocking_status"]
    return None if blocking == "0" else BLOCKED.get(blocking, FailureReason.BLOCKED)


def _refuse(answer: HttpAnswer) -> None:
    """What Exact says more precisely than a status, then the status."""
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
    """By the header "Reason", which no firewall sends; a new one is a refusal too."""
    told = REASON.match(answer.headers.get("reason", "").strip(QUOTES))
    known = REASONS.get(told[0].lower()) if told else None
    if known:
        raise heed_wait(NoAnswer(known.verdict, known.reason), answer)
    if told and not is_page(answer):
        raise NoAnswer(V.AUTH_REQUIRED, FailureReason.FORBIDDEN)


def limits_in(answer: HttpAnswer) -> dict[str, int]:
    """Calls left in this minute and this day; what is not told is not known."""
    windows = {"minute_left": "minutely-", "day_left": ""}
    told = {
        name: answer.headers.get(f"x-ratelimit-{window}remaining", "").strip()
        for name, window in windows.items()
    }
    return {name: int(left) for name, left in told.items() if DIGITS.fullmatch(left)}


def reset_in(answer: HttpAnswer) -> datetime | None:
    """When a spent limit is full again: epoch milliseconds, of the day or the minute.

    At the minute's limit only the minute's headers come. None where none is told.
    """
    moments = [
        _moment(answer.headers.get(f"x-ratelimit-{window}reset", ""))
        for window in ("", "minutely-")
        if answer.headers.get(f"x-ratelimit-{window}remaining", "0").strip() == "0"
    ]
    return max((each for each in moments if each), default=None)


def _moment(told: str) -> datetime | None:
    if not DIGITS.fullmatch(told.strip()):
        return None
    try:
        moment = datetime.fromtimestamp(int(told) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return within_a_day(moment) if moment > timezone.now() else None
