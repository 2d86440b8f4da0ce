"""The rehearsal world as tests use it: four packages on loopback, asked over HTTP.

``packages`` begins each test with the same estate and no troubles. A connection of
it is linked by a consent on the package's own page, as a person would do it.
"""

import http.client
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from pytest_django.fixtures import Settings

from adminmoves.bookkeeping import oauth
from adminmoves.bookkeeping.gateway import adapter_of
from adminmoves.bookkeeping.grants import token_columns
from adminmoves.bookkeeping.http import HttpClient
from adminmoves.models import BookkeepingConnection, ConnectionGrant
from adminmoves.vocabulary import Package
from migrations_portal.env import CLIENT_NAMES
from migrations_portal.supervisor.programs import asks_arguments
from rehearsal.faults import Fault
from rehearsal.grants import Grants
from rehearsal.limits import DOCUMENTED
from rehearsal.server import Rehearsal
from rehearsal.world import CLUSTER, Administration, Organisation
from rehearsal.world import Package as Rehearsed
from tests.builders import make_connection
from tests.servers import Process

CLIENT = ("portal-rehearsal", "portal-rehearsal-secret")
REDIRECT = "http://127.0.0.1:8000/koppelingen/terug/"
FACTS: Mapping[Package, Mapping[str, Any]] = {
    Package.TWINFIELD: {},
    Package.EXACT_ONLINE: {"country": "NL"},
    Package.UNIT4: {"base_url": "https://sandbox-api.multivers.nl/V22"},
    Package.ACCOUNTVIEW: {},
}
CODES: Mapping[Package, str] = {
    Package.TWINFIELD: "NL100",
    Package.EXACT_ONLINE: "411",
    Package.UNIT4: "411",
    Package.ACCOUNTVIEW: "KORENAAR",
}
"""The code of the one administration that the first organisation of each has."""
NAME = "Bakkerij Voorbeeld"
KVK = "90000001"

Consented = Callable[..., ConnectionGrant]
Askers = Callable[..., list[Process]]


def estate() -> list[Organisation]:
    """Two organisations of each package, an administration in the first."""
    made = []
    for package, facts in FACTS.items():
        own = Administration(f"{package}-1", CODES[package], NAME, KVK)
        for name, administrations in (("KANTOOR-A", [own]), ("KANTOOR-B", [])):
            organisation = Organisation(
                Rehearsed(package), name, f"Voorbeeld {name}", **facts
            )
            organisation.administrations = administrations
            made.append(organisation)
    return made


@dataclass(frozen=True)
class Packages:
    """The running world, in the words of the portal's connections."""

    rehearsal: Rehearsal

    def reset(self) -> None:
        world, board = self.rehearsal.world, self.rehearsal.switchboard
        with world.changing():
            world.organisations = {each.key: each for each in estate()}
            for each in world.organisations.values():
                for administration in each.administrations:
                    administration.external_id = world.new_external_id(each.package)
            world.grants = Grants([], world.now, world.save)
            world.ahead = 0.0
            world.cluster = CLUSTER
        board.faults.clear()
        board.limits.clear()
        board.limits.allowed = dict(DOCUMENTED)
        board.journal.clear()

    @property
    def env(self) -> dict[str, str]:
        """What another process of the portal needs to ask this world."""
        clients = {
            f"PORTAL_{name}_CLIENT_{part}": value
            for name in CLIENT_NAMES
            for part, value in zip(("ID", "SECRET"), CLIENT, strict=True)
        }
        return {
            "PORTAL_ENDPOINT_PROFILE": "rehearsal",
            "PORTAL_REHEARSAL": f"127.0.0.1:{self.rehearsal.tls_port}",
            "PORTAL_REHEARSAL_CA": str(self.rehearsal.ca_file),
            "PORTAL_REHEARSAL_PAGES": f"http://127.0.0.1:{self.rehearsal.pages_port}",
            **clients,
        }

    def connection(
        self, package: Package, name: str = "KANTOOR-A", **facts: Any
    ) -> BookkeepingConnection:
        """A connection of the portal to an organisation; not consented to yet."""
        return make_connection(
            package=package,
            package_environment=name,
            demand=BookkeepingConnection.Demand.API,
            **{**FACTS[package], **facts},
        )

    def key(self, connection: BookkeepingConnection) -> str:
        """What the world calls the organisation of a connection."""
        parts = (
            connection.package,
            connection.country,
            connection.package_environment,
        )
        return ":".join(part for part in parts if part)

    def organisation(self, connection: BookkeepingConnection) -> Organisation:
        return self.rehearsal.world.organisations[self.key(connection)]

    def add(
        self,
        connection: BookkeepingConnection,
        code: str,
        name: str = "Slagerij Voorbeeld",
        **facts: Any,
    ) -> Administration:
        """One more administration in the organisation of a connection."""
        world, organisation = self.rehearsal.world, self.organisation(connection)
        with world.changing():
            number = len(organisation.administrations) + 1
            made = Administration(
                f"{organisation.package}-{organisation.name}-{number}",
                code,
                name,
                external_id=world.new_external_id(organisation.package),
                **facts,
            )
            organisation.administrations.append(made)
        return made

    def establish(
        self, package: Package, name: str, **facts: Any
    ) -> BookkeepingConnection:
        """One more organisation of that package, and the connection to it."""
        world, facts = self.rehearsal.world, {**FACTS[package], **facts}
        with world.changing():
            made = Organisation(Rehearsed(package), name, f"Voorbeeld {name}", **facts)
            world.organisations[made.key] = made
        return self.connection(package, name, **facts)

    def befall(
        self,
        connection: BookkeepingConnection,
        name: str,
        *,
        kind: str = "list",
        times: int | None = None,
        **options: Any,
    ) -> None:
        """Let a fault happen to the calls for a connection."""
        fault = Fault(
            name, self.key(connection), kind=kind, times=times, options=options
        )
        self.rehearsal.switchboard.faults.add(fault)

    def heal(self) -> None:
        self.rehearsal.switchboard.faults.clear()

    def calls(self, connection: BookkeepingConnection) -> list[dict[str, Any]]:
        """What was asked for a connection so far, as the packages saw it."""
        return self.rehearsal.switchboard.journal.rows(self.key(connection))

    def most_at_once(self, connection: BookkeepingConnection) -> int:
        """The most calls under way at one moment, as the packages counted them."""
        spans = [
            (float(call["start"]), inf if call["end"] is None else float(call["end"]))
            for call in self.calls(connection)
        ]
        return max(sum(a <= at < b for a, b in spans) for at, _end in spans)

    def led_away(self) -> list[dict[str, Any]]:
        """The calls to a host that is no package's."""
        rows = self.rehearsal.switchboard.journal.rows()
        return [row for row in rows if row["host"] == "evil.example"]

    def expire(self, connection: BookkeepingConnection) -> None:
        """The package lets our access token end before its time."""
        self.rehearsal.world.grants.expire(self.key(connection))

    def grow_old(self, connection: BookkeepingConnection) -> None:
        """Let so much time pass that every access token has ended by itself."""
        age = timedelta(hours=2)
        self.rehearsal.world.ahead += age.total_seconds()
        grants = ConnectionGrant.objects.filter(connection=connection)
        grants.update(
            access_until=F("access_until") - age, refreshed_at=F("refreshed_at") - age
        )

    def revoke(self, connection: BookkeepingConnection) -> None:
        self.rehearsal.world.grants.revoke(self.key(connection))


