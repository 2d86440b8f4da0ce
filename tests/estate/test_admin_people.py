"""People get one role here; nobody is removed, no flag is given, nothing is secret."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.access import role_of
from adminmoves.models import Event
from adminmoves.vocabulary import EventCode, Role
from tests.estate.admin import actor_and_change, add, address, change

pytestmark = pytest.mark.django_db
WORDS = "zeven-kleine-fietsen"


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def test_a_new_person_has_one_role_and_a_password_that_is_not_on_record(
    keeper: Client,
) -> None:
    errors = add(
        keeper,
        User,
        username="medewerker-9",
        first_name="Medewerker",
        last_name="9",
        email="",
        role=Role.SUPPORT_AGENT,
        password1=WORDS,
        password2=WORDS,
    )

    assert errors == {}
    made = User.objects.get(username="medewerker-9")
    assert role_of(made) == Role.SUPPORT_AGENT
    assert made.check_password(WORDS)
    assert (made.is_superuser, made.is_staff) == (False, False)
    event = Event.objects.get(code=EventCode.PERSON_CHANGED)
    assert actor_and_change(event) == (
        "beheerder-1",
        {},
        {
            "username": "medewerker-9",
            "name": "Medewerker 9",
            "role": "SUPPORT_AGENT",
            "active": True,
        },
    )


def test_another_role_replaces_the_first(keeper: Client, agent: User) -> None:
    assert change(keeper, agent, role=Role.TEAM_LEAD) == {}

    assert list(agent.groups.values_list("name", flat=True)) == [Role.TEAM_LEAD]
    assert actor_and_change(Event.objects.get()) == (
        "beheerder-1",
        {"role": "SUPPORT_AGENT"},
        {"role": "TEAM_LEAD"},
    )


def test_somebody_who_left_is_deactivated(keeper: Client, agent: User) -> None:
    assert change(keeper, agent, is_active=False) == {}

    assert not User.objects.get(pk=agent.pk).is_active
    assert actor_and_change(Event.objects.get()) == (
        "beheerder-1",
        {"active": True},
        {"active": False},
    )


@pytest.mark.parametrize("answers", [{"role": Role.TEAM_LEAD}, {"is_active": False}])
def test_nobody_locks_themselves_out(
    answers: dict[str, object], keeper: Client, administrator: User
) -> None:
    errors = change(keeper, administrator, **answers)

    assert errors == {
        "__all__": [
            "Vraag een andere beheerder om je eigen rol of toegang te wijzigen."
        ]
    }
    assert role_of(administrator) == Role.ADMINISTRATOR


def test_flags_groups_and_rights_are_not_among_the_answers(
    keeper: Client, agent: User
) -> None:
    page = keeper.get(address(User, "change", agent.pk))

    assert list(page.context["adminform"].form.fields) == [
        "username",
        "first_name",
        "last_name",
        "email",
        "role",
        "is_active",
    ]
    sent = {"is_superuser": "on", "is_staff": "on", "groups": "1", "password": "x"}
    change(keeper, agent, last_name="Anders", **sent)
    now = User.objects.get(pk=agent.pk)
    assert (now.last_name, now.is_superuser, now.is_staff) == ("Anders", False, False)
    assert now.password == agent.password


@pytest.mark.parametrize("role", ["WORKER", "SYSTEM", "GOD", ""])
def test_a_role_of_the_portal_itself_is_given_to_nobody(
    role: str, keeper: Client, agent: User
) -> None:
    assert list(change(keeper, agent, role=role)) == ["role"]
    assert role_of(agent) == Role.SUPPORT_AGENT


def test_a_password_is_set_on_record_and_shown_nowhere(
    keeper: Client, agent: User
) -> None:
    url = address(User, "password_change", agent.pk)

    answer = keeper.post(
        url,
        {"password1": WORDS, "password2": WORDS, "usable_password": "true"},
    )

    assert answer.status_code == 302
    now = User.objects.get(pk=agent.pk)
    assert now.check_password(WORDS)
    event = Event.objects.get()
    assert (event.code, event.params) == (
        EventCode.PERSON_CHANGED,
        {"password": "set"},
    )
    page = keeper.get(address(User, "change", agent.pk)).content.decode()
    assert now.password not in page


def test_only_administrators_set_passwords(
    client: Client, lead: User, agent: User
) -> None:
    client.force_login(lead)

    answer = client.post(
        address(User, "password_change", agent.pk),
        {"password1": WORDS, "password2": WORDS, "usable_password": "true"},
    )

    assert answer.status_code == 403
    assert User.objects.get(pk=agent.pk).password == agent.password
