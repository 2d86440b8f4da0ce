"""A package that answers what a test wrote down: text in, a verdict out."""

import json
from collections.abc import Mapping

from adminmoves.bookkeeping.answers import Evidence, NoAnswer
from adminmoves.bookkeeping.gateway import Adapter
from adminmoves.bookkeeping.grants import Client
from adminmoves.bookkeeping.http import HttpAnswer, HttpClient, Request
from adminmoves.bookkeeping.list_cache import cache_list
from adminmoves.bookkeeping.session import Session
from adminmoves.bookkeeping.verdict import decide_verdict
from adminmoves.models import BookkeepingConnection

CLIENT = ("portal-rehearsal", "portal-rehearsal-secret")


def answer_with(content: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {}, json.dumps(content))


class Script(HttpClient):
    """Answers by the last part of a path; what is not written down is not there."""

    def __init__(self, answers: Mapping[str, HttpAnswer], seconds: float = 60) -> None:
        super().__init__((), seconds)
        self.answers = answers
        self.requests: list[Request] = []

    def within(self, _seconds: float) -> HttpClient:
        return self

    def send(self, request: Request) -> HttpAnswer:
        self.requests.append(request)
        last = request.url.partition("?")[0].rsplit("/", 1)[-1]
        return self.answers.get(last, HttpAnswer(404, {}, ""))


class SignedIn(Client):
    def token(self, _wire: HttpClient, *, stale: bool = False) -> str:
        return "AT-EXAMPLE-NEW" if stale else "AT-EXAMPLE"


def session_with(
    adapter: Adapter, connection: BookkeepingConnection, script: Script
) -> Session:
    client = SignedIn(adapter.oauth(connection), CLIENT, connection)
    return Session(script, client)


def seen(adapter: Adapter, session: Session, code: str) -> Evidence:
    """What the gateway would say, without lines, tokens and a network."""
    try:
        listing = adapter.fetch(session)
        cache_list(session.connection, listing)
        expected = session.connection.package_environment
        found = decide_verdict(listing, adapter.find(listing, code), expected)
        return adapter.confirm(session, code, found)
    except NoAnswer as no:
        return no.evidence()
