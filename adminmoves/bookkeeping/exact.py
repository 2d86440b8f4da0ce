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
from adminmoves.bookkeeping.confirmation import add_raw_status, confirm
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
from adminmoves.bookkeeping.list_cache import cached_list
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
# "A new access token": no sooner than 9.5 minutes after the last one.
EARLIEST_REFRESH, REFRESH_LIFE = timedelta(seconds=570), timedelta(days=30)
# As others recorded, against RFC 6749.
RENEWAL = Cause(
    used_before=frozenset({"unauthorized_client"}),
    too_early=frozenset({"access_denied"}),
)
ME = "current/Me"
MOST_PAGES = 100
MAX_ADDRESS_CHARS = 6000
# Exact blocks us after ten refusals in an hour, so what it refused is not asked again
# for that hour.
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

    def endpoints(self, connection: BookkeepingConnection) -> Sequence[AllowedEndpoint]:
        host = re.escape(host_of(connection))
        lists = "|".join(each.path for each in (SYSTEM, ALL, HRM))
        return (
            AllowedEndpoint("POST", host, "/api/oauth2/token"),
            AllowedEndpoint("GET", host, f"/api/v1/{ME}"),
            AllowedEndpoint("GET", host, f"/api/v1/[0-9]+/({lists})"),
        )

    def fetch(self, session: Session) -> Listing:
        """Fetch the divisions that our user may open, also in licences of clients.

        Without the scope for that list: those of the licence in use.
        """
        who = _ask(session, ME, _first_address(session), read_me)
        if not who.division:
            # Every list needs a division in its address.
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
        """Rows with this Hid, which is a number: any other code is not in Exact."""
        wanted = number_in(code)
        if wanted is None:
            return ()
        return [row for row in listing.rows if number_in(row.code) == wanted]

    def needs_confirmation(self, evidence: Evidence) -> bool:
        seen = evidence.verdict, evidence.endpoint
        return seen == (V.NOT_FOUND_OR_NO_ACCESS, SYSTEM.path)

    def confirm(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Look whether the licence has a code that our user may not see.

        The verdict stays; ``all_divisions`` of ``raw_status`` has what was found.
        """
        wanted = number_in(code)
        if wanted is None or not self.needs_confirmation(evidence):
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
                _reading_limits(session, lambda answer: read_page(answer, ALL)),
            )
        except NoAnswer as no:
            # A limit holds for every request, so the connection has to wait for it.
            if no.verdict == V.RATE_LIMITED:
                raise
            return evidence
        shown = any(
            same(row.environment, licence) and number_in(row.code) == wanted
            for row in page.rows
        )
        return add_raw_status(evidence, all_divisions="shown" if shown else "absent")


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
    """The site of a country. Raises NoAnswer CONFIG_ERROR where we know none."""
    host = HOSTS.get((connection.country or "NL").upper())
    if host is None:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.COUNTRY)
    return host


def _first_address(session: Session) -> str:
    fields = "UserID,FullName,CurrentDivision,DivisionCustomerCode"
    return f"https://{host_of(session.connection)}/api/v1/{ME}?$select={fields}"


def _list_address(session: Session, which: Divisions, division: str) -> str:
    site = f"https://{host_of(session.connection)}/api/v1"
    return f"{site}/{division}/{which.path}?$select={which.fields}"


def _ask(
    session: Session, endpoint: str, address: str, read: Callable[[HttpAnswer], Read]
) -> Read:
    return session.ask(endpoint, _get(address), _reading_limits(session, read))


def _get(address: str) -> Callable[[str], Request]:
    def build(token: str) -> Request:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return Request("GET", address, headers)

    return build


def _reading_limits(
    session: Session, read: Callable[[HttpAnswer], Read]
) -> Callable[[HttpAnswer], Read]:
    """Wrap ``read``, to note the limits in every answer."""

    def note_and_read(answer: HttpAnswer) -> Read:
        session.limits |= limits_in(answer)
        return read(answer)

    return note_and_read


def _all_pages(
    session: Session, which: Divisions, who: Me
) -> tuple[ListedAdministration, ...]:
    # hrm/Divisions has one licence, which owns the rows that name no owner.
    licence = who.licence if which is HRM else ""

    def turn(address: str) -> ExactPage:
        return _ask(
            session,
            which.path,
            address,
            lambda answer: read_page(answer, which, licence),
        )

    return gather(_list_address(session, which, who.division), turn)


def gather(
    first: str, turn: Callable[[str], ExactPage]
) -> tuple[ListedAdministration, ...]:
    """The rows of all pages. ``turn``: fetch the page of an address.

    Raises NoAnswer for a next page elsewhere, a page that came before, or too many.
    """
    rows: list[ListedAdministration] = []
    address, visited, seen = first, {first}, set[tuple[str, str]]()
    for _number in range(MOST_PAGES):
        page = turn(address)
        keys = {(row.external_id, row.code) for row in page.rows}
        if keys and keys <= seen:
            # A page that comes again takes the place of one that we never saw.
            raise unreadable(FailureReason.PAGE_REPEATED)
        rows, seen = [*rows, *page.rows], seen | keys
        if not page.following:
            return tuple(rows)
        address = page.following
        if not _same_list(first, address):
            raise unreadable(FailureReason.STRANGE_NEXT)
        if address in visited:
            raise unreadable(FailureReason.PAGE_REPEATED)
        visited.add(address)
    raise unreadable(FailureReason.TOO_MANY_PAGES)


def _same_list(first: str, address: str) -> bool:
    """Whether an address is of the same site and list: a token is sent to no other."""
    if len(address) > MAX_ADDRESS_CHARS or not re.fullmatch(r"[\x21-\x7e]+", address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return _place(parts) == _place(urlsplit(first))


def _place(parts: SplitResult) -> tuple[str, str, str]:
    return parts.scheme, host_in(parts), parts.path.lower()


def _division_of(licence: str, session: Session) -> str:
    """A division of the licence in the cached list, to ask through; "" if none."""
    listing = cached_list(session.connection, REFUSED_FOR)
    for row in listing.rows if listing else ():
        is_of_licence = row.environment and same(row.environment, licence)
        if is_of_licence and number_in(row.external_id):
            return row.external_id
    return ""


def _refused_lately(session: Session, which: Divisions, **how: Any) -> bool:
    since = timezone.now() - REFUSED_FOR
    calls = ConnectionCall.objects.filter(connection=session.connection, at__gt=since)
    return calls.filter(endpoint=which.path, **how).exists()
