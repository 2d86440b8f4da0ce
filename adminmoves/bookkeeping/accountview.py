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
from adminmoves.bookkeeping.confirmation import confirm, noted
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpAnswer, Request
from adminmoves.bookkeeping.list_cache import kept_list
from adminmoves.bookkeeping.oauth import OAuth
from adminmoves.bookkeeping.refusals import refuse_status
from adminmoves.bookkeeping.session import Session, code_in, is_unread, json_in, text_in
from adminmoves.bookkeeping.verdict import key_of
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Verdict

SITE = "https://www.accountview.net"
HOST, API = r"www\.accountview\.net", "/api/v3"
COMPANIES, DATA, SYSTEM_DATA = "Companies", "accountviewdata", "accountviewsystemdata"
# Named, because a company's header also holds secrets of other services.
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

    def doors(self, _connection: BookkeepingConnection) -> Sequence[AllowedEndpoint]:
        return (
            AllowedEndpoint("POST", HOST, f"{API}/token"),
            AllowedEndpoint("GET", HOST, f"{API}/({COMPANIES}|{DATA}|{SYSTEM_DATA})"),
        )

    def fetch(self, session: Session) -> Listing:
        """The companies, as the register in the cloud knows them; it may lag behind."""
        rows = session.ask(COMPANIES, _get(COMPANIES), read_companies)
        return Listing(rows, endpoint=COMPANIES)

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        wanted = key_of(code)
        return [row for row in listing.rows if wanted and key_of(row.code) == wanted]

    def looks_closer(self, evidence: Evidence) -> bool:
        return evidence.verdict in {V.FOUND_ACTIVE, V.NOT_FOUND_OR_NO_ACCESS}

    def confirm(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Ask the office's own AccountView: a KvK number, or a hint why it is absent.

        The verdict is that of the register, whether or not the office answers.
        """
        try:
            if evidence.verdict == V.FOUND_ACTIVE:
                return self._with_kvk_number(session, evidence)
            if evidence.verdict == V.NOT_FOUND_OR_NO_ACCESS:
                return self._with_hint(session, code, evidence)
        except NoAnswer as no:
            return noted(evidence, details=no.reason)
        return evidence

    def _with_kvk_number(self, session: Session, evidence: Evidence) -> Evidence:
        rows = self._rows(session, DATA, HEADER, evidence.external_id, "COMP_HDR")
        for row in rows:
            if key_of(code_in(row.get("COMP_ID"))) == key_of(evidence.code):
                return replace(evidence, kvk_number=text_in(row.get("KVK_NR"), 20))
        return noted(evidence, details=FailureReason.NO_COMPANY)

    def _with_hint(self, session: Session, code: str, evidence: Evidence) -> Evidence:
        """Whether the code is that of one year's administration: no hit, a hint.

        System data is asked through any company: the first that is listed.
        """
        listing = kept_list(session.connection, JUST_READ)
        ids = [row.external_id for row in listing.rows] if listing else []
        if not ids:
            return evidence
        asked = {**YEARS, "FilterValue1": key_of(code)}
        for row in self._rows(session, SYSTEM_DATA, asked, ids[0], "ADM_LIST"):
            if key_of(code_in(row.get("ADM_CODE"))) == key_of(code):
                return noted(
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
        asked: Mapping[str, str],
        company: str,
        table: str,
    ) -> list[dict[str, Any]]:
        """The rows of a table of one company, named by its Id and not by its code."""
        if not COMPANY_ID.fullmatch(company):
            raise unreadable(FailureReason.COMPANY_ID)
        build = _get(f"{endpoint}?{urlencode(asked)}", {"X-Company": company})
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
    """Companies: Code, Id and Description. Raises NoAnswer."""
    return tuple(_company(told) for told in _objects_in(_said_in(answer)))


def _company(told: dict[str, Any]) -> ListedAdministration:
    row = ListedAdministration(
        code=code_in(told.get("Code")),
        code_unread=is_unread(told.get("Code")),
        external_id=code_in(told.get("Id")),
        name=text_in(told.get("Description")),
    )
    if not row.code and not row.external_id:
        raise unreadable(FailureReason.NO_ROW)
    return row


def read_table(answer: HttpAnswer, table: str) -> list[dict[str, Any]]:
    """The rows of the main table of a data call. Raises NoAnswer."""
    said = _said_in(answer)
    if not isinstance(said, dict) or table not in said:
        raise unreadable(FailureReason.NO_TABLE)
    return _objects_in(said[table])


def _said_in(answer: HttpAnswer) -> object:
    """The content; an error may come with a status of success. Raises NoAnswer."""
    refuse_status(answer)
    said = json_in(answer)
    if isinstance(said, dict) and (said.get("ErrorMessage") or said.get("ErrorType")):
        # Its text is for people, and in their language: not looked at.
        raise NoAnswer(V.UNAVAILABLE, FailureReason.PACKAGE_ERROR)
    return said


def _objects_in(said: object) -> list[dict[str, Any]]:
    """The rows; one alone may come without a list around it."""
    rows = [said] if isinstance(said, dict) else said
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise unreadable(FailureReason.NO_LIST)
    return rows
