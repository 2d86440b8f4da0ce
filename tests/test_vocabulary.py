"""A new type, state or package is red here until every table has it.

The tables of adminmoves/vocabulary need no test: a missing row stops the import.
"""

import pytest
from django.db.models import Field
from django.utils import translation
from pytest_django import Settings

from adminmoves.bookkeeping.exact import HOSTS
from adminmoves.bookkeeping.gateway import ADAPTERS
from adminmoves.bookkeeping.oauth import client_of
from adminmoves.estate.sheets import SHEETS
from adminmoves.evidence.texts.verdicts import ACCESS
from adminmoves.models import BookkeepingConnection
from adminmoves.rules.type_rules import AFTERCARE, TYPE_OF_MIX
from adminmoves.vocabulary import (
    ACTION_EVENTS,
    MIXES,
    STATES,
    Action,
    Atom,
    MoveState,
    MoveType,
    Package,
)
from migrations_portal.env import CLIENT_NAMES


def test_each_mix_of_changes_is_one_type() -> None:
    assert {TYPE_OF_MIX[MIXES[move_type]] for move_type in MoveType} == set(MoveType)
    assert frozenset().union(*MIXES.values()) == set(Atom) == set(AFTERCARE)


def test_no_state_is_open_and_ended_at_once() -> None:
    both = [state for state, info in STATES.items() if info.is_open and info.is_ended]
    assert both == []


def test_each_state_has_a_tab_of_its_own() -> None:
    assert len({info.tab for info in STATES.values()}) == len(MoveState)


def test_each_step_leaves_an_event_of_its_own() -> None:
    assert set(ACTION_EVENTS) == set(Action)
    assert len(set(ACTION_EVENTS.values())) == len(Action)


def test_each_package_is_asked_and_its_access_explained() -> None:
    assert set(ADAPTERS) == set(ACCESS) == set(Package)


@pytest.mark.parametrize("country", ["", *HOSTS])
@pytest.mark.parametrize("package", Package)
def test_each_package_can_have_a_registration_of_ours(
    package: Package, country: str, settings: Settings
) -> None:
    settings.PORTAL_CLIENTS = dict.fromkeys(CLIENT_NAMES, ("id", "secret"))
    connection = BookkeepingConnection(package=package, country=country)

    assert client_of(connection) == ("id", "secret")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_import_tells_each_word_that_it_takes(language: str) -> None:
    missing = []
    with translation.override(language):
        for sheet in SHEETS:
            for column in sheet.columns:
                field = sheet.model._meta.get_field(column.field)  # noqa: SLF001 - documented by Django
                words = field.choices or [] if isinstance(field, Field) else []
                missing += [
                    word for word, _label in words if word not in str(column.remedy)
                ]

    assert missing == []
