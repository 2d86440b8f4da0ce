"""Settings are data within limits: the first rule and its like do not give way."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import CheckSeverity, Event, PackageProfile
from adminmoves.rules.preflight import PASSED, inspect
from adminmoves.rules.type_rules import CHECKS
from adminmoves.vocabulary import EventCode, Package
from tests.builders import make_administration, make_connection, make_draft
from tests.estate.admin import actor_and_change, add, change, remove

pytestmark = pytest.mark.django_db
FIXED = [check.code for check in CHECKS if check.fixed]


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def test_a_severity_is_chosen_on_record_and_taken_back(
    keeper: Client, agent: User
) -> None:
    answers = {
        "check_code": "self_service",
        "move_type": "CHANGE_CODE",
        "severity": "BLOCKING",
    }
    administration = make_administration(make_connection(package=Package.TWINFIELD))
    draft = make_draft(agent, administration=administration)

    assert add(keeper, CheckSeverity, **answers) == {}

    blocking = {result.code for result in inspect(draft).of("blocking")}
    assert blocking == {"self_service"}
    made = CheckSeverity.objects.get()
    remove(keeper, made)
    assert {result.code for result in inspect(draft).of("blocking")} == set()
    events = Event.objects.filter(code=EventCode.SETTING_CHANGED).order_by("id")
    assert [actor_and_change(event) for event in events] == [
        ("beheerder-1", {}, answers),
        ("beheerder-1", answers, {}),
    ]


@pytest.mark.parametrize("check", FIXED)
def test_a_fixed_check_is_refused_in_words(
    check: str, keeper: Client, agent: User
) -> None:
    errors = add(
        keeper,
        CheckSeverity,
        check_code=check,
        move_type="CHANGE_CODE",
        severity="OFF",
    )

    assert errors == {
        "check_code": [
            "Deze controle staat vast: ze houdt altijd tegen. Kies een andere controle."
        ]
    }
    assert not CheckSeverity.objects.exists()


def test_the_first_rule_is_among_the_fixed_ones() -> None:
    assert "moved_in_package" in FIXED
    assert "same_package" in FIXED


def test_a_fixed_check_holds_even_with_a_line_against_it(agent: User) -> None:
    CheckSeverity.objects.create(
        check_code="moved_in_package", move_type="CHANGE_CODE", severity="OFF"
    )

    report = inspect(make_draft(agent))

    found = {result.code: result.outcome for result in report.results}
    assert found["moved_in_package"] not in {PASSED, None}


def test_a_check_that_is_not_about_the_type_is_refused(keeper: Client) -> None:
    errors = add(
        keeper,
        CheckSeverity,
        check_code="consent",
        move_type="CHANGE_CODE",
        severity="OFF",
    )

    assert errors == {
        "move_type": ["De controle gaat niet over deze soort. Kies een andere soort."]
    }


def test_a_profile_is_changed_on_record(keeper: Client) -> None:
    profile = PackageProfile.objects.get(pk=Package.TWINFIELD)

    assert change(keeper, profile, self_service=False) == {}

    event = Event.objects.get()
    assert event.code == EventCode.SETTING_CHANGED
    assert event.subject == "Twinfield"
    assert actor_and_change(event) == (
        "beheerder-1",
        {"self_service": True},
        {"self_service": False},
    )


def test_a_pattern_that_cannot_be_or_fits_no_example_is_refused(
    keeper: Client,
) -> None:
    profile = PackageProfile.objects.get(pk=Package.TWINFIELD)

    assert list(change(keeper, profile, code_pattern="[")) == ["code_pattern"]
    assert change(keeper, profile, code_pattern="[0-9]+") == {
        "code_example": ["Het voorbeeld past niet bij het patroon."]
    }
