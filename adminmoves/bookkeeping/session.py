"""A conversation with one package over one connection: tokens, retries, a record.

Retried are only a cut connection, 502, 503 and 504 (twice), and once with a new token.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer, unreadable
from adminmoves.bookkeeping.grants import Client
from adminmoves.bookkeeping.why import Why
from adminmoves.bookkeeping.wire import Answer, Request, Wire
from adminmoves.models import BookkeepingConnection, ConnectionCall
from adminmoves.vocabulary import Verdict

Read = TypeVar("Read")
MOST_TRIES = 3
PAUSE = 0.5
LONGEST_WAIT = timedelta(hours=24)
OK, UNAUTHORISED, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 401, 403, 404, 429
SERVER_SIDE = 500
LONGEST_CODE = 100
PASSING = frozenset({502, 503, 504})


@dataclass(slots=True)
class Session:
    """``limits``: what the package says is left, as it was last told."""

    wire: Wire
    client: Client
    calls: list[ConnectionCall] = field(default_factory=list)
    limits: dict[str, Any] = field(default_factory=dict)
    began: datetime = field(default_factory=timezone.now)

    @property
    def connection(self) -> BookkeepingConnection:
        return self.client.connection

    def ask(
        self,
        endpoint: str,
        build: Callable[[str], Request],
        read: Callable[[Answer], Read],
    ) -> Read:
        """Send ``build(access token)`` and read the answer. Raises NoAnswer.

        ``endpoint``: a short name for the record. ``read`` raises NoAnswer with
        ``stale_token`` or ``again`` where another try may help.
        """
        tries, stale = 1, False
        while True:
            token = self.client.token(self.wire, stale=stale)
            try:
                return self.once(endpoint, build(token), read)
            except NoAnswer as no:
                if no.stale_token and not stale and not self._just_renewed():
                    stale = True
                elif not no.again or tries == MOST_TRIES or self.wire.seconds_left < 1:
                    raise
                else:
                    time.sleep(PAUSE * tries)
                    tries, stale = tries + 1, False

    def _just_renewed(self) -> bool:
        """A token that came in this conversation is refused for another reason."""
        return self.client.renewed_since(self.began)

    def once(
        self, endpoint: str, request: Request, read: Callable[[Answer], Read]
    ) -> Read:
        at, began = timezone.now(), time.monotonic()
        status, trouble = None, None
        try:
            answer = self.wire.send(request)
            status = answer.status
            return read(answer)
        except NoAnswer as no:
            trouble = no
            raise
        finally:
            self.calls.append(
                ConnectionCall(
                    connection=self.connection,
                    at=at,
                    endpoint=endpoint,
                    status=status,
                    milliseconds=round((time.monotonic() - began) * 1000),
                    outcome=trouble.verdict if trouble else "",
                    reason=trouble.reason if trouble else "",
                )
            )


def refuse_status(answer: Answer) -> None:
    """What a status means where a package does not say it more precisely.

    Raises NoAnswer for everything but a 2xx that is no HTML page.
    """
    status = answer.status
    if status == UNAUTHORISED:
        raise NoAnswer(Verdict.AUTH_REQUIRED, Why.UNAUTHORISED, stale_token=True)
    if status == FORBIDDEN:
        raise NoAnswer(Verdict.AUTH_REQUIRED, Why.FORBIDDEN)
    if status == NOT_FOUND:
        raise NoAnswer(Verdict.CONFIG_ERROR, Why.NOT_FOUND)
    if status == TOO_MANY:
        retry_at = retry_after(answer)
        raise NoAnswer(Verdict.RATE_LIMITED, Why.LIMITED, retry_at=retry_at)
    if status >= SERVER_SIDE:
        again = status in PASSING
        raise NoAnswer(Verdict.UNAVAILABLE, Why.SERVER_FAULT, again=again)
    if not OK <= status < OK + 100:
        raise NoAnswer(Verdict.UNAVAILABLE, Why.STRANGE_STATUS)
    if is_page(answer):
        raise NoAnswer(Verdict.UNAVAILABLE, Why.HTML)


def is_page(answer: Answer) -> bool:
    """A page for people, such as "maintenance": no answer to us."""
    start = answer.text[:200].lstrip().lower()
    return start.startswith(("<!doctype html", "<html"))


def retry_after(answer: Answer) -> datetime | None:
    """The moment that a Retry-After header names, in seconds or as a date."""
    told, now = answer.headers.get("retry-after", "").strip(), timezone.now()
    try:
        moment = (
            now + timedelta(seconds=int(told))
            if told.isdecimal()
            else parsedate_to_datetime(told)
        )
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return within_a_day(moment)


def within_a_day(moment: datetime) -> datetime:
    """A package does not keep us waiting longer, whatever its clock says."""
    now = timezone.now()
    return max(now, min(moment, now + LONGEST_WAIT))


def json_in(answer: Answer) -> Any:
    """The JSON of a body; raises NoAnswer UNAVAILABLE where there is none."""
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError) as error:
        raise unreadable(Why.NOT_JSON) from error


def text_in(value: object, longest: int = 200) -> str:
    """A value of an answer as text for our record; codes are never numbers here.

    Left out is what a database cannot hold: NUL, and halves of a character.
    """
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = str(value).replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    return text.strip()[:longest]


def code_in(value: object) -> str:
    """A code as the package writes it; empty where it is none, never cut or mended."""
    code = text_in(value, LONGEST_CODE + 1)
    whole = code == str(value).strip() and len(code) <= LONGEST_CODE
    return code if whole else ""
