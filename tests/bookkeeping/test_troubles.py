"""The table of troubles over real HTTP: the verdict, the sentence, and no leak."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from adminmoves.bookkeeping import session
from adminmoves.bookkeeping.gateway import FRESH
from adminmoves.bookkeeping.vault import unseal
from adminmoves.evidence.records import ask_package
from adminmoves.evidence.texts.proofs import verdict_text
from adminmoves.evidence.texts.verdicts import OF_THE_USER
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
    Event,
    Move,
    Proof,
)
from adminmoves.vocabulary import MoveState, MoveType, Package, Verdict
from tests.bookkeeping.troubles import TROUBLES, Scene, drawn
from tests.bookkeeping.world import CLIENT, NAME, Consented, Packages
from tests.builders import make_administration, make_connection, make_move

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
V = Verdict
TABLE = Path(__file__).parents[2] / "docs" / "packages" / "README.md"
CELLS = [
    (name, package)
    for name, trouble in TROUBLES.items()
    for package in Package
    if isinstance(trouble.verdicts[package], Verdict)
]
PATIENCE = 20.0
TEXTS: dict[Verdict, dict[str, tuple[str, str]]] = {
    V.FOUND_ACTIVE: {
        "nl": ("Gevonden in {name}", "{code} is daar actief."),
        "en": ("Found in {name}", "{code} is active there."),
    },
    V.FOUND_NOT_USABLE: {
        "nl": (
            "Gevonden, maar niet actief",
            "Een administratie die niet actief is, kan geen stukken ontvangen.",
        ),
        "en": (
            "Found, but not active",
            "An administration that is not active cannot receive documents.",
        ),
    },
    V.NOT_FOUND_OR_NO_ACCESS: {
        "nl": (
            "Niet gevonden, of geen toegang",
            (
                "{name} toont geen {code}. De administratie is daar nog niet, of onze "
                "gebruiker mag die niet zien. Wij kunnen dat verschil niet zien."
            ),
        ),
        "en": (
            "Not found, or no access",
            (
                "{name} does not show {code}. It is not there yet, or our user may not "
                "see it. We cannot tell which."
            ),
        ),
    },
    V.WRONG_ENVIRONMENT: {
        "nl": (
            "Gevonden, maar in een andere licentie of organisatie",
            "De administratie staat in KANTOOR-B. Wij vroegen {name}.",
        ),
        "en": (
            "Found, but in another environment",
            "The administration is in KANTOOR-B. We asked {name}.",
        ),
    },
    V.AMBIGUOUS: {
        "nl": (
            "Meer administraties lijken op {code}",
            "Het antwoord zegt niet welke het is. Daarom beslist een mens.",
        ),
        "en": (
            "Several administrations look like {code}",
            "The answer does not say which of them it is, so a person decides.",
        ),
    },
    V.AUTH_REQUIRED: {
        "nl": (
            "De koppeling heeft geen toestemming",
            (
                "De toestemming voor {name} is nooit gegeven of is afgelopen. Dit gaat "
                "niet vanzelf over."
            ),
        ),
        "en": (
            "The connection has no consent",
            (
                "The consent for {name} was never given, or has ended. That does not "
                "pass by itself."
            ),
        ),
    },
    V.RATE_LIMITED: {
        "nl": (
            "Te vaak gevraagd, we wachten",
            "Dat zegt niets over de administratie. We vragen het vanzelf opnieuw.",
        ),
        "en": (
            "Asked too often, we wait",
            "That says nothing about the administration. We ask again by ourselves.",
        ),
    },
    V.CONFIG_ERROR: {
        "nl": (
            "{name} kunnen we nog niet bevragen",
            (
                "Deze koppeling vraagt een antwoord van het pakket zelf, en wij "
                "kunnen dat nog niet vragen. Dat zegt niets over de administratie."
            ),
        ),
        "en": (
            "{name} cannot be asked yet",
            (
                "This connection wants an answer of the package itself, and "
                "we cannot ask it yet. That says nothing about the administration."
            ),
        ),
    },
    V.UNAVAILABLE: {
        "nl": (
            "Het pakket geeft geen antwoord",
            "Dat zegt niets over de administratie. We vragen het vanzelf opnieuw.",
        ),
        "en": (
            "The package does not answer",
            "That says nothing about the administration. We ask again by ourselves.",
        ),
    },
}

TEXTS_OF_USER = {
    "nl": (
        "Het pakket staat dit onze gebruiker niet toe",
        (
            "De toestemming voor {name} is er, maar het pakket weigert wat we ermee "
            "vragen. Dit gaat niet vanzelf over."
        ),
    ),
    "en": (
        "The package does not let our user do this",
        (
            "The consent for {name} is there, but the package refuses what we ask with "
            "it. That does not pass by itself."
        ),
    ),
}
Asking = Callable[..., Proof]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PAUSE_SECONDS", 0.01)


@pytest.fixture
def ask(agent: User, lead: User) -> Asking:
    """Ask for a request that waits for the package."""

    def answer(scene: Scene, code: str, seconds: float = PATIENCE) -> Proof:
        connection = scene.connection
        administration = make_administration(
            make_connection(package=connection.package, country=connection.country),
            code=code,
            name=NAME,
        )
        move = make_move(
            MoveState.AWAITING_BOOKKEEPING,
            agent=agent,
            lead=lead,
            move_type=MoveType.MOVE_ENVIRONMENT,
            administration=administration,
            to_environment=connection.environment,
            to_connection=connection,
        )
        proof = ask_package(move.pk, age=FRESH, seconds=seconds)
        assert proof is not None
        return proof

    return answer


def secrets_of(connection: BookkeepingConnection) -> set[str]:
    grant = ConnectionGrant.objects.get(connection=connection)
    sealed = (grant.sealed_access, grant.sealed_refresh)
    return {unseal(token) for token in sealed if token}


def stored_text(connection: BookkeepingConnection) -> str:
    """All that the portal wrote down, but for the sealed tokens themselves."""
    tables = (Proof, ConnectionCall, ConnectionLine, ConnectionList, Event, Move)
    return "\n".join(str(list(table.objects.values())) for table in tables)


@pytest.mark.parametrize(("name", "package"), CELLS)
def test_each_trouble_has_its_verdict_and_sentence_and_leaks_nothing(
    name: str,
    package: Package,
    packages: Packages,
    consented: Consented,
    ask: Asking,
    caplog: pytest.LogCaptureFixture,
) -> None:
    trouble = TROUBLES[name]
    connection = packages.connection(package)
    consented(connection)
    scene = Scene(packages, consented, connection)
    secret = {*CLIENT[1:], *secrets_of(connection)}
    trouble.cause(scene)
    secret |= secrets_of(connection)

    code = trouble.code(package)
    with caplog.at_level(logging.DEBUG):
        proof = ask(scene, code, 3.0 if name == "time-out" else PATIENCE)

    expected = trouble.verdicts[package]
    assert (proof.verdict, proof.kind) == (expected, "VERIFIED"), proof.raw_status
    went_on = Move.objects.get(pk=proof.move_id).state == MoveState.AWAITING_APPROVAL
    assert went_on == (expected == V.FOUND_ACTIVE)
    by_user = proof.raw_status.get("reason") in OF_THE_USER
    sentences = TEXTS_OF_USER if by_user else TEXTS[Verdict(proof.verdict)]
    for language, (head, says) in sentences.items():
        with translation.override(language):
            text = verdict_text(proof)
        names = {"name": str(connection), "code": code}
        assert (text.head, text.says) == (head.format(**names), says.format(**names))
    if trouble.reason is not None:
        assert proof.raw_status["reason"] == trouble.reason
    if trouble.list_size is not None:
        assert proof.list_size == trouble.list_size
    secret |= secrets_of(connection)
    written = stored_text(connection) + caplog.text
    assert [each for each in secret | {"SYSTEEM"} if each in written] == []
    assert packages.led_away() == []


def test_what_only_waits_says_until_when(
    packages: Packages, consented: Consented, ask: Asking
) -> None:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection)
    packages.befall(connection, "too_many", after=300)

    proof = ask(Scene(packages, consented, connection), "NL100")

    assert proof.retry_at is not None
    assert 250 < (proof.retry_at - proof.checked_at).total_seconds() <= 301
    assert Move.objects.get(pk=proof.move_id).ask_proof_at == proof.retry_at


def test_a_consent_that_was_revoked_is_forgotten_here(
    packages: Packages, consented: Consented, ask: Asking
) -> None:
    connection = packages.connection(Package.TWINFIELD)
    consented(connection)
    scene = Scene(packages, consented, connection)
    TROUBLES["revoked consent"].cause(scene)

    ask(scene, "NL100")

    grant = ConnectionGrant.objects.get(connection=connection)
    assert (grant.lost_why, grant.sealed_access, grant.sealed_refresh) == (
        "REVOKED",
        "",
        "",
    )


def test_people_read_the_same_table() -> None:
    assert drawn() in TABLE.read_text(encoding="utf-8")


def test_every_package_is_in_every_row() -> None:
    assert all(set(trouble.verdicts) == set(Package) for trouble in TROUBLES.values())
