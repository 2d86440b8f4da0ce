"""One more request about one administration, after the list was read.

It opens the administration itself, which may be locked, slow, or on a computer of the
office. So it gets little time and no retry, and the verdict stands when it fails.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from adminmoves.bookkeeping.answers import Evidence
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import HttpAnswer, Request
from adminmoves.bookkeeping.session import Session

Read = TypeVar("Read")
SECONDS = 8.0


def confirm(
    session: Session,
    endpoint: str,
    build: Callable[[str], Request],
    read: Callable[[HttpAnswer], Read],
) -> Read:
    """Do as ``Session.ask``, within SECONDS and without a retry. Raises NoAnswer."""
    # A token is renewed before SECONDS begin: the new tokens would be lost if the
    # renewal were cut short.
    token = session.client.token(session.http_client)
    with session.http_client.within(SECONDS) as http_client:
        return replace(session, http_client=http_client).once(
            endpoint, build(token), read
        )


def add_raw_status(
    evidence: Evidence, *, reason: FailureReason | None = None, **facts: object
) -> Evidence:
    if reason:
        facts["reason"] = reason
    return replace(evidence, raw_status={**evidence.raw_status, **facts})
