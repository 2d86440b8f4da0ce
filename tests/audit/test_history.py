"""The history page: who may read it, what it finds, and what it costs."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adminmoves.access import MAY, SYSTEM
from adminmoves.audit import trail
from adminmoves.models import Event, Move
from adminmoves.vocabulary import EventCode, MoveState, MoveType, Right, Role
from tests.audit.conftest import logged_in
from tests.builders import make_administration, make_draft, make_move, make_person

pytestmark = pytest.mark.django_db
QUERIES = 6
"""Session, person, their standing; filters, rows, check."""


def codes(answer: Any) -> list[str]:
    """The events that a page shows, newest first."""
    return re.findall(r"<code\s*>([A-Z_]+)</code>", answer.content.decode())


def page_words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


@pytest.fixture
def moved(agent: User, lead: User) -> Move:
    """An administration that went to another office under another code."""
    return make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        move_type=MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
    )


def all_codes() -> list[str]:
    return list(Event.objects.order_by("-id").values_list("code", flat=True))


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {"WORKER", "SYSTEM"}]
)
def test_who_may_read_it_reads_it_and_others_hear_who_can_help(role: Role) -> None:
    client = logged_in(make_person("iemand", role))

    answer = client.get("/historie/")

    allowed = role in MAY[Right.READ_HISTORY]
    assert answer.status_code == (200 if allowed else 403)
    assert allowed or "teamleider" in page_words(answer)


def test_it_shows_every_event_newest_first(as_auditor: Client, moved: Move) -> None:
    answer = as_auditor.get("/historie/")

    assert codes(answer) == all_codes()
    assert (
        f"{Event.objects.count()} van {Event.objects.count()} gebeurtenissen"
        in page_words(answer)
    )


def test_everything_an_administration_ever_was_finds_its_events(
    as_auditor: Client, moved: Move, agent: User
) -> None:
    make_draft(agent)
    about_it = [
        event.code
        for event in Event.objects.order_by("-id")
        if event.administration_id == moved.administration_id
    ]
    now = moved.administration
    assert now is not None
    assert moved.from_environment is not None

    for text in (
        moved.from_code,
        moved.from_environment.office_code,
        moved.from_address,
        f"{moved.from_environment.office_code}.{moved.from_code}",
        now.code,
        now.environment.office_code,
        now.mail_address,
        now.name,
    ):
        answer = as_auditor.get("/historie/", {"q": text})
        assert codes(answer) == about_it, text


def test_a_number_finds_the_events_of_that_migration(
    as_auditor: Client, moved: Move, agent: User
) -> None:
    other = make_draft(agent)

    answer = as_auditor.get("/historie/", {"q": other.number.lower()})

    assert codes(answer) == ["MOVE_DRAFTED"]


def test_filters_narrow_it_down(
    as_auditor: Client, moved: Move, agent: User, lead: User
) -> None:
    today = timezone.localdate()
    ask: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "person": ({"wie": lead.pk}, {"actor_id": lead.pk}),
        "machine": ({"wie": "WORKER"}, {"actor_role": "WORKER"}),
        "event": ({"gebeurtenis": "MOVE_APPROVED"}, {"code": "MOVE_APPROVED"}),
        "type": ({"soort": moved.move_type}, {"move_type": moved.move_type}),
        "day": ({"van": today, "tot": today}, {}),
        "unknown": ({"gebeurtenis": "BESTAAT_NIET", "wie": "x"}, {}),
    }

    for name, (filters, expected) in ask.items():
        found = Event.objects.filter(**expected).order_by("-id")
        answer = as_auditor.get("/historie/", filters)
        assert codes(answer) == [event.code for event in found], name


def test_another_day_holds_nothing(as_auditor: Client, moved: Move) -> None:
    answer = as_auditor.get("/historie/", {"tot": "2020-01-01"})

    assert codes(answer) == []
    assert "Geen gebeurtenissen met deze filters." in page_words(answer)


def test_an_office_finds_what_left_it_and_what_came(
    as_auditor: Client, moved: Move
) -> None:
    assert moved.from_environment is not None
    assert moved.to_environment is not None
    left = as_auditor.get("/historie/", {"kantoor": moved.from_environment.office_code})
    came = as_auditor.get(
        "/historie/", {"kantoor": moved.to_environment.office_code.lower()}
    )

    assert "ADMINISTRATION_MOVED" in codes(left)
    assert "ADMINISTRATION_MOVED" in codes(came)
    assert "MOVE_SUBMITTED" in codes(came)


def test_pages_follow_on_each_other_without_gap_or_repeat(as_auditor: Client) -> None:
    lines = [
        trail.about_job("x", EventCode.ESTATE_IMPORTED, subject=str(n), params={})
        for n in range(120)
    ]
    for line in lines:
        trail.record(SYSTEM, [line])
    url, seen, pages = "/historie/", [], 0

    while url:
        answer = as_auditor.get(url)
        seen += re.findall(r'class="a-s">\s*(\d+)\s*<', answer.content.decode())
        older = re.search(r'href="(\?[^"]+)" rel="next"', answer.content.decode())
        url = f"/historie/{html.unescape(older[1])}" if older else ""
        pages += 1

    assert (seen, pages) == ([str(n) for n in reversed(range(120))], 3)
    back = re.search(r'href="(\?[^"]+)" rel="prev"', answer.content.decode())
    assert back
    newer = as_auditor.get(f"/historie/{html.unescape(back[1])}")
    found = re.findall(r'class="a-s">\s*(\d+)\s*<', newer.content.decode())
    assert found == [str(n) for n in reversed(range(20, 70))]


@pytest.mark.parametrize("key", ["x", "9" * 30 + "~", "~", "-1~", "1~\0"])
def test_a_broken_page_key_gives_a_page(as_auditor: Client, key: str) -> None:
    assert as_auditor.get("/historie/", {"na": key}).status_code == 200


def test_before_and_after_fold_open_in_the_row(as_auditor: Client, moved: Move) -> None:
    answer = as_auditor.get("/historie/", {"gebeurtenis": "MOVE_APPROVED"})

    assert "Status Wacht op akkoord In wachtrij" in page_words(answer)


def test_it_costs_the_same_with_three_events_and_with_thirty(
    as_auditor: Client, django_assert_num_queries: DjangoAssertNumQueries, agent: User
) -> None:
    for wanted in (3, 30):
        while Event.objects.count() < wanted:
            make_draft(agent, administration=make_administration())

        with django_assert_num_queries(QUERIES):
            as_auditor.get("/historie/")


def test_htmx_gets_the_rows_and_a_clean_address(
    as_auditor: Client, moved: Move
) -> None:
    answer = as_auditor.get(
        "/historie/",
        {"q": "", "wie": "", "gebeurtenis": "MOVE_APPROVED"},
        headers={"HX-Request": "true"},
    )

    assert answer["HX-Push-Url"] == "/historie/?gebeurtenis=MOVE_APPROVED"
    assert "HX-Request" in answer["Vary"]
    assert b"<html" not in answer.content
    assert codes(answer) == ["MOVE_APPROVED"]
