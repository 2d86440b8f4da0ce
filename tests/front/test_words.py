"""States, moments and numbers, in both languages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone, translation

from adminmoves.demo.styleguide.samples import sample_move
from adminmoves.detail.stepper import Facts, stops
from adminmoves.management.translations import key_of, merged
from adminmoves.models import Move
from adminmoves.templatetags import moments
from adminmoves.templatetags.portal import initials, number, state_label
from adminmoves.vocabulary import MoveState

S = MoveState


@pytest.mark.parametrize(("language", "written"), [("nl", "4.812"), ("en", "4,812")])
def test_numbers_follow_the_language(language: str, written: str) -> None:
    with translation.override(language):
        assert number(4812) == written


@pytest.mark.parametrize(
    ("minutes", "dutch", "english"),
    [(1, "1 minuut", "1 minute"), (52, "52 minuten", "52 minutes")],
)
def test_a_wait_has_its_plural(minutes: int, dutch: str, english: str) -> None:
    since = timezone.now() - timedelta(minutes=minutes, seconds=5)

    with translation.override("nl"):
        assert moments.waited(since) == dutch
    with translation.override("en"):
        assert moments.waited(since) == english


def test_a_longer_wait_is_told_in_hours_and_days() -> None:
    now = timezone.now()

    with translation.override("nl"):
        assert moments.waited(now - timedelta(minutes=130, seconds=5)) == "2 u 10 min"
        assert moments.waited(now - timedelta(days=3, minutes=1)) == "3 dagen"


def test_an_old_moment_shows_its_day_and_keeps_the_exact_time() -> None:
    with translation.override("nl"):
        html = moments.ago(datetime(2024, 9, 15, 18, 24, tzinfo=UTC))

    assert html == (
        '<time datetime="2024-09-15T20:24:00+02:00" title="15 september 2024 20:24">'
        "15 sep 2024</time>"
    )


def test_what_never_happened_leaves_a_place_empty() -> None:
    assert [moments.ago(None), moments.moment(None), moments.waited(None)] == [""] * 3


def test_a_pause_is_rounded_up() -> None:
    assert moments.minutes(timedelta(minutes=14, seconds=1)) == 15


@pytest.mark.parametrize(
    ("name", "mark"), [("Teamleider 2", "T2"), ("beheerder", "B"), ("", "")]
)
def test_initials_are_at_most_two(name: str, mark: str) -> None:
    assert initials(name) == mark


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({"state": S.DRAFT}, "Concept"),
        ({"state": S.DRAFT, "has_question": True}, "Teruggestuurd"),
        ({"state": S.APPROVED}, "In wachtrij"),
        ({"state": S.APPROVED, "not_before": timezone.now()}, "In wachtrij"),
        (
            {"state": S.APPROVED, "not_before": timezone.now() + timedelta(hours=9)},
            "Gepland",
        ),
        ({"state": S.IN_DOUBT}, "Te controleren"),
    ],
)
def test_a_state_has_one_word(facts: dict[str, object], label: str) -> None:
    with translation.override("nl"):
        assert state_label(Move(**facts)) == label


LOOKS = {
    S.DRAFT: "cur todo todo todo todo todo",
    S.AWAITING_BOOKKEEPING: "done cur todo todo todo todo",
    S.AWAITING_APPROVAL: "done done cur todo todo todo",
    S.APPROVED: "done done done cur todo todo",
    S.RUNNING: "done done done done cur todo",
    S.COMPLETED: "done done done done done done",
    S.IN_DOUBT: "done done done done doubt todo",
    S.FAILED: "done done done done fail todo",
    S.STOPPED: "done done done done stop todo",
    S.REJECTED: "done done fail todo todo todo",
    S.WITHDRAWN: "stop todo todo todo todo todo",
}


@pytest.mark.parametrize("state", list(S))
def test_the_stepper_shows_where_a_move_stands(state: MoveState) -> None:
    move = sample_move(state)
    if state == S.WITHDRAWN:
        move.submitted_at = None

    shown = stops(move)

    assert " ".join(stop.look.cls for stop in shown) == LOOKS[state]
    assert [stop.is_here for stop in shown].count(True) == 1


def test_a_move_withdrawn_in_the_queue_shows_how_far_it_came() -> None:
    move = sample_move(S.WITHDRAWN, approved_at=timezone.now())

    assert [stop.look.cls for stop in stops(move)][:4] == ["done"] * 3 + ["stop"]


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=30), "&lt; 1 <i>min</i>"),
        (timedelta(minutes=8), "8 <i>min</i>"),
        (timedelta(hours=3, minutes=2), "3 <i>u</i> 02"),
        (timedelta(days=1, hours=4), "1 <i>dag</i>"),
        (timedelta(days=2), "2 <i>dagen</i>"),
    ],
)
def test_a_length_of_time_fits_in_a_big_figure(length: timedelta, shown: str) -> None:
    assert moments.figure(length) == shown


def test_a_station_tells_who_when_or_how_long() -> None:
    now = timezone.now()
    waiting = sample_move(S.AWAITING_APPROVAL, state_since=now)
    done = sample_move(
        S.COMPLETED, started_at=now - timedelta(seconds=291), ended_at=now
    )
    rejected = sample_move(S.REJECTED, ended_at=now)

    assert stops(waiting)[2].facts == Facts(waits_since=now)
    assert [stop.facts for stop in stops(done)[4:]] == [
        Facts(took=timedelta(seconds=291)),
        Facts(at=now),
    ]
    assert stops(rejected)[2].facts == Facts(at=now)


SECOND_WORDS = {
    "verhui[sz]": "verplaatsen, migreren",
    "weg(ge)?gooi": "intrekken",
    "aan(ge)?meld|meld (je|u) aan": "toestemming, registratie, inloggen",
}
"""Words that were a second name for one thing, each with its first name."""
OF_TYPES = re.compile("(?i)^environment$|another environment|accounting system")
"""The words of the five types: elsewhere a thing is a *kantoor* or a *koppeling*."""


def dutch() -> Iterator[tuple[str, str]]:
    """Each English text with its Dutch, our own and Django's."""
    for message in merged(settings.BASE_DIR / "locale/nl"):
        _context, english = key_of(message)
        texts = message.string
        for text in [texts] if isinstance(texts, str) else texts or ():
            yield english, text


@pytest.mark.parametrize("word", SECOND_WORDS)
def test_one_thing_has_one_name(word: str) -> None:
    second = re.compile(word, re.IGNORECASE)

    found = [text for _english, text in dutch() if second.search(text)]

    assert found == [], f"say {SECOND_WORDS[word]}"


def test_an_office_and_a_connection_have_another_name_in_the_types_only() -> None:
    of_types = re.compile("omgeving|boekhoudsyste", re.IGNORECASE)

    found = [
        text
        for english, text in dutch()
        if of_types.search(text) and not OF_TYPES.search(english)
    ]

    assert found == []


def test_a_connection_has_a_consent_and_is_not_signed_in() -> None:
    signed_in = re.compile("sign(ed)? in to", re.IGNORECASE)

    assert [english for english, _text in dutch() if signed_in.search(english)] == []
