"""The pages for a browser: consent pages, the estate page, and the control."""

import json
from dataclasses import replace
from typing import Any

from rehearsal.control import Control
from rehearsal.estate_page import EstatePage
from rehearsal.journal import Entry
from rehearsal.markup import STYLE, style
from rehearsal.messages import Answer, Request, in_json, see_other
from rehearsal.switchboard import Switchboard
from rehearsal.words import language_of
from rehearsal.world import NotThere

CONTROL = "/control/"
JSON_TYPE = "application/json"


class Pages:
    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard
        self._control = Control(switchboard)
        self._estate = EstatePage(switchboard, self._control)

    def answer(self, request: Request) -> tuple[Answer, Entry | None]:
        if request.path == STYLE:
            return style(), None
        if request.path.startswith(CONTROL):
            return self._commanded(request), None
        if request.path == "/":
            return self._estate_page(request), None
        return self._of_host(request)

    def _of_host(self, request: Request) -> tuple[Answer, Entry | None]:
        """The consent page of a package: its other endpoints are on the TLS server."""
        host, _, path = request.path.lstrip("/").partition("/")
        there = replace(request, host=host.lower(), path=f"/{path}")
        service = self._switchboard.service_of(there.host)
        if service is None or not service.authorize.fullmatch(there.path):
            return in_json({"error": "There is no such page."}, 404), None
        return self._switchboard.answer(there)

    def _estate_page(self, request: Request) -> Answer:
        """The estate; after a form the same page anew, or what was wrong with it.

        A form is accepted from our own page only, by the Origin header.
        """
        language = language_of(request.query, request.headers)
        if request.method != "POST":
            return self._estate.show(language)
        host = request.headers.get("host", "")
        if request.headers.get("origin") != f"http://{host}":
            return in_json({"error": "This form is not of this page."}, 403)
        try:
            self._estate.execute(request.form)
        except (KeyError, NotThere, ValueError) as wrong:
            return self._estate.show(language, str(wrong))
        return see_other(f"/?lang={language}")

    def _commanded(self, request: Request) -> Answer:
        """A command as JSON: a type that a page elsewhere cannot send without CORS."""
        name = request.path.removeprefix(CONTROL)
        reads = request.method == "GET"
        commands = self._control.queries if reads else self._control.commands
        if name not in commands:
            return in_json({"error": f"There is no command {name!r}."}, 404)
        if not reads and not request.headers.get("content-type", "").startswith(
            JSON_TYPE
        ):
            return in_json({"error": f"Commands are {JSON_TYPE}."}, 415)
        try:
            values = dict(request.query) if reads else _content(request)
            return in_json(commands[name](values))
        except KeyError as missing:
            return in_json({"error": f"Missing: {missing}."}, 400)
        except (NotThere, ValueError) as wrong:
            return in_json({"error": str(wrong)}, 400)


def _content(request: Request) -> dict[str, Any]:
    match json.loads(request.body or b"{}"):
        case dict() as values:
            return values
    raise ValueError("A command is a JSON object.")
