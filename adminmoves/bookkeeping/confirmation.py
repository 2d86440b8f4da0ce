"""A closer look at one administration, beside the list that was already read.

It opens the administration itself, which may be locked, slow or at the customer's
own office. So it is short and asked once, and its failing spoils no verdict.
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
    """Like ``Session.ask``, within SECONDS and without another try.

    A token is renewed before, with the time of the whole conversation: the answer to
    a renewal that is cut short would be lost. Raises NoAnswer.
    """
    token = session.client.token(session.wire)
    with session.wire.within(SECONDS) as wire:
        return replace(session, wire=wire).once(endpoint, build(token), read)


def noted(
    evidence: Evidence, *, reason: FailureReason | None = None, **facts: object
) -> Evidence:
    """The evidence with more facts in its own record."""
    said = {"reason": reason} if reason else {}
    return replace(evidence, raw_status={**evidence.raw_status, **said, **facts})
