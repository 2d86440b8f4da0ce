"""AccountView (Visma): the companies of a log-in, from the AccountView.Net register.

Sources: nl.visma.com/accountview (support pages on administrations and on the
synchronisation with AccountView.Net), the tables COMP_HDR and ADM_LIST of the data
model, and the third-party clients that docs/packages/accountview.md names. A company
has one administration per financial year, with a code of its own: what people move,
and what we look for, is the company. Nothing in an answer names the licence: who
consented defines it.
Not yet verified against the live service.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from adminmoves.bookkeeping.answers import (
    Evidence,
    ListedAdministration,
    Listing,
    NoAnswer,
    unreadable,
)
from adminmoves.bookkeeping.confirmation import add_raw_status, confirm
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpAnswer, Request
from adminmoves.bookkeeping.http_status import refuse_status
from adminmoves.bookkeeping.list_cache import cached_list
from adminmoves.bookkeeping.oauth import OAuth
from adminmoves.bookkeeping.session import Session, code_in, is_unread, json_in, text_in
from adminmoves.bookkeeping.verdict import key_of
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Verdict

SITE = "https://www.accountview.net"
HOST, API = r"www\.accountview\.net", "/api/v3"
COMPANIES, DATA, SYSTEM_DATA = "Companies", "accountviewdata", "accountviewsystemdata"
# The fields are listed: a company's header also holds secrets of other services.
HEADER = {
    "BusinessObject": "CMP1",
    "PageSize": "20",
    "Fields": "COMP_ID,COMP_DESC,KVK_NR",
}
YEARS = {
    "BusinessObject": "ADL",
    "PageSize": "100",
    "Fields": "ADM_CODE,ADM_DESC,ADM_ARCH,ATS_YEAR",
    "FilterControlSource1": "ADM_CODE",
    "FilterOperator1": "Equal",
    "FilterValueType1": "C",
}
COMPANY_ID = re.compile(r"[A-Za-z0-9{}_-]{1,100}")
JUST_READ = timedelta(days=1)
V = Verdict


class AccountView:
    def oauth(self, _connection: BookkeepingConnection) -> OAuth:
        return OAuth(
            authorize=f"{SITE}/ams/authorize.aspx",
            token=f"{SITE}{API}/token",
            scope="readaccountviewdata",
        )

    def endpoints(
        self, _connection: BookkeepingConnection
    ) -> Sequence[AllowedEndpoint]:
        return (
            AllowedEndpoint("POST", HOST, f"{API}/token"),
            AllowedEndpoint("GET", HOST, f"{API}/({COMPANIES}|{DATA}|{SYSTEM_DATA})"),
        )

    def fetch(self, session: Session) -> Listing:
        """Fetch the companies of the register in the cloud, which may lag behind."""
        rows = session.ask(COMPANIES, _get(COMPANIES), read_companies)
        return Listing(rows, endpoint=COMPANIES)

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        wanted = key_of(code)
        return [row for row in listing.rows if wanted and key_of(row.code) == wanted]

    def needs_confirmation(self, evidence: Evidence) -> bool:
        return evidence.verdict in {V.FOUND_ACTIVE, V.NOT_FOUND_OR_NO_ACCESS}

    def confirm(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Ask the office's own AccountView for a KvK number, or why a code is absent.

        The verdict stays that of the register, whether or not the office answers.
        """
        try:
            if evidence.verdict == V.FOUND_ACTIVE:
                return self._with_kvk_number(session, evidence)
            if evidence.verdict == V.NOT_FOUND_OR_NO_ACCESS:
                return self._with_hint(session, code, evidence)
        except NoAnswer as no:
            return add_raw_status(evidence, details=no.reason)
        return evidence

    def _with_kvk_number(self, session: Session, evidence: Evidence) -> Evidence:
        rows = self._rows(session, DATA, HEADER, evidence.external_id, "COMP_HDR")
        for row in rows:
            if key_of(code_in(row.get("COMP_ID"))) == key_of(evidence.code):
                return replace(evidence, kvk_number=text_in(row.get("KVK_NR"), 20))
        return add_raw_status(evidence, details=FailureReason.NO_COMPANY)

    def _with_hint(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Look whether the code belongs to the administration of one year.

        Such a code is a hint for people and never a hit.
        """
        listing = cached_list(session.connection, JUST_READ)
        ids = [row.external_id for row in listing.rows] if listing else []
        if not ids:
            return evidence
        # System data is asked through a company, whichever: here the first one.
        query = {**YEARS, "FilterValue1": key_of(code)}
        for row in self._rows(session, SYSTEM_DATA, query, ids[0], "ADM_LIST"):
            if key_of(code_in(row.get("ADM_CODE"))) == key_of(code):
                return add_raw_status(
                    evidence,
                    reason=FailureReason.YEARLY_ADMINISTRATION,
                    year=text_in(row.get("ATS_YEAR"), 10),
                    archived=row.get("ADM_ARCH") is True,
                )
        return evidence

    def _rows(
        self,
        session: Session,
        endpoint: str,
        query: Mapping[str, str],
        company: str,
        table: str,
    ) -> list[dict[str, Any]]:
        """Fetch a table of one company. ``company``: its Id, not its code."""
        if not COMPANY_ID.fullmatch(company):
            raise unreadable(FailureReason.COMPANY_ID)
        build = _get(f"{endpoint}?{urlencode(query)}", {"X-Company": company})
        return confirm(
            session,
            endpoint,
            build,
            lambda answer: read_table(answer, table),
        )


def _get(
    path: str, headers: Mapping[str, str] | None = None
) -> Callable[[str], Request]:
    def build(token: str) -> Request:
        sent = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        return Request("GET", f"{SITE}{API}/{path}", {**sent, **(headers or {})})

    return build


def read_companies(answer: HttpAnswer) -> tuple[ListedAdministration, ...]:
    """Read Code, Id and Description of each company. Raises NoAnswer."""
    return tuple(_company(row) for row in _objects_in(_content_in(answer)))


def _company(row: dict[str, Any]) -> ListedAdministration:
    company = ListedAdministration(
        code=code_in(row.get("Code")),
        code_unread=is_unread(row.get("Code")),
        external_id=code_in(row.get("Id")),
        name=text_in(row.get("Description")),
    )
    if not company.code and not company.external_id:
        raise unreadable(FailureReason.NO_ROW)
    return company


def read_table(answer: HttpAnswer, table: str) -> list[dict[str, Any]]:
    """Read the main table of a data call. Raises NoAnswer."""
    content = _content_in(answer)
    if not isinstance(content, dict) or table not in content:
        raise unreadable(FailureReason.NO_TABLE)
    return _objects_in(content[table])


def _content_in(answer: HttpAnswer) -> object:
    """Return the JSON content. Raises NoAnswer, also for an error with status 200."""
    refuse_status(answer)
    content = json_in(answer)
    errors = ("ErrorMessage", "ErrorType")
    if isinstance(content, dict) and any(content.get(name) for name in errors):
        # The text of the error is in the user's language, so it decides nothing.
        raise NoAnswer(V.UNAVAILABLE, FailureReason.PACKAGE_ERROR)
    return content


def _objects_in(content: object) -> list[dict[str, Any]]:
    # A single row may come without a list around it.
    rows = [content] if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise unreadable(FailureReason.NO_LIST)
    return rows
