"""What was asked over a connection, for who looks how it is doing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.http import HttpAnswer, Request, Sender
from adminmoves.models import BookkeepingConnection, ConnectionCall


class Noting:
    """Sends, and remembers the status of what came back."""

    def __init__(self, wire: Sender) -> None:
        self._wire = wire
        self.status: int | None = None

    def send(self, request: Request) -> HttpAnswer:
        answer = self._wire.send(request)
        self.status = answer.status
        return answer


@contextmanager
def recorded(
    calls: list[ConnectionCall],
    connection: BookkeepingConnection,
    endpoint: str,
    wire: Sender,
) -> Iterator[Noting]:
    """One request, written down with its outcome: a NoAnswer that passes through."""
    at, began = timezone.now(), time.monotonic()
    noting, trouble = Noting(wire), None
    try:
        yield noting
    except NoAnswer as no:
        trouble = no
        raise
    finally:
        calls.append(
            ConnectionCall(
                connection=connection,
                at=at,
                endpoint=endpoint,
                status=noting.status,
                milliseconds=round((time.monotonic() - began) * 1000),
                outcome=trouble.verdict if trouble else "",
                reason=trouble.reason if trouble else "",
            )
        )
