"""The admin is for administrators; it shows the record and is no way into it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    CheckSeverity,
    Environment,
    Event,
    Move,
    PackageProfile,
    Proof,
)
from adminmoves.vocabulary import MoveState, Role
from tests.builders import make_administration, make_person
from tests.cast import MakeMove
from tests.estate.admin import address

pytestmark = pytest.mark.django_db
KEPT: tuple[Any, ...] = (
    Administration,
    BookkeepingConnection,
    CheckSeverity,
    Environment,
    PackageProfile,
    User,
)
READ: tuple[Any, ...] = (Event, Move, Proof)


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("who", ["agent", "lead", "auditor"])
def test_another_role_is_told_who_can_help(
    who: str, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))

    for url in ("/beheer/", address(Environment, "add"), address(User, "changelist")):
        answer = client.get(url)
        assert answer.status_code == 403
        assert "Een beheerder kan je helpen." in answer.content.decode()


@pytest.mark.parametrize("role", [None, Role.SUPPORT_AGENT])
def test_a_superuser_flag_opens_nothing(role: Role | None, client: Client) -> None:
    person = make_person("vlag", role)
    User.objects.filter(pk=person.pk).update(is_superuser=True, is_staff=True)
    client.force_login(person)

    assert client.get("/beheer/").status_code == 403
    assert client.post(address(Environment, "add"), {}).status_code == 403


def test_a_stranger_goes_to_the_portals_own_log_in(client: Client) -> None:
    answer = client.get("/beheer/", follow=True)

    assert answer.redirect_chain[-1] == ("/inloggen/?next=/beheer/", 302)
    elsewhere = client.get("/beheer/login/?next=https://elders.example/")
    assert elsewhere.headers["Location"] == "/inloggen/?next=/beheer/"


def test_the_index_offers_what_is_kept_and_what_is_read(keeper: Client) -> None:
    page = keeper.get("/beheer/")

    offered = {
        (entry["object_name"], entry["perms"]["add"], entry["perms"]["delete"])
        for part in page.context["app_list"]
        for entry in part["models"]
    }
    assert offered == {
        ("Administration", True, False),
        ("BookkeepingConnection", True, False),
        ("CheckSeverity", True, True),
        ("Environment", True, False),
        ("ExecutionWindow", True, True),
        ("Event", False, False),
        ("Freeze", True, True),
        ("Move", False, False),
        ("PackageProfile", False, False),
        ("Proof", False, False),
        ("User", True, False),
    }


@pytest.mark.parametrize("model", [*KEPT, *READ])
def test_every_list_and_page_opens(
    model: Any, keeper: Client, a_move: MakeMove
) -> None:
    a_move(MoveState.COMPLETED)
    CheckSeverity.objects.create(
        check_code="self_service", move_type="CHANGE_CODE", severity="OFF"
    )
    row = model.objects.first()

    assert keeper.get(address(model, "changelist") + "?q=1").status_code == 200
    assert keeper.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", READ)
def test_the_record_is_not_written_here(
    model: Any, keeper: Client, a_move: MakeMove
) -> None:
    a_move(MoveState.COMPLETED)
    before = list(model.objects.order_by("pk").values())
    row = before[0]

    for page in (
        address(model, "add"),
        address(model, "change", row["id"]),
        address(model, "delete", row["id"]),
    ):
        assert keeper.post(page, {"state": "DRAFT", "code": "x"}).status_code == 403

    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", [Administration, Environment, User])
def test_nothing_of_the_estate_and_nobody_is_removed(
    model: Any, keeper: Client
) -> None:
    make_administration()
    row = model.objects.first()

    answer = keeper.post(address(model, "delete", row.pk), {"post": "yes"})

    assert answer.status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(keeper: Client) -> None:
    def queries(count: int) -> dict[str, int]:
        for _row in range(count):
            make_administration()
        queries_by_list = {}
        for model in (Administration, BookkeepingConnection, Environment):
            url = address(model, "changelist")
            with CaptureQueriesContext(connection) as captured:
                keeper.get(url)
            queries_by_list[model.__name__] = len(captured)
        return queries_by_list

    assert queries(3) == queries(30)
