"""The requests to one package over one connection, with tokens and retries.

Only a cut connection, 502, 503 and 504 are retried (twice), and once a new token.
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
from adminmoves.bookkeeping.http import HttpAnswer, HttpClient, Request
from adminmoves.bookkeeping.http_status import add_retry_after
from adminmoves.bookkeeping.record import record_call
from adminmoves.models import BookkeepingConnection, ConnectionCall

Read = TypeVar("Read")
MOST_TRIES = 3
PAUSE_SECONDS = 0.5
MAX_CODE_CHARS = 100


@dataclass(slots=True)
class Session:
    """``limits``: what is left of the limits, by the newest answer."""

    http_client: HttpClient
    client: Client
    limits: dict[str, object] = field(default_factory=dict)
    began: datetime = field(default_factory=timezone.now)

    @property
    def connection(self) -> BookkeepingConnection:
        return self.client.connection

    @property
    def calls(self) -> list[ConnectionCall]:
        """The requests so far, also those for tokens."""
        return self.client.calls

    def ask(
        self,
        endpoint: str,
        build: Callable[[str], Request],
        read: Callable[[HttpAnswer], Read],
    ) -> Read:
        """Send ``build(access token)`` and read the answer. Raises NoAnswer.

        ``endpoint``: its short name in ``calls``. ``read`` raises NoAnswer with
        ``stale_token`` or ``again`` where a retry may help.
        """
        tries, stale = 1, False
        while True:
            token = self.client.token(self.http_client, stale=stale)
            try:
                return self.once(endpoint, build(token), read)
            except NoAnswer as no:
                if no.stale_token and not stale and not self._just_renewed():
                    stale = True
                elif (
                    not no.again
                    or tries == MOST_TRIES
                    or self.http_client.seconds_left < 1
                ):
                    raise
                else:
                    time.sleep(PAUSE_SECONDS * tries)
                    tries, stale = tries + 1, False

    def _just_renewed(self) -> bool:
        # A token of this very session is refused for another reason than its age.
        return self.client.renewed_since(self.began)

    def once(
        self, endpoint: str, request: Request, read: Callable[[HttpAnswer], Read]
    ) -> Read:
        with record_call(
            self.calls, self.connection, endpoint, self.http_client
        ) as sender:
            answer = sender.send(request)
            try:
                return read(answer)
            except NoAnswer as no:
                raise add_retry_after(no, answer) from no.__cause__


def json_in(answer: HttpAnswer) -> Any:
    """Parse the JSON of a body. Raises NoAnswer UNAVAILABLE where it is none."""
    try:
        # A control character in a name does not make the whole list unreadable.
        return json.loads(answer.text, strict=False)
    except (ValueError, RecursionError) as error:
        raise unreadable(FailureReason.NOT_JSON) from error


def text_in(value: object, longest: int = 200) -> str:
    """A value of an answer as text, without what PostgreSQL cannot store."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    # NUL, and halves of a surrogate pair.
    text = str(value).replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    return text.strip()[:longest]


def code_in(value: object) -> str:
    """A code exactly as the package writes it; empty where it is too long or no code.

    Never cut or mended: that would make another code of it.
    """
    code = text_in(value, MAX_CODE_CHARS + 1)
    whole = code == str(value).strip() and len(code) <= MAX_CODE_CHARS
    return code if whole else ""


def is_unread(value: object) -> bool:
    """Whether there is a value that is no code. Some packages may leave a code out."""
    return value not in (None, "") and not code_in(value)
