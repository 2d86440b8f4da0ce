"""An older page of the administrators does not win from a newer one."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from adminmoves.models import CheckSeverity, ExecutionWindow, Freeze, PackageProfile
from adminmoves.vocabulary import Role
from tests.builders import (
    make_administration,
    make_connection,
    make_environment,
    make_person,
)
from tests.estate.admin import address, as_shown, change, remove

pytestmark = pytest.mark.django_db


def made_freeze() -> Freeze:
    return Freeze.objects.create(
        name="Btw",
        starts_at=datetime(2027, 1, 24, 23, tzinfo=UTC),
        ends_at=datetime(2027, 1, 31, 23, tzinfo=UTC),
    )


def made_window() -> ExecutionWindow:
    return ExecutionWindow.objects.create(
        weekdays=[0, 4], opens=time(18), closes=time(23)
    )


def made_severity() -> CheckSeverity:
    return CheckSeverity.objects.create(
        check_code="self_service", move_type="CHANGE_CODE", severity="BLOCKING"
    )


Pair = tuple[str, str, str]
"""A field, what is typed there, and how the page words it."""
PAGES: dict[str, tuple[Callable[[], Model], Pair, tuple[str, str]]] = {
    "office": (
        make_environment,
        ("subscription", "TRIAL", "Trial"),
        ("name", "Andere naam"),
    ),
    "connection": (
        make_connection,
        ("is_active", "", "nee"),
        ("package_environment", "LIC-X"),
    ),
    "administration": (
        make_administration,
        ("kvk_number", "90000009", "90000009"),
        ("name", "Andere naam"),
    ),
    "person": (
        lambda: make_person("iemand", Role.SUPPORT_AGENT),
        ("role", Role.AUDITOR, "auditor"),
        ("first_name", "Anders"),
    ),
    "package": (
        lambda: PackageProfile.objects.earliest("pk"),
        ("self_service", "", ""),
        ("code_example", "1"),
    ),
    "severity": (
        made_severity,
        ("severity", "OFF", "uit"),
        ("move_type", "RELINK_CONNECTION"),
    ),
    "window": (made_window, ("closes", "02:00", "02:00"), ("opens", "17:00")),
    "freeze": (
        made_freeze,
        ("name", "Jaarwerk", "Jaarwerk"),
        ("ends_at", "2027-03-01T00:00"),
    ),
}


REMOVED: dict[type[Model], tuple[str, str]] = {
    Freeze: ("ends_at", "2027-03-01T00:00"),
    ExecutionWindow: ("closes", "02:00"),
    CheckSeverity: ("severity", "OFF"),
}


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def other_keeper(db: None) -> Client:
    client = Client()
    client.force_login(make_person("beheerder-2", Role.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_who_saves_an_older_page_is_told_who_changed_what(
    page: str, keeper: Client, other_keeper: Client
) -> None:
    make, (field, value, worded), (typed_at, typed) = PAGES[page]
    subject = make()
    url = address(type(subject), "change", subject.pk)
    older = as_shown(other_keeper.get(url))
    if page == "package":
        value, worded = ("", "nee") if older.get(field) else ("on", "ja")
    assert change(keeper, subject, **{field: value}) == {}
    changed = type(subject)._default_manager.values().get(pk=subject.pk)  # noqa: SLF001 - Django's documented API

    answer = other_keeper.post(url, {**older, typed_at: typed})

    page_text = unescape(answer.content.decode())
    errors = answer.context["adminform"].form.errors
    assert answer.status_code == 409
    assert set(errors) == {"__all__", field}
    assert "beheerder-1 wijzigde dit ondertussen" in errors["__all__"][0]
    assert errors[field] == [f"Het is nu: {worded}."]
    assert answer.context["adminform"].form[typed_at].value() == typed
    assert typed in page_text
    assert type(subject)._default_manager.values().get(pk=subject.pk) == changed  # noqa: SLF001 - Django's documented API

    again = {**older, field: value, typed_at: typed}
    again["_seen"] = answer.context["adminform"].form.seen
    assert other_keeper.post(url, again).status_code == 302


@pytest.mark.parametrize("seen", ["", "niets", "[1]", "{}", None])
def test_a_page_that_does_not_say_what_it_showed_changes_nothing(
    seen: str | None, keeper: Client
) -> None:
    office = make_environment()
    url = address(type(office), "change", office.pk)
    sent = {**as_shown(keeper.get(url)), "name": "Zomaar"}
    del sent["_seen"]

    answer = keeper.post(url, sent if seen is None else {**sent, "_seen": seen})

    office.refresh_from_db()
    assert (answer.status_code, office.name == "Zomaar") == (409, False)


@pytest.mark.parametrize("make", [made_freeze, made_window, made_severity])
def test_what_was_changed_meanwhile_is_not_removed_by_an_older_page(
    make: Callable[[], Model], keeper: Client, other_keeper: Client
) -> None:
    subject = make()
    field, value = REMOVED[type(subject)]
    url = address(type(subject), "delete", subject.pk)
    seen = other_keeper.get(url).context["seen"]
    assert change(keeper, subject, **{field: value}) == {}

    late = other_keeper.post(url, {"post": "yes", "_seen": seen})
    untold = other_keeper.post(url, {"post": "yes"})

    rows = type(subject)._default_manager  # noqa: SLF001 - Django's documented API
    assert (late.status_code, untold.status_code) == (409, 409)
    assert "beheerder-1 wijzigde dit ondertussen" in unescape(late.content.decode())
    assert rows.filter(pk=subject.pk).exists()
    assert remove(other_keeper, subject).status_code == 302
    assert not rows.exists()
