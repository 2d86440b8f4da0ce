"""Administrators keep windows and freezes on the record, and see what they hold up."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.audit.details import details
from adminmoves.models import Event, ExecutionWindow, Freeze
from adminmoves.vocabulary import EventCode, MoveState
from tests.cast import MakeMove
from tests.estate.admin import actor_and_change, add, address, change, remove

pytestmark = pytest.mark.django_db
WINDOW = {"weekdays": ["0", "4"], "opens": "18:00", "closes": "23:00"}
FREEZE = {
    "name": "Btw-aangifte",
    "starts_at": "2027-01-25T00:00",
    "ends_at": "2027-02-01T00:00",
}


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def test_a_window_is_kept_on_record(keeper: Client, a_move: MakeMove) -> None:
    office = a_move(MoveState.DRAFT).to_environment
    assert office

    assert add(keeper, ExecutionWindow, environment=office.pk, **WINDOW) == {}

    made = ExecutionWindow.objects.get()
    stored = (made.environment, made.weekdays, made.opens, made.closes)
    assert stored == (office, [0, 4], time(18), time(23))
    assert change(keeper, made, closes="02:00") == {}
    remove(keeper, made)
    assert not ExecutionWindow.objects.exists()
    first = {
        "environment": office.office_code,
        "weekdays": [0, 4],
        "opens": "18:00:00",
        "closes": "23:00:00",
    }
    events = Event.objects.filter(code=EventCode.SETTING_CHANGED).order_by("id")
    assert [actor_and_change(event) for event in events] == [
        ("beheerder-1", {}, first),
        ("beheerder-1", {"closes": "23:00:00"}, {"closes": "02:00:00"}),
        ("beheerder-1", {**first, "closes": "02:00:00"}, {}),
    ]
    assert "maandag, vrijdag" in [fact.after for fact in details(events[0])]


def test_a_freeze_is_kept_on_record(keeper: Client) -> None:
    assert add(keeper, Freeze, **FREEZE) == {}

    made = Freeze.objects.get()
    assert made.starts_at == datetime(2027, 1, 24, 23, tzinfo=UTC)
    event = Event.objects.get(code=EventCode.SETTING_CHANGED)
    assert event.params["after"]["name"] == "Btw-aangifte"
    shown = [fact.after for fact in details(event)]
    assert "1 februari 2027 00:00" in shown


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"ends_at": "2027-01-25T00:00"}, "ends_at"), ({"name": ""}, "name")],
)
def test_what_is_no_freeze_is_told_at_its_field(
    keeper: Client, answers: dict[str, str], field: str
) -> None:
    assert list(add(keeper, Freeze, **{**FREEZE, **answers})) == [field]
    assert not Freeze.objects.exists()


def test_a_freeze_without_an_end_holds_until_further_notice(
    keeper: Client, a_move: MakeMove
) -> None:
    held_move = a_move(MoveState.APPROVED)
    start = f"{timezone.localtime() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    answers = {**FREEZE, "starts_at": start, "ends_at": ""}

    page = keeper.post(address(Freeze, "add"), {**answers, "_preview": "yes"})
    assert page.context["held_up"] == [held_move]
    assert add(keeper, Freeze, **answers) == {}

    made = Freeze.objects.get()
    assert made.ends_at is None
    assert "tot nader order" in text(keeper.get(address(Freeze, "changelist")))
    soon = f"{timezone.localtime() + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert change(keeper, made, ends_at=soon) == {}
    last = Event.objects.filter(code=EventCode.SETTING_CHANGED).latest("id")
    assert [fact.before for fact in details(last)] == ["tot nader order"]


def test_a_window_needs_days(keeper: Client) -> None:
    errors = add(keeper, ExecutionWindow, **{**WINDOW, "weekdays": []})

    assert list(errors) == ["weekdays"]


def test_what_a_freeze_holds_up_is_seen_before_it_is_saved(
    keeper: Client, a_move: MakeMove
) -> None:
    held_move = a_move(MoveState.APPROVED)
    a_move(MoveState.AWAITING_APPROVAL)
    now = timezone.localtime()
    answers = {
        **FREEZE,
        "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "_preview": "yes",
    }

    page = keeper.post(address(Freeze, "add"), answers)

    assert page.context["held_up"] == [held_move]
    assert "Dit houdt 1 migratie op die er zonder eerder zou lopen:" in text(page)
    assert held_move.number in text(page)
    assert not Freeze.objects.exists()
    assert not Event.objects.filter(code=EventCode.SETTING_CHANGED).exists()


def test_a_freeze_of_later_holds_up_nothing_now(
    keeper: Client, a_move: MakeMove
) -> None:
    a_move(MoveState.APPROVED)
    start = timezone.now() + timedelta(days=1)
    later = Freeze.objects.create(
        name="Later", starts_at=start, ends_at=start + timedelta(days=1)
    )

    page = keeper.get(address(Freeze, "change", later.pk))

    assert page.context["held_up"] == []
    assert "Dit houdt geen migratie op die nu goedgekeurd is." in text(page)


def test_a_stored_window_tells_what_it_holds_up_against_what_would_be_without(
    keeper: Client, a_move: MakeMove
) -> None:
    held_move, other = a_move(MoveState.APPROVED), a_move(MoveState.APPROVED)
    office = held_move.to_environment
    clock = timezone.localtime()
    for shift in (3, 2):
        begin = clock + timedelta(hours=shift)
        window = ExecutionWindow.objects.create(
            environment=office,
            weekdays=[begin.weekday()],
            opens=begin.time().replace(second=0, microsecond=0),
            closes=(begin + timedelta(minutes=30)).time(),
        )

    page = keeper.get(address(ExecutionWindow, "change", window.pk))
    assert page.context["held_up"] == []

    ExecutionWindow.objects.exclude(pk=window.pk).delete()
    page = keeper.get(address(ExecutionWindow, "change", window.pk))
    assert page.context["held_up"] == [held_move] != [other]


def text(page: object) -> str:
    return " ".join(page.content.decode().split())  # type: ignore[attr-defined] # the test client's answer has more
