"""From an administrator's consent to completed, package by package, with real workers.

Nobody reloads a page: what the package shows and what the workers do arrives by itself.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from adminmoves import celery_tasks
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Move,
    Preferences,
)
from adminmoves.vocabulary import MoveType, Package
from migrations_portal.supervisor.programs import worker_arguments
from tests.bookkeeping.world import CODES, KVK, NAME, Askers, Packages
from tests.browser.conftest import Visit
from tests.browser.looking import axe_faults, shoot
from tests.builders import make_administration
from tests.proof.test_rehearsed import minutes_pass
from tests.servers import Process

pytestmark = [
    pytest.mark.workers,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]
LONG = 30_000
"""Milliseconds in which workers and the page that follows them have done their part."""


@dataclass(frozen=True)
class Words:
    """What people press and read, in one language; ``locale`` is their browser's."""

    locale: str
    connect: str
    allow: str
    connected: str
    package_says: str
    not_found: str
    read_through: str
    submit: str
    waits: str
    to_the_move: str
    next_time: str
    approval: str
    seen: str
    just_now: str
    approve: str
    completed: str


WORDS = {
    "nl": Words(
        locale="nl-NL",
        connect="Verbinden",
        allow="Toestaan",
        connected="Verbonden",
        package_says="Wat het pakket zegt",
        not_found="Niet gevonden, of geen toegang",
        read_through="Verder naar nalezen",
        submit="Indienen",
        waits="We wachten op het boekhoudpakket",
        to_the_move="Naar de migratie",
        next_time="Volgende vraag",
        approval="Wacht op akkoord",
        seen="Gezien in het boekhoudpakket",
        just_now="zojuist",
        approve="Akkoord geven",
        completed="Voltooid",
    ),
    "en": Words(
        locale="en-GB",
        connect="Connect",
        allow="Allow",
        connected="Connected",
        package_says="What the package says",
        not_found="Not found, or no access",
        read_through="Continue to read through",
        submit="Submit",
        waits="We wait for the bookkeeping package",
        to_the_move="To the migration",
        next_time="Next time we ask",
        approval="Awaiting approval",
        seen="Seen in the bookkeeping package",
        just_now="just now",
        approve="Approve",
        completed="Completed",
    ),
}


@pytest.fixture
def runner(
    packages: Packages, celery_env: dict[str, str], askers: Askers
) -> Iterator[Process]:
    """Both kinds of workers as they run in production, one of each."""
    keys = {"PORTAL_TOKEN_KEYS": os.environ["PORTAL_TOKEN_KEYS"]}
    env = celery_env | packages.env | keys
    process = Process("runs1", [*worker_arguments("runs1")[3:]], env)
    askers()
    process.wait_until(" ready.")
    yield process
    process.end()


@pytest.mark.usefixtures("runner")
@pytest.mark.parametrize(("package", "language"), [*zip(Package, cycle(WORDS))])
def test_from_consent_to_completed_without_a_reload(
    package: Package,
    language: str,
    visit: Visit,
    packages: Packages,
    administrator: User,
    agent: User,
    lead: User,
) -> None:
    words, code = WORDS[language], CODES[package]
    for person in (administrator, agent, lead):
        Preferences.objects.create(user=person, language=language)
    old = packages.connection(package)
    new = packages.connection(package, "KANTOOR-B", environment=old.environment)
    # A licence of Exact has a division of its own, and a user in it.
    packages.add(new, "52")
    administration = make_administration(old, name=NAME, kvk_number=KVK, code=code)

    page = visit("/koppelingen/", administrator, locale=words.locale)
    for link in (old, new):
        connect(page, link, packages.key(link), words)
    look(page, "connected", package, language)

    page = visit("/aanvraag/", agent)
    file(page, administration, new, words)
    move = Move.objects.get()
    waiting = page.locator("#proof")
    expect(waiting).to_contain_text(words.waits)
    expect(waiting).to_contain_text(f"{new}")
    expect(waiting).to_contain_text(words.not_found, timeout=LONG)
    expect(waiting).to_contain_text(words.next_time)
    look(page, "waiting", package, language)

    packages.add(new, code, NAME, kvk_number=KVK)
    minutes_pass(move)
    celery_tasks.send(celery_tasks.ASK)
    expect(page.locator("h1")).to_contain_text(words.approval, timeout=LONG)

    decide = visit("/akkoord/", lead)
    evidence = decide.locator(".proofline")
    expect(evidence).to_contain_text(words.seen)
    expect(evidence).to_contain_text(f"{new}: {code}, {NAME}")
    expect(evidence.locator("time").last).to_have_text(words.just_now)
    for box in decide.locator("input[name=seen]").all():
        box.check()
    look(decide, "approval", package, language)
    decide.get_by_role("button", name=words.approve, exact=True).click()

    expect(page.locator("h1")).to_contain_text(words.completed, timeout=LONG)
    look(page, "completed", package, language)
    assert Administration.objects.get(pk=administration.pk).connection == new


def connect(
    page: Page, connection: BookkeepingConnection, organisation: str, words: Words
) -> None:
    """Consent on the page of the package, and come back."""
    page.goto(f"/koppelingen/{connection.public_id}/")
    page.get_by_role("link", name=words.connect, exact=True).click()
    page.get_by_role("combobox").select_option(organisation)
    page.get_by_role("button", name=words.allow).click()
    connected = page.get_by_text(words.connected, exact=True)
    expect(connected).to_be_visible(timeout=LONG)


def file(
    page: Page, administration: Administration, to: BookkeepingConnection, words: Words
) -> None:
    """Ask for another connection, reading what the package says of it on the way."""
    page.locator(f"button[name=soort][value={MoveType.RELINK_CONNECTION}]").click()
    page.locator("#id_administration").fill(NAME[:12])
    page.get_by_role("radio", name=re.compile(administration.name)).check()
    page.locator(f"#id_to_connection option[value='{to.public_id}']").wait_for(
        state="attached"
    )
    page.locator("#id_to_connection").select_option(to.public_id)
    for name, value in {
        "requester_name": "Supergebruiker Noord",
        "requester_email": "super@noord.example",
        "requester_ticket": "SUP-88412",
    }.items():
        page.locator(f"#id_{name}").fill(value)
    panel = page.get_by_role("region", name=words.package_says)
    expect(panel).to_contain_text(words.not_found, timeout=LONG)
    look(page, "form", to.package, words.locale[:2])
    # Who leaves while the page still asks something fills the console.
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name=words.read_through).click()
    page.wait_for_url("**/nalezen/")
    for box in page.locator("input[name=seen]").all():
        box.check()
    page.get_by_role("button", name=words.submit, exact=True).click()
    expect(page.locator("main")).to_contain_text(f"{to}")
    look(page, "submitted", to.package, words.locale[:2])
    page.get_by_role("link", name=words.to_the_move).click()


def look(page: Page, step: str, package: str, language: str) -> None:
    """No accessibility rule is broken; and a picture, where they are asked for."""
    page.evaluate("scrollTo(0, 0)")
    shoot(page, f"rehearsed-{step}-{package.lower()}-{language}")
    assert axe_faults(page) == []
