"""What the HTTP status of an answer means; it is looked at before the body."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.vocabulary import Verdict

LONGEST_WAIT = timedelta(hours=24)
OK, BAD_REQUEST, UNAUTHORISED = 200, 400, 401
FORBIDDEN, NOT_FOUND, GONE, TOO_MANY = 403, 404, 410, 429
SERVER_SIDE = 500
PASSING = frozenset({502, 503, 504})
OUR_MISTAKE = frozenset({400, 405, 406, 414, 415, 422})
"""The request itself is wrong, so that a retry brings the same refusal."""
SECONDS = re.compile(r"([0-9]+)(\.[0-9]*)?\s*s?(\s*,.*)?", re.IGNORECASE)
"""Whole seconds; two headers of one name come as one, with a comma between them."""
BEFORE_A_PAGE = re.compile(r"(\s|\ufeff|<\?xml.*?\?>|<!--.*?-->)*", re.DOTALL)
PAGE = re.compile(r"<(!doctype\s+html|html|head|body|title|h1|center)\b", re.IGNORECASE)
ENVELOPE = re.compile(r"<([\w.-]+:)?envelope\b", re.IGNORECASE)
DATA = re.compile(rf"[{{\[]|{ENVELOPE.pattern}", re.IGNORECASE)
OWN_ERRORS = frozenset({"error", "messages", "Message", "ErrorMessage", "ErrorType"})
"""Keys of an error of a package in JSON; gateways write others, such as ``message``."""


def refuse_status(answer: HttpAnswer) -> None:
    """Raise NoAnswer for everything but a 200 that is no HTML page.

    Another success is a part (206), a promise (202) or a copy by a proxy (203).
    """
    status = answer.status
    if status == UNAUTHORISED:
        raise NoAnswer(
            Verdict.AUTH_REQUIRED, FailureReason.UNAUTHORISED, stale_token=True
        )
    if status == TOO_MANY:
        retry_at = retry_after(answer)
        raise NoAnswer(Verdict.RATE_LIMITED, FailureReason.LIMITED, retry_at=retry_at)
    if status >= SERVER_SIDE:
        raise server_fault(answer)
    if status != NOT_FOUND and is_page(answer):
        # A page is of a firewall or a proxy, whatever its status: not of the package.
        retry_at = retry_after(answer)
        raise NoAnswer(Verdict.UNAVAILABLE, FailureReason.HTML, retry_at=retry_at)
    if status != OK:
        raise _refusal(answer)


def _refusal(answer: HttpAnswer) -> NoAnswer:
    retry_at = retry_after(answer)
    if answer.status == FORBIDDEN and is_own(answer) and retry_at is None:
        return NoAnswer(Verdict.AUTH_REQUIRED, FailureReason.FORBIDDEN)
    if answer.status in (NOT_FOUND, GONE):
        return NoAnswer(Verdict.CONFIG_ERROR, FailureReason.NOT_FOUND)
    if answer.status in OUR_MISTAKE:
        return NoAnswer(Verdict.CONFIG_ERROR, FailureReason.REQUEST_REFUSED)
    forbidden = answer.status == FORBIDDEN
    why = FailureReason.TURNED_AWAY if forbidden else FailureReason.STRANGE_STATUS
    return NoAnswer(Verdict.UNAVAILABLE, why, retry_at=retry_at)


def is_own(answer: HttpAnswer) -> bool:
    """Whether the package itself refuses, by the shape of the error.

    Anything else may come from a firewall or a gateway, which knows no user.
    """
    start = answer.text[_before(answer) :]
    if ENVELOPE.match(start):
        return True
    try:
        content = json.loads(start, strict=False)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and not OWN_ERRORS.isdisjoint(content)


def add_retry_after(no: NoAnswer, answer: HttpAnswer) -> NoAnswer:
    """Add the Retry-After of the answer, before which there is no retry."""
    if no.verdict == Verdict.UNAVAILABLE and no.retry_at is None:
        no.retry_at = retry_after(answer)
        no.again = no.again and no.retry_at is None
    return no


def server_fault(
    answer: HttpAnswer, why: FailureReason = FailureReason.SERVER_FAULT
) -> NoAnswer:
    """A refusal that is retried at once, unless the package says when."""
    retry_at = retry_after(answer)
    again = answer.status in PASSING and retry_at is None
    return NoAnswer(Verdict.UNAVAILABLE, why, retry_at=retry_at, again=again)


def is_page(answer: HttpAnswer) -> bool:
    """Whether the answer is a page for people, such as one about maintenance."""
    start = answer.text[_before(answer) :][:200]
    if PAGE.match(start):
        return True
    kind = answer.headers.get("content-type", "").lower()
    return bool(start) and "html" in kind and not DATA.match(start)


def _before(answer: HttpAnswer) -> int:
    """The index where a body begins, after spaces, a declaration and comments."""
    before = BEFORE_A_PAGE.match(answer.text)
    return before.end() if before else 0


def retry_after(answer: HttpAnswer) -> datetime | None:
    """The moment of a Retry-After header, if it is in the future."""
    value, now = answer.headers.get("retry-after", "").strip(), timezone.now()
    seconds = SECONDS.fullmatch(value)
    try:
        moment = (
            now + timedelta(seconds=int(seconds[1]))
            if seconds
            else parsedate_to_datetime(value)
        )
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return within_a_day(moment) if moment > now else None


def within_a_day(moment: datetime) -> datetime:
    # No package keeps us waiting longer, whatever its clock says.
    now = timezone.now()
    return max(now, min(moment, now + LONGEST_WAIT))
