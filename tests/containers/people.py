"""People at their browsers, behind the proxy: they log in, file, approve and look."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3

Fields = list[tuple[str, str]]
SECONDS_TO_RUN = 90.0


class NotAsExpected(Exception):
    """A page did not show what it should."""


@dataclass
class Form:
    """A form as a page shows it: where it goes, and what it would send untouched."""

    action: str
    fields: Fields = field(default_factory=list)
    boxes: Fields = field(default_factory=list)
    """Check boxes that are not ticked."""

    def answered(self, answers: Mapping[str, str], *, tick: str = "") -> Fields:
        others = [(name, value) for name, value in self.fields if name not in answers]
        ticked = [(name, value) for name, value in self.boxes if name == tick]
        return [*others, *answers.items(), *ticked]


class Forms(HTMLParser):
    """All forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[Form] = []
        self.select = ""
        self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.all.append(Form(given.get("action", "")))
        elif self.all and given.get("name") and "disabled" not in given:
            self._field(tag, given)
        elif tag == "option" and self.select and "selected" in given:
            self.all[-1].fields.append((self.select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "select":
            self.select = given["name"]
        elif tag == "input":
            self._input(given)

    def _input(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        pair = (given["name"], given.get("value", "on" if kind == "checkbox" else ""))
        if kind in {"checkbox", "radio"} and "checked" not in given:
            self.all[-1].boxes.append(pair)
        elif kind not in {"submit", "file", "button"}:
            self.all[-1].fields.append(pair)


@dataclass
class Person:
    """One browser: its cookies, and the page that it looks at."""

    port: int
    host: str
    authority: Path
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    address: str = "/"
    page: str = ""
    status: int = 0

    def __post_init__(self) -> None:
        self.pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1", self.port, server_hostname=self.host,
            assert_hostname=self.host, ca_certs=str(self.authority), timeout=30,
        )  # fmt: skip

    def get(self, path: str) -> None:
        self._ask("GET", path)

    def send(self, form: Form, answers: Mapping[str, str], *, tick: str = "") -> None:
        """Send a form of this page, and follow where it leads."""
        body = urlencode(form.answered(answers, tick=tick))
        self._ask("POST", urljoin(self.address, form.action), body)

    def form(self, action: str) -> Form:
        """The first form that goes to an address that ends so.

        A form without an address goes to that of its page.
        """
        for form in Forms(self.page).all:
            if urlsplit(form.action or self.address).path.endswith(action):
                return form
        raise NotAsExpected(f"no form to {action} on {self.address}: {self.words()}")

    def words(self) -> str:
        main = self.page.partition("<main")[2] or self.page
        bare = re.sub(
            r"<(script|style|svg).*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL
        )
        return re.sub(r"\s+", " ", bare).strip()[:1500]

    def _ask(self, method: str, path: str, body: str | None = None) -> None:
        origin = f"https://{self.host}"
        headers = {
            "Host": self.host,
            "Origin": origin,
            "Referer": origin + self.address,
            "Cookie": "; ".join(f"{m.key}={m.value}" for m in self.cookies.values()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.pool.request(
            method, path, body=body, headers=headers, redirect=False
        )
        for cookie in answer.headers.getlist("Set-Cookie"):
            self.cookies.load(cookie)
        target = answer.headers.get("Location")
        if target and answer.status in {301, 302, 303}:
            self._ask("GET", urljoin(path, target).removeprefix(origin))
            return
        self.address, self.status = path, answer.status
        self.page = answer.data.decode(errors="replace")

    def log_in(self, name: str, password: str) -> None:
        self.get("/inloggen/")
        answers = {"username": name, "password": password}
        self.send(self.form("/inloggen/"), answers)
        if self.address.startswith("/inloggen/"):
            raise NotAsExpected(f"{name} could not log in: {self.words()}")


@dataclass(frozen=True)
class Wish:
    """A move as a person asks for it; fields by their names in the form."""

    kind: str
    administration: str
    answers: Mapping[str, str]


ASKED: Mapping[str, str] = {
    "requester_name": "Supergebruiker Noord",
    "requester_email": "super@noord.example",
    "requester_ticket": "SUP-88412",
    "moved_said_by": "Supergebruiker Noord",
    "moved_ticket": "SUP-88420",
    "when": "approved",
}
CONSENT: Mapping[str, str] = {
    "consent_name": "Supergebruiker Zuid",
    "consent_email": "super@zuid.example",
    "consent_ticket": "SUP-88419",
    "consent_accepts_costs": "on",
}


def file_move(agent: Person, wish: Wish, day: str) -> str:
    """File a request and submit it; the number of the move."""
    agent.get(f"/aanvraag/begin/?soort={wish.kind}")
    consent = {**CONSENT, "consent_on": day} if "ENVIRONMENT" in wish.kind else {}
    answers = {**ASKED, **consent, **wish.answers, "moved_on": day}
    form = agent.form("/aanvraag/begin/")
    agent.send(form, {**answers, "administration": wish.administration})
    if not agent.address.endswith("/nalezen/"):
        raise NotAsExpected(f"{wish.kind} stays a draft: {agent.words()}")
    agent.send(agent.form(agent.address), {}, tick="seen")
    number = re.search(r"M-\d{4}-\d+", agent.address)
    if not agent.address.endswith("/ingediend/") or number is None:
        raise NotAsExpected(f"{wish.kind} is not submitted: {agent.words()}")
    return number[0]


def approve_move(lead: Person, number: str) -> None:
    lead.get(f"/migraties/{number}/")
    form = lead.form(f"/migraties/{number}/akkoord/")
    lead.send(form, {"when": "now"}, tick="seen")
    if lead.status != HTTPStatus.OK:
        raise NotAsExpected(f"{number} is not approved: {lead.words()}")


def see_completed(agent: Person, number: str) -> None:
    """Look at the page of the move until it says that it is completed."""
    deadline = time.monotonic() + SECONDS_TO_RUN
    while True:
        agent.get(f"/migraties/{number}/")
        heading = re.search(r"<h1.*?</h1>", agent.page, re.DOTALL)
        if heading and "Voltooid" in heading[0]:
            return
        if time.monotonic() > deadline:
            raise NotAsExpected(f"{number} did not complete: {agent.words()}")
        time.sleep(1)
