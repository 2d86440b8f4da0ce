"""Now and after: only differences are marked, what is not chosen is said."""

import re

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import TestCase
from django.utils import translation

from adminmoves.access import actor_for
from adminmoves.detail.comparison import diff_of
from adminmoves.intake.draft.actions import start_draft
from adminmoves.models import Move
from adminmoves.templatetags.portal import address, glyph
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_administration, make_connection, make_draft
from tests.cast import MakeMove

DIFF = """{% include "partials/diff.html" %}"""
pytestmark = pytest.mark.django_db
T = MoveType
CHANGED = {
    T.MOVE_ENVIRONMENT: {"Kantoor", "Kantoorcode", "Koppeling"},
    T.CHANGE_CODE: {"Administratiecode"},
    T.RELINK_CONNECTION: {"Koppeling"},
    T.MOVE_ENVIRONMENT_AND_CHANGE_CODE: {
        "Kantoor",
        "Kantoorcode",
        "Administratiecode",
        "Koppeling",
    },
    T.RELINK_CONNECTION_AND_CHANGE_CODE: {"Administratiecode", "Koppeling"},
}


def changed(move: Move) -> set[str]:
    diff = diff_of(move)
    assert diff is not None
    return {row.label for row in diff.rows if row.changes}


@pytest.mark.parametrize("move_type", list(T))
def test_each_type_marks_what_it_changes_and_nothing_else(
    agent: User, move_type: MoveType
) -> None:
    move = make_draft(agent, move_type)

    with translation.override("nl"):
        assert changed(move) == CHANGED[move_type]


@pytest.mark.parametrize("move_type", list(T))
def test_an_empty_draft_says_what_is_still_to_be_chosen(
    agent: User, move_type: MoveType
) -> None:
    move = start_draft(move_type, actor=actor_for(agent))
    move.administration = make_administration()

    diff = diff_of(move)

    assert diff is not None
    with translation.override("nl"):
        assert changed(move) == CHANGED[move_type]
    assert {row.then for row in diff.rows if row.changes} == {""}


def test_nothing_is_compared_before_an_administration_is_chosen(agent: User) -> None:
    assert diff_of(start_draft(T.CHANGE_CODE, actor=actor_for(agent))) is None


def test_the_address_follows_the_wanted_place(agent: User) -> None:
    administration = make_administration(code="2041")
    move = make_draft(agent, T.CHANGE_CODE, administration, to_code="NL2041")

    diff = diff_of(move)

    office = administration.environment.office_code.lower()
    assert diff is not None
    assert diff.now.address == f"{office}.2041@mailtobasecone.com"
    assert diff.then.address == f"{office}.nl2041@mailtobasecone.com"


def test_an_own_code_for_the_address_stays(agent: User) -> None:
    administration = make_administration(mail_code="inkoop")
    move = make_draft(agent, T.CHANGE_CODE, administration, to_code="NL2041")

    diff = diff_of(move)

    assert diff is not None
    assert diff.then.address == diff.now.address


def test_only_the_parts_of_an_address_that_differ_are_marked() -> None:
    html = address("vkz221.2041@mail.example", "vkn104.2041@mail.example")

    assert html == (
        '<span class="seg">vkz221</span><wbr><span class="">.</span><wbr>'
        '<span class="">2041</span><wbr><span class="">@</span><wbr>'
        '<span class="">mail.example</span>'
    )


def routed(move: Move) -> str:
    shown = Template("{% load portal %}{% route move %}")
    return re.sub(r"\s+>", ">", shown.render(Context({"move": move})))


def test_a_route_of_a_code_marks_the_code_alone(agent: User) -> None:
    administration = make_administration(code="2041")
    office = administration.environment.office_code

    html = routed(make_draft(agent, T.CHANGE_CODE, administration, to_code="NL2041"))

    assert f"<code>{office}.<b>NL2041</b></code>" in html


def test_a_route_to_another_connection_names_both_once(agent: User) -> None:
    here = make_connection(package_environment="AV-01")
    there = make_connection(
        here.environment, package=here.package, package_environment="AV-07"
    )
    administration = make_administration(here)

    html = routed(
        make_draft(agent, T.RELINK_CONNECTION, administration, to_connection=there)
    )

    TestCase().assertInHTML(f"<small>{here} naar <b>{there.label}</b></small>", html)
    assert html.count(administration.code) == 1


@pytest.mark.parametrize(
    ("move_type", "label", "cells"),
    [
        (
            T.MOVE_ENVIRONMENT,
            "wijzigt: omgeving; het boekhoudsysteem gaat mee",
            "1 0 half",
        ),
        (T.CHANGE_CODE, "wijzigt: code", "0 1 0"),
        (T.RELINK_CONNECTION, "wijzigt: boekhoudsysteem", "0 0 1"),
        (
            T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
            "wijzigt: omgeving en code; het boekhoudsysteem gaat mee",
            "1 1 half",
        ),
        (
            T.RELINK_CONNECTION_AND_CHANGE_CODE,
            "wijzigt: code en boekhoudsysteem",
            "0 1 1",
        ),
    ],
)
def test_the_glyph_shows_and_says_what_changes(
    move_type: MoveType, label: str, cells: str
) -> None:
    environment, code, connection = cells.split()

    with translation.override("nl"):
        html = glyph(move_type)

    assert html == (
        f'<span class="glyph" role="img" aria-label="{label}">'
        f'<i data-on="{environment}">O</i><i data-on="{code}">C</i>'
        f'<i data-on="{connection}">B</i></span>'
    )


@pytest.mark.parametrize("state", [MoveState.REJECTED, MoveState.WITHDRAWN])
def test_what_was_never_done_is_told_as_asked(
    state: MoveState, a_move: MakeMove
) -> None:
    page = Template(DIFF).render(Context({"move": a_move(state)}))

    for words, is_shown in [
        ("Wat gevraagd was", True),
        ("Gevraagd", True),
        ("Straks", False),
        ("Kopieer het nieuwe e-mailadres", False),
    ]:
        assert (words in page) is is_shown, words
