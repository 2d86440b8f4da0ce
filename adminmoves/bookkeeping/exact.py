"""Exact Online: OAuth with rotating refresh tokens, and the list of divisions (OData).

Sources: start.exactonline.nl/docs, pages "Me", "Divisions" (system and hrm) and
"AllDivisions" of the REST API reference; support.exactonline.com, pages on response
codes and API limits. Every country is a site of its own. What people call the code is
``Hid``, unique within one licence only; ``Code`` is the division, our external id.
Not yet verified against the live service.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from django.utils import timezone

from adminmoves.bookkeeping.answers import (
    Evidence,
    ListedAdministration,
    Listing,
    NoAnswer,
    unreadable,
)
from adminmoves.bookkeeping.confirmation import confirm, noted
from adminmoves.bookkeeping.exact_answers import (
    ALL,
    HRM,
    SYSTEM,
    Divisions,
    ExactPage,
    Me,
    limits_in,
    number_in,
    read_me,
    read_page,
)
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpAnswer, Request, host_in
from adminmoves.bookkeeping.list_cache import kept_list
from adminmoves.bookkeeping.oauth import Cause, OAuth
from adminmoves.bookkeeping.session import Session
from adminmoves.bookkeeping.verdict import same
from adminmoves.models import BookkeepingConnection, ConnectionCall
from adminmoves.vocabulary import Verdict

Read = TypeVar("Read")
V = Verdict
HOSTS: Mapping[str, str] = {
    "NL": "start.exactonline.nl",
    "BE": "start.exactonline.be",
    "DE": "start.exactonline.de",
    "UK": "start.exactonline.co.uk",
    "FR": "start.exactonline.fr",
    "ES": "start.exactonline.es",
}
# "A new access token": not sooner than 9.5 minutes after the last one.
EARLIEST_REFRESH, REFRESH_LIFE = timedelta(seconds=570), timedelta(days=30)
# As others recorded: a token that was used before, and one that is asked too early.
RENEWAL = Cause(frozenset({"unauthorized_client"}), frozenset({"access_denied"}))
ME = "current/Me"
MOST_PAGES = 100
LONGEST_ADDRESS = 6000
# Ten refusals in an hour and Exact blocks us: what it refused is left alone so long.
REFUSED_FOR, REFUSALS = timedelta(hours=1), (400, 403, 404, 408)


class ExactOnline:
    def oauth(self, connection: BookkeepingConnection) -> OAuth:
        site = f"https://{host_of(connection)}/api/oauth2"
        return OAuth(
            authorize=f"{site}/auth",
            token=f"{site}/token",
            earliest_refresh=EARLIEST_REFRESH,
            refresh_life=REFRESH_LIFE,
            renewal=RENEWAL,
        )

    def doors(self, connection: BookkeepingConnection) -> Sequence[AllowedEndpoint]:
        host = re.escape(host_of(connection))
        lists = "|".join(each.path for each in (SYSTEM, ALL, HRM))
        return (
            AllowedEndpoint("POST", host, "/api/oauth2/token"),
            AllowedEndpoint("GET", host, f"/api/v1/{ME}"),
            AllowedEndpoint("GET", host, f"/api/v1/[0-9]+/({lists})"),
        )

    def fetch(self, session: Session) -> Listing:
        """Every division that our user may open, also in licences of clients.

        Without the scope for that list: those of one licence, the one of the division
        that the user has in use.
        """
        who = _ask(session, ME, _first_address(session), read_me)
        if not who.division:
            # No list can be asked without one: that says nothing about any code.
            raise NoAnswer(V.UNAVAILABLE, FailureReason.NO_DIVISION)
        if not _refused_lately(session, SYSTEM, reason=FailureReason.SCOPE_MISSING):
            try:
                rows = _all_pages(session, SYSTEM, who)
                return _listing(rows, SYSTEM.path, who)
            except NoAnswer as no:
                if no.reason != FailureReason.SCOPE_MISSING:
                    raise
        rows = _all_pages(session, HRM, who)
        return _listing(rows, HRM.path, who, who.licence)

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        """The divisions with this Hid; a code that is no number is none of Exact's."""
        wanted = number_in(code)
        if wanted is None:
            return ()
        return [row for row in listing.rows if number_in(row.code) == wanted]

    def looks_closer(self, evidence: Evidence) -> bool:
        seen = evidence.verdict, evidence.endpoint
        return seen == (V.NOT_FOUND_OR_NO_ACCESS, SYSTEM.path)

    def confirm(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Whether the licence has the code after all, out of our user's sight.

        The verdict stays; ``raw_status`` tells it, where the licence could be asked.
        """
        wanted = number_in(code)
        if wanted is None or not self.looks_closer(evidence):
            return evidence
        licence = session.connection.package_environment
        division = _division_of(licence, session)
        if not division or _refused_lately(session, ALL, status__in=REFUSALS):
            return evidence
        address = _list_address(session, ALL, division)
        address += f"&$filter={ALL.hid}%20eq%20{wanted}"
        try:
            page = confirm(
                session,
                ALL.path,
                _get(address),
                _noting(session, lambda answer: read_page(answer, ALL)),
            )
        except NoAnswer as no:
            if no.verdict == V.RATE_LIMITED:
                raise
            return evidence
        shown = any(
            same(row.environment, licence) and number_in(row.code) == wanted
            for row in page.rows
        )
        return noted(evidence, all_divisions="shown" if shown else "absent")


def _listing(
    rows: tuple[ListedAdministration, ...], endpoint: str, who: Me, licence: str = ""
) -> Listing:
    return Listing(
        rows,
        endpoint=endpoint,
        observed_environment=licence,
        seen_as=who.user,
        user_id=who.user_id,
    )


def host_of(connection: BookkeepingConnection) -> str:
    """The site of the connection's country; NoAnswer CONFIG_ERROR without one."""
    host = HOSTS.get((connection.country or "NL").upper())
    if host is None:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.COUNTRY)
    return host


