"""Twinfield (Wolters Kluwer): OpenID Connect, and the offices list over SOAP.

Sources: developers.twinfield.com, pages "OpenID Connect authentication", "XML web
services", "Guidelines" (table of faults) and "Fair use policy". One consent is one
organisation, and token validation names it: a strong check of the environment.
Not yet verified against the live service.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from adminmoves.bookkeeping.answers import (
    Evidence,
    ListedAdministration,
    Listing,
    NoAnswer,
)
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import AllowedEndpoint, HttpAnswer, Request
from adminmoves.bookkeeping.oauth import OAuth
from adminmoves.bookkeeping.session import Session
from adminmoves.bookkeeping.twinfield_answers import (
    CLUSTER_HOST,
    limits_in,
    read_offices,
    read_token_owner,
)
from adminmoves.bookkeeping.verdict import key_of
from adminmoves.models import BookkeepingConnection

LOGIN = "https://login.twinfield.com/auth/authentication/connect"
LOGIN_HOST = r"login\.twinfield\.com"
SERVICE = "/webservices/processxml.asmx"
OFFICES = "<list><type>offices</type></list>"
ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soap:Header><Header xmlns="http://www.twinfield.com/">'
    "<AccessToken>{token}</AccessToken></Header></soap:Header>"
    '<soap:Body><ProcessXmlString xmlns="http://www.twinfield.com/">'
    "<xmlRequest>{request}</xmlRequest></ProcessXmlString></soap:Body></soap:Envelope>"
)


class Twinfield:
    def oauth(self, _connection: BookkeepingConnection) -> OAuth:
        return OAuth(
            authorize=f"{LOGIN}/authorize",
            token=f"{LOGIN}/token",
            scope="openid offline_access "
            "twf.user twf.organisation twf.organisationUser",
            basic=True,
            nonce=True,
        )

    def endpoints(
        self, _connection: BookkeepingConnection
    ) -> Sequence[AllowedEndpoint]:
        connect = "/auth/authentication/connect/"
        return (
            AllowedEndpoint("POST", LOGIN_HOST, f"{connect}token"),
            AllowedEndpoint("GET", LOGIN_HOST, f"{connect}accesstokenvalidation"),
            AllowedEndpoint("POST", CLUSTER_HOST, re.escape(SERVICE)),
        )

    def fetch(self, session: Session) -> Listing:
        """Fetch the offices of the organisation of the access token."""
        try:
            return _fetch(session)
        except NoAnswer as no:
            if no.reason != FailureReason.WRONG_CLUSTER:
                raise
        # The organisation was moved to another cluster, which a second look tells.
        return _fetch(session)

    def find(self, listing: Listing, code: str) -> Sequence[ListedAdministration]:
        wanted = key_of(code)
        return [row for row in listing.rows if key_of(row.code) == wanted]

    def needs_confirmation(self, _evidence: Evidence) -> bool:
        return False

    def confirm(self, _session: Session, _code: str, evidence: Evidence) -> Evidence:
        # The list has all that Twinfield tells.
        return evidence


def _fetch(session: Session) -> Listing:
    owner = session.ask("accesstokenvalidation", _validation, read_token_owner)

    def offices(token: str) -> Request:
        return _list_offices(owner.cluster, token)

    def read(answer: HttpAnswer) -> tuple[ListedAdministration, ...]:
        session.limits |= limits_in(answer)
        return read_offices(answer)

    try:
        rows = session.ask("offices", offices, read)
    except NoAnswer as no:
        # A user without any office gets a fault instead of an empty list.
        if no.reason != FailureReason.NO_OFFICE:
            raise
        rows = ()
    return Listing(
        rows,
        endpoint="offices",
        observed_environment=owner.organisation,
        seen_as=owner.user,
    )


def _validation(token: str) -> Request:
    query = urlencode({"token": token})
    headers = {"Accept": "application/json"}
    return Request("GET", f"{LOGIN}/accesstokenvalidation?{query}", headers)


def _list_offices(cluster: str, token: str) -> Request:
    # The only call that needs no company ("XML web services").
    return Request(
        "POST",
        cluster + SERVICE,
        {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": '"http://www.twinfield.com/ProcessXmlString"',
        },
        ENVELOPE.format(token=escape(token), request=escape(OFFICES)),
    )