@pytest.fixture(scope="session")
def session_rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    running = Rehearsal(tmp_path_factory.mktemp("rehearsal"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def packages(session_rehearsal: Rehearsal, settings: Settings) -> Packages:
    """The rehearsal world, and the portal pointed at it."""
    made = Packages(session_rehearsal)
    made.reset()
    env = made.env
    settings.PORTAL_ENDPOINT_PROFILE = env["PORTAL_ENDPOINT_PROFILE"]
    settings.PORTAL_REHEARSAL = env["PORTAL_REHEARSAL"]
    settings.PORTAL_REHEARSAL_CA = env["PORTAL_REHEARSAL_CA"]
    settings.PORTAL_REHEARSAL_PAGES = env["PORTAL_REHEARSAL_PAGES"]
    settings.PORTAL_CLIENTS = dict.fromkeys(CLIENT_NAMES, CLIENT)
    return made


@pytest.fixture
def consented(packages: Packages, administrator: User) -> Consented:
    """Links a connection: the package's consent page, then its token endpoint."""

    def consent(connection: BookkeepingConnection, at: str = "") -> ConnectionGrant:
        """``at``: the organisation to sign in to, where it is another one."""
        adapter = adapter_of(connection)
        way = adapter.oauth(connection)
        page = oauth.consent_page(
            way,
            CLIENT[0],
            redirect_uri=REDIRECT,
            state=secrets.token_urlsafe(),
            nonce=secrets.token_urlsafe(),
        )
        code = allow(page, at or packages.key(connection))
        with HttpClient(adapter.endpoints(connection), 10) as http_client:
            tokens = oauth.exchange(
                http_client, way, CLIENT, code=code, redirect_uri=REDIRECT
            )
        grant, _made = ConnectionGrant.objects.update_or_create(
            connection=connection,
            defaults={
                "consented_by": administrator,
                "redirect_uri": REDIRECT,
                "lost_at": None,
                "lost_why": "",
                **token_columns(way, tokens),
            },
        )
        # A test may give the connection to ``check`` as it is.
        connection.refresh_from_db()
        return grant

    return consent


@pytest.fixture
def askers(packages: Packages, celery_env: dict[str, str]) -> Iterator[Askers]:
    """Start n workers that ask packages, with threads, pointed at the rehearsal."""
    keys = {"PORTAL_TOKEN_KEYS": os.environ["PORTAL_TOKEN_KEYS"]}
    started: list[Process] = []

    def start(n: int = 1) -> list[Process]:
        for number in range(n):
            name = f"asks{number + 1}"
            arguments = [*asks_arguments(name)[3:]]
            started.append(Process(name, arguments, celery_env | packages.env | keys))
        for process in started:
            process.wait_until(" ready.")
        return started

    yield start
    for process in started:
        process.end()


def allow(page: str, organisation: str) -> str:
    """Press "allow" on a consent page; the code that the browser brings back."""
    where = urlsplit(page)
    form = {"organisation": organisation, "decision": "allow"}
    browser = http.client.HTTPConnection(where.netloc, timeout=10)
    try:
        browser.request(
            "POST",
            f"{where.path}?{where.query}",
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        reply = browser.getresponse()
        assert reply.status == http.client.FOUND, reply.read()
        back = urlsplit(reply.headers["Location"])
    finally:
        browser.close()
    return parse_qs(back.query)["code"][0]
