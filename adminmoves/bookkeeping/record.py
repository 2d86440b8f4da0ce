"""The record of requests to a package, which the page of a connection shows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.http import HttpAnswer, Request, Sender
from adminmoves.models import BookkeepingConnection, ConnectionCall


class RecordingSender:
    """Sends requests and remembers the status of the last answer."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.status: int | None = None

    def send(self, request: Request) -> HttpAnswer:
        answer = self._sender.send(request)
        self.status = answer.status
        return answer


@contextmanager
def record_call(
    calls: list[ConnectionCall],
    connection: BookkeepingConnection,
    endpoint: str,
    sender: Sender,
) -> Iterator[RecordingSender]:
    """Append one request to ``calls``, with the NoAnswer that it ended in, if any."""
    at, began = timezone.now(), time.monotonic()
    recording, trouble = RecordingSender(sender), None
    try:
        yield recording
    except NoAnswer as no:
        trouble = no
        raise
    finally:
        calls.append(
            ConnectionCall(
                connection=connection,
                at=at,
                endpoint=endpoint,
                status=recording.status,
                milliseconds=round((time.monotonic() - began) * 1000),
                outcome=trouble.verdict if trouble else "",
                reason=trouble.reason if trouble else "",
            )
        )
