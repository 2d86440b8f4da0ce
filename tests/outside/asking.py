"""Asks the portal seeded odd questions, and tells which it could not answer.

Each request is undone after it, so that all meet the same rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import resolve

from adminmoves.admin import site
from adminmoves.models import (
    Administration,
    ApprovalLoan,
    BookkeepingConnection,
    EvidenceFile,
    Move,
    Retirement,
)
from adminmoves.vocabulary import Role
from tests.outside import odd
from tests.outside.addresses import Address, every_address
from tests.outside.forms import Form, forms_of

NOT_FOUND, FAULT = 404, 500
NOT_READY = ("readyz", 503)
"""No worker runs in these tests."""
OPENED = frozenset({200, 204, 405, 409})
OWN_NAMES = (
    "q", "status", "soort", "kantoor", "pakket", "periode", "wie", "alles", "onderweg",
    "gebeurtenis", "van", "tot", "na", "voor", "staat", "m", "move", "next", "from",
    "administration", "administration_query", "to_environment", "to_environment_query",
    "administratie", "state", "code", "error", "item", "done", "seen", "left", "intent",
    "how", "formaat", "username", "password", "language", "theme", "plan-M-2026-00001",
    "_popup", "_to_field", "app_label", "model_name", "field_name", "term", "page",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """``body``: as it is sent; ``facts``: of the WSGI environment."""

    method: str
    path: str
    query: str = ""
    body: bytes | Mapping[str, Any] = b""
    kind: str = "application/x-www-form-urlencoded"
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        description = (
            f"{self.method} {self.path}?{self.query} {self.facts or ''} {self.body!r}"
        )
        return description[:300]


@dataclass
class Asker:
    """``people``: by the name of their role; nobody is None."""

    people: Mapping[str, User | None]
    random: Random
    addresses: Sequence[Address] = field(default_factory=every_address)
    reached: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)
    forms: dict[str, list[Form]] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.clients = {
            role: self._client(person) for role, person in self.people.items()
        }
        self.values = values_by_name()

    def _client(self, person: User | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    # What is asked

    def look_around(self) -> None:
        """Open every address as pages name it, by whoever may; read their forms."""
        for turn, address in enumerate(self.addresses):
            ways = self.fillings(address)
            for role in self.people:
                question = Question("GET", address.path(ways[turn % len(ways)]))
                if self.ask(role, question) in OPENED:
                    break
        # Without a filter the first page leads to that of the role.
        for role in self.people:
            self.ask(role, Question("GET", "/", "status=alle"))
        for number in self.values["number"]:
            for role in (Role.SUPPORT_AGENT, Role.TEAM_LEAD):
                self.ask(role, Question("GET", f"/migraties/{number}/"))

    def odd(self) -> Iterator[tuple[str, Question]]:
        """Address after address, each round otherwise, without an end."""
        while True:
            for address in self.addresses:
                role = self.random.choice(list(self.people))
                yield role, self._odd(address)
                yield from self._odd_form()

    def fillings(self, address: Address) -> list[dict[str, str]]:
        """Values for what an address asks; each that is known once."""
        known = {name: self.values_for(address, name) for name in address.asks}
        most = max(map(len, known.values()), default=1)
        return [
            {name: found[turn % len(found)] for name, found in known.items()}
            for turn in range(most)
        ]

    def values_for(self, address: Address, name: str) -> list[str]:
        if name == "public_id":
            return self.values[f"{address.route.split('/')[0]}/"]
        if name == "object_id":
            model = address.name.rpartition("_")[0]
            return self.values.get(model, self.values["id"])
        return self.values[name]

    def _odd(self, address: Address) -> Question:
        path = address.path(self.random.choice(self.fillings(address)))
        ways = [self._query, self._headers, self._method, self._body, self._names]
        if address.asks:
            return self.random.choice([*ways, *[self._path] * 3])(address, path)
        return self.random.choice(ways)(address, path)

    def _path(self, address: Address, _path: str) -> Question:
        values = dict(self.random.choice(self.fillings(address)))
        name = self.random.choice(address.asks)
        values[name] = odd.quoted(odd.text(self.random))
        method = self.random.choice(["GET", "POST"])
        return Question(method, address.path(values))

    def _query(self, _address: Address, path: str) -> Question:
        if self.random.random() < 0.3:
            return Question("GET", path, self.random.choice(odd.QUERIES))
        return Question("GET", path, urlencode(self._pairs(self.random.randint(1, 4))))

    def _headers(self, _address: Address, path: str) -> Question:
        method = self.random.choice(["GET", "GET", "POST"])
        return Question(method, path, facts=self.random.choice(odd.HEADERS))

    def _method(self, _address: Address, path: str) -> Question:
        return Question(self.random.choice(odd.METHODS), path)

    def _body(self, _address: Address, path: str) -> Question:
        kind, body = self.random.choice(odd.BODIES)
        return Question("POST", path, body=body, kind=kind)

    def _names(self, _address: Address, path: str) -> Question:
        pairs = self._pairs(self.random.randint(1, 12))
        return Question("POST", path, body=urlencode(pairs).encode())

    def _pairs(self, count: int) -> list[tuple[str, bytes]]:
        names = self.random.choices(OWN_NAMES, k=count)
        return [(name, odd.text(self.random)) for name in names]

    def _odd_form(self) -> Iterator[tuple[str, Question]]:
        """A form of some page, with one or two of its answers made odd."""
        role = self.random.choice(list(self.forms))
        form = self.random.choice(self.forms[role])
        changed = self.random.sample(form.names, min(len(form.names), 2))
        sent: list[tuple[str, Any]] = [
            pair for pair in form.values if pair[0] not in changed
        ]
        sent += [(name, odd.text(self.random)) for name in changed]
        if form.method == "GET":
            yield role, Question("GET", form.path, urlencode(sent))
        elif form.files and self.random.random() < 0.6:
            yield role, self._with_files(form, sent)
        else:
            yield role, Question("POST", form.path, body=urlencode(sent).encode())

    def _with_files(self, form: Form, sent: Sequence[tuple[str, Any]]) -> Question:
        body: dict[str, Any] = {}
        for name, value in sent:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            body.setdefault(name, []).append(text)
        for name in form.files:
            body[name] = self.random.choice(odd.FILES)
        return Question("POST", form.path, body=body, kind=MULTIPART_CONTENT)

    # How it is asked

    def ask(self, role: str, question: Question) -> int:
        """Its status; 500 also for what never became an answer."""
        status, client = FAULT, self.clients[role]
        cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
        self.asked += 1
        try:
            with transaction.atomic():
                status, page = self._answer(client, question)
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
            self._fault(role, question, f"{type(error).__name__}: {error}")
        else:
            self._look(role, question, status, page)
        client.cookies = cookies
        return status

    def _answer(self, client: Client, question: Question) -> tuple[int, str]:
        facts: dict[str, Any] = {"QUERY_STRING": question.query, **question.facts}
        body = question.body
        if not isinstance(body, bytes):
            sent = {name: _file(value) for name, value in body.items()}
            body = encode_multipart(BOUNDARY, sent)
        answer = client.generic(
            question.method, question.path, body, question.kind, **facts
        )
        page = b"".join(answer) if answer.streaming else answer.content
        # What a commit would look at.
        connection.check_constraints()
        return answer.status_code, page.decode(errors="replace")

    def _look(self, role: str, question: Question, status: int, page: str) -> None:
        if status >= FAULT and (route_of(question.path), status) != NOT_READY:
            self._fault(role, question, str(status))
        route = route_of(question.path)
        self.reached.add(route)
        if status != NOT_FOUND:
            self.opened.add(route)
        if question.method == "GET":
            found = [form for form in forms_of(page, question.path) if form.names]
            self.forms.setdefault(role, []).extend(found)

    def _fault(self, role: str, question: Question, what: str) -> None:
        route = route_of(question.path)
        self.faults.setdefault(f"{route} {what[:80]}", f"{role}: {question}")


def _file(value: Any) -> Any:
    if isinstance(value, tuple):
        file = SimpleUploadedFile("naam", value[1])
        # Its own way to set a name would clean it.
        file.__dict__["_name"] = value[0]
        return file
    return value


def route_of(path: str) -> str:
    try:
        return resolve(path).route
    except Exception:  # noqa: BLE001 - no address at all
        return ""


def values_by_name() -> dict[str, list[str]]:
    """What can stand in an address, by what it is called there."""
    found = {
        "number": [str(move) for move in Move.objects.order_by("pk")],
        "loan_id": _all(ApprovalLoan, "pk"),
        "retirement_id": _all(Retirement, "pk") or ["1"],
        "administraties/": _all(Administration, "public_id")[:1],
        "koppelingen/": _all(BookkeepingConnection, "public_id")[:1],
        "bewijs/": _all(EvidenceFile, "public_id"),
        "id": _all(User, "pk")[:1],
        "app_label": ["adminmoves", "auth"],
        "content_type_id": _all(ContentType, "pk")[:1],
        "url": ["nergens"],
    }
    for model in site._registry:  # noqa: SLF001 - the only list that it has
        name = f"{model._meta.app_label}_{model._meta.model_name}"  # noqa: SLF001 - documented
        found[name] = _all(model, "pk")[:1] or ["1"]
    return found


def _all(model: Any, name: str) -> list[str]:
    return [str(value) for value in model.objects.values_list(name, flat=True)]
