"""The door for a browser: consent pages, the estate page, and the control."""

from dataclasses import replace

from rehearsal.journal import Entry
from rehearsal.markup import STYLE, style
from rehearsal.messages import Answer, Request, in_json
from rehearsal.switchboard import Switchboard


class Pages:
    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard

    def answer(self, request: Request) -> tuple[Answer, Entry | None]:
        if request.path == STYLE:
            return style(), None
        return self._of_host(request)

    def _of_host(self, request: Request) -> tuple[Answer, Entry | None]:
        """The consent page of a package; nothing else of it is served here."""
        host, _, path = request.path.lstrip("/").partition("/")
        there = replace(request, host=host.lower(), path=f"/{path}")
        service = self._switchboard.service_of(there.host)
        if service is None or not service.authorize.fullmatch(there.path):
            return in_json({"error": "There is no such page."}, 404), None
        return self._switchboard.answer(there)
