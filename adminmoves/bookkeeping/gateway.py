"""Asks a package (domain.md par. 5); everything outside this room asks through here.

One question: is the administration with this code active in this licence or
organisation? A cached list answers all questions of a few minutes; a connection has
one request in flight; a package that fails is not asked again for a while.
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
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpClient
from adminmoves.bookkeeping.list_cache import cache_list, cached_list
from adminmoves.bookkeeping.oauth import OAuth, client_of
from adminmoves.bookkeeping.session import Session
from adminmoves.bookkeeping.verdict import decide_verdict
from adminmoves.models import BookkeepingConnection, ConnectionCall
from adminmoves.vocabulary import Package, Verdict

__all__ = ["ADAPTERS", "Adapter", "ConnectionBusy", "Evidence", "can_ask", "check"]

LIST_AGE = timedelta(minutes=2)
FRESH = timedelta()
SECONDS = 60.0
MAX_CALLS_STORED = 50
REFUSALS = frozenset(range(400, 500)) - {408, 429}


class Adapter(Protocol):
    """The part that differs per package."""

    def oauth(self, connection: BookkeepingConnection) -> OAuth:
        """Its addresses and rules of OAuth. Raises NoAnswer for a wrong connection."""

    def endpoints(self, connection: BookkeepingConnection) -> Sequence[AllowedEndpoint]:
        """All requests that are allowed."""

    def fetch(self, session: Session) -> Listing:
        """Fetch every administration that it shows. Raises NoAnswer."""

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        """The rows that people call by this code."""

    def needs_confirmation(self, evidence: Evidence) -> bool:
        """Whether ``confirm`` may add to what the list says."""

    def confirm(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Ask about one administration after the list. Raises NoAnswer for a limit."""


ADAPTERS: dict[Package, Adapter] = {
    Package.TWINFIELD: twinfield.Twinfield(),
    Package.EXACT_ONLINE: exact.ExactOnline(),
    Package.UNIT4: multivers.Multivers(),
    Package.ACCOUNTVIEW: accountview.AccountView(),
}


def can_ask(connection: BookkeepingConnection) -> bool:
    """Whether an answer may be expected: asked by API, registered, and with consent."""
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
    """Ask a package about ``code``; whatever goes wrong is a verdict as well.

    Without a code only the list is fetched, and its owner compared. ``age``: how old a
    cached list may be (FRESH before a run). ``seconds``: how long the caller can wait.
    ``urgent``: see ``connection_lock.raise_if_backing_off``. Raises ConnectionBusy
    where the cached list does not say enough.
    """
    try:
        adapter = adapter_of(connection)
        client = _client(adapter, connection)
        cached = _cached_evidence(adapter, connection, code, expected_environment, age)
        if cached is not None:
            connection_lock.raise_if_backing_off(
                connection_lock.line_of(connection), urgent=urgent
            )
            return cached
        with connection_lock.connection_lock(connection, seconds) as line:
            connection_lock.raise_if_backing_off(line, urgent=urgent)
            session = Session(
                HttpClient(adapter.endpoints(connection), seconds), client
            )
            try:
                with session.http_client:
                    evidence = _ask(adapter, session, code, expected_environment, age)
            except NoAnswer as no:
                connection_lock.record_failure(
                    line, no, session.limits, refused=_refused(session.calls)
                )
                raise
            finally:
                store_calls(connection, session.calls)
            if session.calls:
                connection_lock.record_answer(line, session.limits)
            return evidence
    except NoAnswer as no:
        return no.evidence()


def _cached_evidence(
    adapter: Adapter,
    connection: BookkeepingConnection,
    code: str | None,
    expected: str,
    age: timedelta,
) -> Evidence | None:
    """The answer of the cached list; None where the package has to be asked.

    Needs no lock on the connection, since nothing is sent.
    """
    listing = cached_list(connection, age)
    if listing is None:
        return None
    evidence = _evidence_from(adapter, listing, code, expected)
    asks = code is not None and adapter.needs_confirmation(evidence)
    return None if asks else evidence


def _ask(
    adapter: Adapter,
    session: Session,
    code: str | None,
    expected: str,
    age: timedelta,
) -> Evidence:
    listing = cached_list(session.connection, age)
    if listing is None:
        listing = adapter.fetch(session)
        cache_list(session.connection, listing)
    evidence = _evidence_from(adapter, listing, code, expected)
    if code is None or not adapter.needs_confirmation(evidence):
        return evidence
    return adapter.confirm(session, code, evidence)


def _evidence_from(
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
    """The answer of the cached list on ``code``; None without a list of that age."""
    listing = cached_list(connection, age)
    if listing is None or not can_ask(connection):
        return None
    return _evidence_from(adapter_of(connection), listing, code, expected_environment)


def cached_list_has(
    connection: BookkeepingConnection, code: str, *, age: timedelta
) -> bool | None:
    """Whether the cached list has ``code``; None where no list of that age tells it."""
    listing = cached_list(connection, age)
    if listing is None:
        return None
    adapter = adapter_of(connection)
    if adapter.find(listing, code):
        return True
    evidence = _evidence_from(adapter, listing, code, connection.package_environment)
    return False if evidence.verdict == Verdict.NOT_FOUND_OR_NO_ACCESS else None


def adapter_of(connection: BookkeepingConnection) -> Adapter:
    return ADAPTERS[Package(connection.package)]


def _client(adapter: Adapter, connection: BookkeepingConnection) -> Client:
    identity = client_of(connection)
    if identity is None:
        raise NoAnswer(Verdict.CONFIG_ERROR, FailureReason.CLIENT_MISSING)
    return Client(adapter.oauth(connection), identity, connection)


def _refused(calls: Sequence[ConnectionCall]) -> bool:
    """Whether the last request was refused: Exact counts refusals and blocks us."""
    status = calls[-1].status if calls else None
    return status in REFUSALS


def store_calls(
    connection: BookkeepingConnection, calls: Sequence[ConnectionCall]
) -> None:
    """Store calls for the page of the connection, and delete all but the newest."""
    if not calls:
        return
    with transaction.atomic():
        ConnectionCall.objects.bulk_create(calls)
        newest = ConnectionCall.objects.filter(connection=connection)
        stored = newest.values_list("pk", flat=True)[:MAX_CALLS_STORED]
        newest.exclude(pk__in=list(stored)).delete()
