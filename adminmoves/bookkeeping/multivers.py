"""Multivers and Boekhoud Gemak (Exact, formerly Unit4): administrations by JSON.

Sources: the guides "OAuth" and "JsonAndXml" and the help pages of the three calls
below, at api.multivers.nl/V22 and api.boekhoudgemak.nl/V221. Each connection has its
own host and version. An administration is a database (``MVL…``) with a code that
people use. Nothing in an answer names the licence: who consented defines it.
Not yet verified against the live service.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from adminmoves.bookkeeping.answers import (
    Evidence,
    ListedAdministration,
    Listing,
    NoAnswer,
    unreadable,
)
from adminmoves.bookkeeping.confirmation import SECONDS, add_raw_status, confirm
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpAnswer, Request
from adminmoves.bookkeeping.http_status import refuse_status
from adminmoves.bookkeeping.oauth import OAuth
from adminmoves.bookkeeping.session import Session, code_in, is_unread, json_in, text_in
from adminmoves.bookkeeping.verdict import key_of
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Verdict

HOSTS = frozenset(
    {
        "api.multivers.nl",
        "sandbox-api.multivers.nl",
        "api.boekhoudgemak.nl",
        "sandbox-api.boekhoudgemak.nl",
        "api.online.unit4.nl",
        "sandbox.api.online.unit4.nl",
    }
)
VERSION = r"/[Vv][0-9]{1,4}"
LOCAL_FOLDER = r"(/[A-Za-z0-9_-]+){0,3}"
HOST_NAME = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(:[0-9]{1,5})?")
# Literally this address, whatever host is asked ("OAuth").
SCOPE = "http://UNIT4.Multivers.API/Web/WebApi/*"
INFO_LIST, NAMES_LIST = "AdministrationInfoList", "AdministrationNVL"
DETAILS = "CompanyDetailsInfo"
DATABASE = "[A-Za-z0-9_-]{1,50}"
MOST_OPENED = 20
PAUSE_SECONDS = 1.0
"""Seconds between two databases: no limits are documented, so we keep our own."""
V = Verdict


class Multivers:
    def oauth(self, connection: BookkeepingConnection) -> OAuth:
        base = base_of(connection)
        return OAuth(
            authorize=f"{base}/OAuth/Authorize",
            token=f"{base}/OAuth/Token",
            scope=SCOPE,
        )

    def endpoints(self, connection: BookkeepingConnection) -> Sequence[AllowedEndpoint]:
        # Only GET: the same paths also know PUT and DELETE.
        where = urlsplit(base_of(connection))
        host, path = re.escape(where.netloc), re.escape(where.path)
        return (
            AllowedEndpoint("POST", host, f"{path}/OAuth/Token"),
            AllowedEndpoint("GET", host, f"{path}/api/({INFO_LIST}|{NAMES_LIST})"),
            AllowedEndpoint("GET", host, f"{path}/api/{DATABASE}/{DETAILS}"),
        )

    def fetch(self, session: Session) -> Listing:
        """Fetch the administrations of the user who gave consent.

        An installation that lacks the list with codes gives the one of ids and names.
        """
        base = base_of(session.connection)
        try:
            rows = session.ask(INFO_LIST, _get(f"{base}/api/{INFO_LIST}"), read_rows)
        except NoAnswer as no:
            if no.reason != FailureReason.NOT_FOUND:
                raise
        else:
            return Listing(rows, endpoint=INFO_LIST)
        rows = session.ask(NAMES_LIST, _get(f"{base}/api/{NAMES_LIST}"), read_names)
        return Listing(tuple(self._with_codes(session, rows)), endpoint=NAMES_LIST)

    def _with_codes(
        self, session: Session, rows: Sequence[ListedAdministration]
    ) -> Iterator[ListedAdministration]:
        """Open the first databases for their codes, which the list of names lacks.

        As far as time allows; a row without a code is found by its id only.
        """
        for number, row in enumerate(rows):
            if number < MOST_OPENED and session.http_client.seconds_left > 2 * SECONDS:
                time.sleep(PAUSE_SECONDS)
                yield self._opened(session, row)
            else:
                yield row

    def _opened(
        self, session: Session, row: ListedAdministration
    ) -> ListedAdministration:
        try:
            code, kvk_number = self._details(session, row.external_id)
        except NoAnswer:
            return row
        return replace(row, code=code, code_unread=False, kvk_number=kvk_number)

    def _details(self, session: Session, database: str) -> tuple[str, str]:
        base, name = base_of(session.connection), quote(database, safe="")
        return confirm(
            session,
            DETAILS,
            _get(f"{base}/api/{name}/{DETAILS}"),
            read_details,
        )

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        """Rows with this code, else with this database id: people use both."""
        wanted = key_of(code)
        if not wanted:
            return []
        by_code = [row for row in listing.rows if key_of(row.code) == wanted]
        return by_code or [
            row for row in listing.rows if key_of(row.external_id) == wanted
        ]

    def needs_confirmation(self, evidence: Evidence) -> bool:
        return evidence.verdict == V.FOUND_ACTIVE or _is_light(evidence)

    def confirm(self, session: Session, _code: str, evidence: Evidence) -> Evidence:
        """Open the database that was found, for its own code and its KvK number.

        The verdict of the list stays where the database cannot be opened.
        """
        if _is_light(evidence):
            return add_raw_status(evidence, reason=FailureReason.CODES_UNKNOWN)
        if evidence.verdict != V.FOUND_ACTIVE:
            return evidence
        try:
            code, kvk_number = self._details(session, evidence.external_id)
        except NoAnswer as no:
            return add_raw_status(evidence, details=no.reason)
        if evidence.code and key_of(code) != key_of(evidence.code):
            other = replace(evidence, verdict=V.AMBIGUOUS)
            return add_raw_status(
                other, reason=FailureReason.OTHER_CODE, details_code=code
            )
        return replace(evidence, code=code, kvk_number=kvk_number)


def _is_light(evidence: Evidence) -> bool:
    # The list of names may have the administration and not its code.
    absent = evidence.verdict in {V.NOT_FOUND_OR_NO_ACCESS, V.UNAVAILABLE}
    return absent and evidence.endpoint == NAMES_LIST


def base_of(connection: BookkeepingConnection) -> str:
    """The base address of a connection, without a slash at its end.

    Raises NoAnswer CONFIG_ERROR for a host that may not be asked: a token is sent to no
    other.
    """
    base = base_in(connection.base_url.strip())
    if base is None:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.BASE_URL)
    return base


def base_in(address: str) -> str | None:
    """The base address without a slash at its end; None where it may not be asked.

    Allowed are Exact's own hosts with a version, and the hosts of
    PORTAL_MULTIVERS_HOSTS with any folder.
    """
    where = _safe_parts(address)
    if where is None:
        return None
    host, path = where.netloc.lower(), where.path.rstrip("/")
    wanted = _path_of(host)
    if wanted is None or not re.fullmatch(wanted, path):
        return None
    return SplitResult("https", host, path, "", "").geturl()


def is_likely(address: str) -> bool:
    """Whether it looks like a base address: of Exact with a version, or of an office.

    An IP address does not, unless PORTAL_MULTIVERS_HOSTS names it.
    """
    where = _safe_parts(address)
    if where is None:
        return False
    host = where.netloc.lower()
    wanted = _path_of(host) or (LOCAL_FOLDER if HOST_NAME.fullmatch(host) else None)
    return wanted is not None and bool(re.fullmatch(wanted, where.path.rstrip("/")))


def _safe_parts(address: str) -> SplitResult | None:
    try:
        where = urlsplit(address)
    except ValueError:
        return None
    plain = where.scheme == "https" and not where.query and not where.fragment
    return where if plain else None


def _path_of(host: str) -> str | None:
    """Pattern of the paths of a host; None where the host may not be asked."""
    # ``host`` has its port and anything before an @, so a disguised host is no match.
    if host in HOSTS:
        return VERSION
    if host in {allowed.lower() for allowed in settings.PORTAL_MULTIVERS_HOSTS}:
        return LOCAL_FOLDER
    return None


def _get(url: str) -> Callable[[str], Request]:
    def build(token: str) -> Request:
        # Without an Accept header the answer may be XML ("JsonAndXml").
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        return Request("GET", url, headers)

    return build


def read_rows(answer: HttpAnswer) -> tuple[ListedAdministration, ...]:
    """Read AdministrationInfoList: code, database id, description. Raises NoAnswer.

    The field ``users`` is never stored. ``onlineState`` is stored and decides nothing:
    its values are not documented.
    """
    return tuple(
        _named(
            ListedAdministration(
                code=code_in(row.get("code")),
                code_unread=is_unread(row.get("code")),
                external_id=code_in(row.get("administrationId")),
                name=text_in(row.get("description")) or text_in(row.get("shortName")),
                raw={"onlineState": text_in(row.get("onlineState"))},
            )
        )
        for row in _objects_in(answer, "administrationId")
    )


def read_names(answer: HttpAnswer) -> tuple[ListedAdministration, ...]:
    """Read AdministrationNVL: ``name`` is the database id, ``value`` the name."""
    return tuple(
        _named(
            ListedAdministration(
                code="",
                code_unread=True,
                external_id=code_in(row.get("name")),
                name=text_in(row.get("value")),
            )
        )
        for row in _objects_in(answer, "name")
    )


def read_details(answer: HttpAnswer) -> tuple[str, str]:
    """Read code and KvK number of CompanyDetailsInfo. Raises NoAnswer."""
    refuse_status(answer)
    content = json_in(answer)
    details = content if isinstance(content, dict) else {}
    code = code_in(details.get("administrationCode"))
    if not code:
        raise unreadable(FailureReason.NO_CODE)
    return code, text_in(details.get("cocRegistration"), 20)


def _objects_in(answer: HttpAnswer, own_field: str) -> list[dict[str, Any]]:
    """The rows of a list. Raises NoAnswer where any of them cannot be read.

    ``own_field``: a field of a row, which tells a single row without a list around it.
    """
    refuse_status(answer)
    content = json_in(answer)
    is_row = isinstance(content, dict) and own_field in content
    rows = [content] if is_row else content
    # A row that was skipped would count as gone, so one bad row refuses the list.
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unreadable(FailureReason.NO_LIST)
    return rows


def _named(row: ListedAdministration) -> ListedAdministration:
    if not row.external_id and not row.name:
        raise unreadable(FailureReason.NO_ROW)
    return row
