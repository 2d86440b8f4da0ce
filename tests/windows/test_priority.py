"""A lead lets a move go first or run outside the windows, with a reason on record."""

import re
from datetime import time, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.access import WORKER, actor_for
from adminmoves.approval.actions import approve_move, reschedule_move
from adminmoves.approval.decisions import Decision
from adminmoves.approval.priority import Priority, WindowOverride
from adminmoves.audit.sentences import quotes
from adminmoves.errors import DomainError
from adminmoves.execution.actions import retry_move
from adminmoves.lifecycle import advance
from adminmoves.models import Event, ExecutionWindow, Move
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import Action, EventCode, MoveState
from tests.builders import as_read, warnings_of
from tests.cast import MakeMove
from tests.overview.people import page_words

pytestmark = pytest.mark.django_db
S = MoveState
NAMES = ("urgent", "outside_windows")
SAID = {
    "urgent": "Spoed: “De klant wacht.”",
    "outside_windows": "Buiten de vensters: “De klant wacht.”",
}


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


def hours() -> None:
    """All offices are closed now, and open for five hours in two days."""
    day = (timezone.localtime() + timedelta(days=2)).weekday()
    ExecutionWindow.objects.create(weekdays=[day], opens=time(18), closes=time(23))


def approve(client: Client, move: Move, **answers: str) -> str:
    sent = {
        **as_read(move, when="now"),
        "plan_hash": make_plan(move).hash,
        "seen": sorted(warnings_of(move)),
        **answers,
    }
    return page_words(
        client.post(f"/migraties/{move.number}/akkoord/", sent, follow=True)
    )


def reschedule(client: Client, move: Move, **answers: str) -> str:
    seen = Move.objects.get(pk=move.pk).timing
    sent = {"when": "now", "seen": seen, **answers}
    page = client.post(f"/migraties/{move.number}/ander-moment/", sent, follow=True)
    return page_words(page)


def flags(move: Move) -> tuple[bool, bool]:
    stored = Move.objects.get(pk=move.pk)
    return stored.urgent, stored.outside_windows


@pytest.mark.parametrize("name", NAMES)
def test_priority_or_override_is_chosen_at_the_approval_and_shown(
    name: str, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    page = approve(as_lead, move, **{name: "on", f"{name}_because": "De klant wacht."})

    assert flags(move) == (name == "urgent", name == "outside_windows")
    event = Event.objects.get(code=EventCode.MOVE_APPROVED)
    assert {flag: event.params.get(flag) for flag in NAMES} == {
        **dict.fromkeys(NAMES),
        name: True,
    }
    assert quotes(event) == (SAID[name],)
    assert SAID[name] in page


@pytest.mark.parametrize("name", NAMES)
def test_priority_or_override_needs_its_reason(
    name: str, as_lead: Client, a_move: MakeMove
) -> None:
    hours()
    move = a_move(S.AWAITING_APPROVAL)

    page = approve(as_lead, move, **{name: "on", f"{name}_because": "  "})

    asked = {
        "urgent": "Vertel waarom het spoed heeft.",
        "outside_windows": "Vertel waarom het buiten het venster mag lopen.",
    }
    assert asked[name] in page
    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


@pytest.mark.parametrize("name", NAMES)
def test_no_action_grants_priority_or_override_without_its_reason(
    name: str, lead: User, a_move: MakeMove
) -> None:
    waits, approved = a_move(S.AWAITING_APPROVAL), a_move(S.APPROVED)
    actor = actor_for(lead)
    priority = Priority(urgent=name == "urgent")
    window_override = WindowOverride(allowed=name == "outside_windows")

    with pytest.raises(DomainError):
        approve_move(
            Decision(
                waits.pk,
                make_plan(waits).hash,
                warnings_of(waits),
                priority=priority,
                window_override=window_override,
            ),
            actor=actor,
        )
    with pytest.raises(DomainError):
        reschedule_move(
            approved.pk,
            actor=actor,
            seen=approved.timing,
            not_before=None,
            priority=priority,
            window_override=window_override,
        )
    assert flags(waits) == flags(approved) == (False, False)


@pytest.mark.parametrize("name", NAMES)
def test_priority_or_override_is_chosen_and_taken_back_with_another_moment(
    name: str, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)
    because = f"{name}_because"
    assert "Vertel waarom" in reschedule(as_lead, move, **{name: "on"})

    reschedule(as_lead, move, **{name: "on", because: "De klant wacht."})
    assert flags(move) == (name == "urgent", name == "outside_windows")
    # The reason was given: a new moment does not ask for it again.
    reschedule(as_lead, move, **{name: "on"})
    assert True in flags(move)
    reschedule(as_lead, move)
    assert flags(move) == (False, False)

    events = Event.objects.filter(code=EventCode.MOVE_RESCHEDULED).order_by("id")
    assert [event.params.get(name) for event in events] == [True, None, False]
    assert [quotes(event) for event in events] == [(SAID[name],), (), ()]


def test_another_moment_offers_what_holds_now(
    as_lead: Client, a_move: MakeMove
) -> None:
    hours()
    move = a_move(S.APPROVED)
    Move.objects.filter(pk=move.pk).update(urgent=True)

    page = as_lead.get(f"/migraties/{move.number}/").content.decode()

    assert re.search(r'name="urgent" id="reschedule_urgent"\s+checked', page)
    assert re.search(
        r'name="outside_windows" id="reschedule_outside_windows"\s*>', page
    )
    assert "Spoed: gaat voor" in page


def test_the_approval_says_when_the_window_opens(
    as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    path = f"/migraties/{move.number}/"
    assert "Mag buiten het venster lopen" not in page_words(as_lead.get(path))
    hours()

    page = page_words(as_lead.get(path))

    opens = timezone.localtime() + timedelta(days=2)
    assert f"Venster opent {opens.day} " in page
    assert "Mag buiten het venster lopen" in page


def test_a_new_approval_begins_without_priority_and_override(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    Move.objects.filter(pk=move.pk).update(urgent=True, outside_windows=True)

    advance(move.pk, Action.REAPPROVE, actor=WORKER, facts=({"code": "check_holds"},))

    assert flags(move) == (False, False)


def test_who_runs_it_again_decides_anew_about_the_window(
    lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.FAILED)
    Move.objects.filter(pk=move.pk).update(urgent=True, outside_windows=True)

    retry_move(move.pk, actor=actor_for(lead))

    assert flags(move) == (True, False)
