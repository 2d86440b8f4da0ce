"""A conversation with one package over one connection: tokens, retries, a record.

Retried are only a cut connection, 502, 503 and 504 (twice), and once with a new token.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer, unreadable
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.grants import Client
from adminmoves.bookkeeping.http import HttpAnswer, Request, Wire
from adminmoves.bookkeeping.record import recorded
from adminmoves.bookkeeping.refusals import heed_wait
from adminmoves.models import BookkeepingConnection, ConnectionCall

Read = TypeVar("Read")
MOST_TRIES = 3
PAUSE = 0.5
LONGEST_CODE = 100


@dataclass(slots=True)
class Session:
    """``limits``: what the package says is left, as it was last told."""

    wire: Wire
    client: Client
    limits: dict[str, Any] = field(default_factory=dict)
    began: datetime = field(default_factory=timezone.now)

    @property
    def connection(self) -> BookkeepingConnection:
        return self.client.connection

    @property
    def calls(self) -> list[ConnectionCall]:
        """What was asked so far, the tokens too."""
        return self.client.calls

    def ask(
        self,
        endpoint: str,
        build: Callable[[str], Request],
        read: Callable[[HttpAnswer], Read],
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
        self, endpoint: str, request: Request, read: Callable[[HttpAnswer], Read]
    ) -> Read:
        with recorded(self.calls, self.connection, endpoint, self.wire) as noting:
            answer = noting.send(request)
            try:
                return read(answer)
            except NoAnswer as no:
                raise heed_wait(no, answer) from no.__cause__


def json_in(answer: HttpAnswer) -> Any:
    """The JSON of a body; raises NoAnswer UNAVAILABLE where there is none."""
    try:
        # A control character in a name does not make the whole list unreadable.
        return json.loads(answer.text, strict=False)
    except (ValueError, RecursionError) as error:
        raise unreadable(FailureReason.NOT_JSON) from error


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


def is_unread(value: object) -> bool:
    """Whether a code is told that is none; none at all is told by some packages."""
    return value not in (None, "") and not code_in(value)
