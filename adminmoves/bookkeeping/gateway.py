"""The one door to the packages (domain.md par. 5).

One question: is the administration with this code active in this licence or
organisation? A list serves all questions of a few minutes; one request is in flight
per connection; a package in trouble is left alone for a while and says so.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from django.db import transaction

from adminmoves.bookkeeping import (
    accountview,
    connection_lock,
    exact,
    multivers,
    twinfield,
)
from adminmoves.bookkeeping.answers import (
    Evidence,
    ListedAdministration,
    Listing,
    NoAnswer,
)
from adminmoves.bookkeeping.connection_lock import ConnectionBusy
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.grants import Client
from adminmoves.bookkeeping.http import AllowedEndpoint, Wire
from adminmoves.bookkeeping.list_cache import keep_list, kept_list
from adminmoves.bookkeeping.oauth import OAuth, client_of
from adminmoves.bookkeeping.session import Session
from adminmoves.bookkeeping.verdict import decide_verdict
from adminmoves.models import BookkeepingConnection, ConnectionCall
from adminmoves.vocabulary import Package, Verdict

__all__ = ["ADAPTERS", "Adapter", "ConnectionBusy", "Evidence", "can_ask", "check"]

LIST_AGE = timedelta(minutes=2)
FRESH = timedelta()
SECONDS = 60.0
CALLS_KEPT = 50
REFUSALS = frozenset(range(400, 500)) - {408, 429}


class Adapter(Protocol):
    """What differs per package."""

    def oauth(self, connection: BookkeepingConnection) -> OAuth:
        """How it asks for consent. NoAnswer where the connection lacks a fact."""

    def doors(self, connection: BookkeepingConnection) -> Sequence[AllowedEndpoint]:
        """All that may be asked of it."""

    def fetch(self, session: Session) -> Listing:
        """Every administration that it shows. Raises NoAnswer."""

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        """The rows that a person would call by this code."""

    def looks_closer(self, evidence: Evidence) -> bool:
        """Whether there is more to say of this than the list does; see ``confirm``."""

    def confirm(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """A closer look after the list. Raises NoAnswer only for a limit."""


ADAPTERS: dict[Package, Adapter] = {
    Package.TWINFIELD: twinfield.Twinfield(),
    Package.EXACT_ONLINE: exact.ExactOnline(),
    Package.UNIT4: multivers.Multivers(),
    Package.ACCOUNTVIEW: accountview.AccountView(),
}


def can_ask(connection: BookkeepingConnection) -> bool:
    """Whether an answer may be expected: somebody consented and may be asked for."""
    return (
        connection.asks_package
        and client_of(connection) is not None
        and hasattr(connection, "grant")
        and connection.grant.lost_at is None
    )


def check(
    connection: BookkeepingConnection,
    code: str | None,
    expected_environment: str,
    *,
    age: timedelta = LIST_AGE,
    seconds: float = SECONDS,
    urgent: bool = False,
) -> Evidence:
    """What the package says of ``code``; every trouble is a verdict too.

    Without a code the list alone is fetched, and WRONG_ENVIRONMENT is told.

    ``age``: how old a list may be (FRESH before a run). ``seconds``: the longest that
    the caller wants to wait. ``urgent``: see ``connection_lock``. Raises
    ConnectionBusy, where the cached list does not say enough.
    """
    try:
        adapter = adapter_of(connection)
        client = _client(adapter, connection)
        kept = _kept(adapter, connection, code, expected_environment, age)
        if kept is not None:
            connection_lock.raise_if_backing_off(
                connection_lock.line_of(connection), urgent=urgent
            )
            return kept
        with connection_lock.connection_lock(connection, seconds) as line:
            connection_lock.raise_if_backing_off(line, urgent=urgent)
            session = Session(Wire(adapter.doors(connection), seconds), client)
            try:
                with session.wire:
                    evidence = _look(adapter, session, code, expected_environment, age)
            except NoAnswer as no:
                connection_lock.record_failure(
                    line, no, session.limits, refused=_refused(session.calls)
                )
                raise
            finally:
                keep_calls(connection, session.calls)
            if session.calls:
                connection_lock.record_answer(line, session.limits)
            return evidence
    except NoAnswer as no:
        return no.evidence()


def _kept(
    adapter: Adapter,
    connection: BookkeepingConnection,
    code: str | None,
    expected: str,
    age: timedelta,
) -> Evidence | None:
    """What the kept list says by itself; None where the package is to be asked.

    Nothing is sent, so whoever asks the package meanwhile is in nobody's way.
    """
    listing = kept_list(connection, age)
    if listing is None:
        return None
    evidence = _judged(adapter, listing, code, expected)
    asks = code is not None and adapter.looks_closer(evidence)
    return None if asks else evidence


def _look(
    adapter: Adapter,
    session: Session,
    code: str | None,
    expected: str,
    age: timedelta,
) -> Evidence:
    listing = kept_list(session.connection, age)
    if listing is None:
        listing = adapter.fetch(session)
        keep_list(session.connection, listing)
    evidence = _judged(adapter, listing, code, expected)
    if code is None or not adapter.looks_closer(evidence):
        return evidence
    return adapter.confirm(session, code, evidence)


def _judged(
    adapter: Adapter, listing: Listing, code: str | None, expected: str
) -> Evidence:
    found = () if code is None else adapter.find(listing, code)
    return decide_verdict(listing, found, expected)


def cached_answer(
    connection: BookkeepingConnection,
    code: str,
    expected_environment: str,
    *,
    age: timedelta,
) -> Evidence | None:
    """What the kept list says of ``code``; nothing is asked. None without a list."""
    listing = kept_list(connection, age)
    if listing is None or not can_ask(connection):
        return None
    return _judged(adapter_of(connection), listing, code, expected_environment)


def cached_list_has(
    connection: BookkeepingConnection, code: str, *, age: timedelta
) -> bool | None:
    """Whether the kept list has this code; None where no list of that age tells it."""
    listing = kept_list(connection, age)
    if listing is None:
        return None
    adapter = adapter_of(connection)
    if adapter.find(listing, code):
        return True
    evidence = _judged(adapter, listing, code, connection.package_environment)
    return False if evidence.verdict == Verdict.NOT_FOUND_OR_NO_ACCESS else None


def adapter_of(connection: BookkeepingConnection) -> Adapter:
    return ADAPTERS[Package(connection.package)]


def _client(adapter: Adapter, connection: BookkeepingConnection) -> Client:
    identity = client_of(connection)
    if identity is None:
        raise NoAnswer(Verdict.CONFIG_ERROR, FailureReason.CLIENT_MISSING)
    return Client(adapter.oauth(connection), identity, connection)


def _refused(calls: Sequence[ConnectionCall]) -> bool:
    """Whether the last request was answered by a refusal, which Exact counts."""
    status = calls[-1].status if calls else None
    return status in REFUSALS


def keep_calls(
    connection: BookkeepingConnection, calls: Sequence[ConnectionCall]
) -> None:
    """The newest calls, for who looks how a connection is doing."""
    if not calls:
        return
    with transaction.atomic():
        ConnectionCall.objects.bulk_create(calls)
        newest = ConnectionCall.objects.filter(connection=connection)
        kept = newest.values_list("pk", flat=True)[:CALLS_KEPT]
        newest.exclude(pk__in=list(kept)).delete()