def _first_address(session: Session) -> str:
    asked = "UserID,FullName,CurrentDivision,DivisionCustomerCode"
    return f"https://{host_of(session.connection)}/api/v1/{ME}?$select={asked}"


def _list_address(session: Session, which: Divisions, division: str) -> str:
    site = f"https://{host_of(session.connection)}/api/v1"
    return f"{site}/{division}/{which.path}?$select={which.fields}"


def _ask(
    session: Session, endpoint: str, address: str, read: Callable[[HttpAnswer], Read]
) -> Read:
    return session.ask(endpoint, _get(address), _noting(session, read))


def _get(address: str) -> Callable[[str], Request]:
    def build(token: str) -> Request:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return Request("GET", address, headers)

    return build


def _noting(
    session: Session, read: Callable[[HttpAnswer], Read]
) -> Callable[[HttpAnswer], Read]:
    """The same reading, and a note of the limits that the answer tells."""

    def note_and_read(answer: HttpAnswer) -> Read:
        session.limits |= limits_in(answer)
        return read(answer)

    return note_and_read


def _all_pages(
    session: Session, which: Divisions, who: Me
) -> tuple[ListedAdministration, ...]:
    # hrm/Divisions shows one licence; where a row does not name it, that is the one.
    licence = who.licence if which is HRM else ""

    def turn(address: str) -> ExactPage:
        return _ask(
            session, which.path, address, lambda told: read_page(told, which, licence)
        )

    return gather(_list_address(session, which, who.division), turn)


def gather(
    first: str, turn: Callable[[str], ExactPage]
) -> tuple[ListedAdministration, ...]:
    """The rows of all pages, from the first address on.

    Raises NoAnswer: for a next page elsewhere, one that came before, or too many.
    """
    rows: list[ListedAdministration] = []
    address, been, seen = first, {first}, set[tuple[str, str]]()
    for _number in range(MOST_PAGES):
        page = turn(address)
        told = {(row.external_id, row.code) for row in page.rows}
        if told and told <= seen:
            # A page that came again stands where another one should be.
            raise unreadable(FailureReason.PAGE_REPEATED)
        rows, seen = [*rows, *page.rows], seen | told
        if not page.following:
            return tuple(rows)
        address = page.following
        if not _same_list(first, address):
            raise unreadable(FailureReason.STRANGE_NEXT)
        if address in been:
            raise unreadable(FailureReason.PAGE_REPEATED)
        been.add(address)
    raise unreadable(FailureReason.TOO_MANY_PAGES)


def _same_list(first: str, address: str) -> bool:
    """The token goes to the same site and list only."""
    if len(address) > LONGEST_ADDRESS or not re.fullmatch(r"[\x21-\x7e]+", address):
        return False
    try:
        where = urlsplit(address)
    except ValueError:
        return False
    return _place(where) == _place(urlsplit(first))


def _place(where: SplitResult) -> tuple[str, str, str]:
    return where.scheme, host_in(where), where.path.lower()


def _division_of(licence: str, session: Session) -> str:
    """A division of the licence that the kept list shows, so that it can be asked."""
    kept = kept_list(session.connection, REFUSED_FOR)
    for row in kept.rows if kept else ():
        theirs = row.environment and same(row.environment, licence)
        if theirs and number_in(row.external_id):
            return row.external_id
    return ""


def _refused_lately(session: Session, which: Divisions, **how: Any) -> bool:
    since = timezone.now() - REFUSED_FOR
    calls = ConnectionCall.objects.filter(connection=session.connection, at__gt=since)
    return calls.filter(endpoint=which.path, **how).exists()
