"""Whether the package shows the company that our record knows."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.evidence.records import ask_package
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.rules.checks.identity import same_kvk, same_name
from adminmoves.rules.preflight import inspect
from adminmoves.vocabulary import MoveState, Verdict
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.cast import MakeMove
from tests.packages import ChosenAnswers

pytestmark = pytest.mark.django_db
API = BookkeepingConnection.Demand.API


@pytest.mark.parametrize(
    "seen",
    [
        "Bakkerij Voorbeeld B.V.",
        "BAKKERIJ VOORBEELD BV",
        "Bakkerij  Voorbeeld, b.v.",
        "Bákkerij-Voorbeeld",
        "Bakkerij Voorbeeld besloten vennootschap",
    ],
)
def test_spelling_makes_no_other_company(seen: str) -> None:
    assert same_name(seen, "Bakkerij Voorbeeld B.V.")


@pytest.mark.parametrize(
    ("seen", "known"),
    [
        ("Bakkerij Voorbeeld 2", "Bakkerij Voorbeeld"),
        ("Bakkerij Voorbeeld Holding B.V.", "Bakkerij Voorbeeld B.V."),
        ("", ""),
        ("...", "!"),
    ],
)
def test_another_name_is_another_company(seen: str, known: str) -> None:
    assert not same_name(seen, known)


def test_kvk_numbers_are_compared_by_their_digits() -> None:
    assert same_kvk("01234567", "1234567")
    assert same_kvk("1234 5678", "12345678")
    assert same_kvk("123456780000", "12345678")
    assert not same_kvk("12345678", "12345679")
    assert not same_kvk("", "")


@pytest.mark.parametrize(
    ("seen", "outcome", "say"),
    [
        ({"name": "Bakkerij Voorbeeld BV"}, "passed", "ok"),
        ({}, "passed", "nameless"),
        ({"name": "Slagerij Elders"}, "warning", "name"),
        ({"kvk_number": "87654321"}, "warning", "kvk"),
        ({"name": "Slagerij Elders", "kvk_number": "87654321"}, "warning", "both"),
    ],
)
def test_what_the_package_shows_is_compared_with_our_record(
    seen: dict[str, Any],
    outcome: str,
    say: str,
    agent: User,
    package: ChosenAnswers,
) -> None:
    administration = make_administration(
        make_connection(demand=API),
        name="Bakkerij Voorbeeld B.V.",
        kvk_number="12345678",
    )
    move = submit(make_draft(agent, administration=administration), agent)
    package.answers = [Evidence(Verdict.FOUND_ACTIVE, **seen)]

    before = [one.code for one in inspect(move).results]
    ask_package(move.pk)
    report = inspect(Move.objects.select_related("proof").get(pk=move.pk))

    messages = [
        (one.outcome, one.message_key)
        for one in report.results
        if one.code == "recognised"
    ]
    assert "recognised" not in before
    assert messages == [(outcome, say)]


def test_an_attestation_has_no_name_to_compare(a_move: MakeMove) -> None:
    report = inspect(a_move(MoveState.AWAITING_APPROVAL))

    messages = [
        (one.outcome, one.message_key)
        for one in report.results
        if one.code == "recognised"
    ]
    assert messages == [("passed", "attested")]
