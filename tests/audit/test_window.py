"""A text that finds very much is looked for in the newest days, and it says so."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.audit import queries
from adminmoves.models import Event, Move, search
from adminmoves.vocabulary import MoveState
from tests.audit.test_export import content
from tests.audit.test_history import codes, page_words
from tests.builders import make_administration, make_move

pytestmark = pytest.mark.django_db
IN_WINDOW = "daarom keken we in de laatste 90 dagen"
TOLD = ["MOVE_SUBMITTED"] * 3
Later = Callable[[int], None]


@pytest.fixture
def moves(agent: User, lead: User, monkeypatch: pytest.MonkeyPatch) -> list[Move]:
    """Three administrations with one name, where two are called many."""
    monkeypatch.setattr(search, "COMMON_FROM", 2)
    return [
        make_move(
            MoveState.AWAITING_BOOKKEEPING,
            agent=agent,
            lead=lead,
            administration=make_administration(
                name=f"Firma {number}", code=f"F{number}"
            ),
        )
        for number in range(3)
    ]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let so many days pass."""

    def pass_days(days: int) -> None:
        then = timezone.localdate() + timedelta(days=days)
        monkeypatch.setattr(timezone, "localdate", lambda: then)

    return pass_days


def everything(answer: Any) -> str:
    """The link out of the window."""
    found = re.search(r'href="([^"]+)">Zoek in alles', answer.content.decode())
    assert found, page_words(answer)
    return html.unescape(found[1])


def test_a_common_text_finds_the_newest_days_and_says_so(
    as_auditor: Client, moves: list[Move], later: Later
) -> None:
    later(89)
    inside = as_auditor.get("/historie/", {"q": "firma"})

    assert IN_WINDOW in page_words(inside)
    assert codes(inside) == TOLD

    later(1)
    outside = as_auditor.get("/historie/", {"q": "firma"})

    assert IN_WINDOW in page_words(outside)
    assert codes(outside) == []


def test_a_link_searches_everything_and_keeps_the_filters(
    as_auditor: Client, moves: list[Move], agent: User, later: Later
) -> None:
    later(90)
    filters = {"q": "firma", "wie": str(agent.pk), "gebeurtenis": "MOVE_SUBMITTED"}

    link = everything(as_auditor.get("/historie/", filters))
    answer = as_auditor.get(f"/historie/{link}")

    assert all(f"{name}={value}" in link for name, value in filters.items())
    assert codes(answer) == TOLD
    assert IN_WINDOW not in page_words(answer)


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "firma 1"},
        {"q": "firma", "van": "2020-01-01"},
        {"q": "firma", "tot": "2120-01-01"},
        {"wie": "WORKER"},
    ],
    ids=["a rare text", "from a day", "to a day", "no text"],
)
def test_whatever_else_is_asked_has_no_window(
    as_auditor: Client, moves: list[Move], later: Later, filters: dict[str, str]
) -> None:
    later(365)

    answer = as_auditor.get("/historie/", filters)

    assert IN_WINDOW not in page_words(answer)
    assert bool(codes(answer)) is ("q" in filters)


def test_a_number_finds_old_events_too(
    as_auditor: Client, moves: list[Move], later: Later
) -> None:
    later(365)

    answer = as_auditor.get("/historie/", {"q": moves[0].number})

    assert codes(answer) == ["MOVE_SUBMITTED", "MOVE_DRAFTED"]


def test_the_file_holds_what_the_page_shows_and_tells_since_when(
    as_auditor: Client, moves: list[Move], later: Later
) -> None:
    later(90)
    since = (timezone.localdate() - timedelta(days=89)).isoformat()

    exported = as_auditor.post("/historie/export/", {"q": "firma", "formaat": "jsonl"})
    lines = content(exported).splitlines()

    assert json.loads(lines[-1])["filter"] == {"q": "firma", "van": since}
    assert json.loads(lines[-1])["rows"] == 0
    written = Event.objects.filter(code="HISTORY_EXPORTED").get()
    assert written.params["filters"] == {"van": since}


def test_days_hold_what_their_moments_say(moves: list[Move]) -> None:
    today = timezone.localdate()
    every = set(Event.objects.values_list("pk", flat=True))

    def found(first: int, last: int) -> set[int]:
        days = {"van": first, "tot": last}
        chosen = {
            name: (today + timedelta(days=day)).isoformat()
            for name, day in days.items()
        }
        query = queries.HistoryQuery(chosen, None, is_narrowed=False)
        return set(queries.events_of(query).values_list("pk", flat=True))

    assert every
    assert found(0, 0) == found(-5, 5) == found(-1, 0) == found(0, 1) == every
    assert found(-5, -1) == found(1, 5) == set()


def test_the_first_and_the_last_day_of_the_calendar_are_days(
    as_auditor: Client, moves: list[Move]
) -> None:
    answer = as_auditor.get("/historie/", {"van": "0001-01-01", "tot": "9999-12-31"})

    assert len(codes(answer)) == Event.objects.count()
