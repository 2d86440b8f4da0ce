"""Every page and every action, for every role: one table, walked cell by cell."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from adminmoves.models import Move
from adminmoves.rules.plan import make_plan
from adminmoves.urls import journey
from adminmoves.vocabulary import MoveState, Role
from tests.builders import as_read, make_administration, make_connection, make_person
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db

S, R = MoveState, Role
EVERYONE = frozenset({R.SUPPORT_AGENT, R.TEAM_LEAD, R.AUDITOR, R.ADMINISTRATOR})
AGENTS = frozenset({R.SUPPORT_AGENT, R.TEAM_LEAD})
LEADS = frozenset({R.TEAM_LEAD})
ADMINS = frozenset({R.ADMINISTRATOR})
KEEPERS = LEADS | ADMINS
OF_A_CONNECTION = frozenset({"connection", "connect", "disconnect", "ask_connection"})
READERS = LEADS | {R.AUDITOR, R.ADMINISTRATOR}


@dataclass(frozen=True)
class Door:
    """Who gets in, and for which move; ``read`` doors answer GET with a page."""

    allowed: frozenset[Role]
    state: MoveState | None = None
    read: bool = False
    opens: frozenset[int] = frozenset({200})


DOORS = {
    # Without a filter it leads to the view of the role.
    "list": Door(EVERYONE, read=True, opens=frozenset({302})),
    "badges": Door(EVERYONE, read=True),
    "choose": Door(AGENTS, read=True),
    "start_draft": Door(AGENTS, read=True, opens=frozenset({302})),
    "pick_administration": Door(AGENTS, read=True),
    "pick_office": Door(AGENTS, read=True),
    "form": Door(AGENTS, S.DRAFT, read=True),
    "check_draft": Door(AGENTS, S.DRAFT),
    "take_over_draft": Door(AGENTS, S.DRAFT),
    "retype": Door(AGENTS, S.DRAFT),
    # A colleague's draft leads to its form, which offers to take it over.
    "package_says": Door(AGENTS, S.DRAFT, read=True, opens=frozenset({302})),
    "review": Door(AGENTS, S.DRAFT, read=True, opens=frozenset({302})),
    "submitted": Door(AGENTS, S.AWAITING_BOOKKEEPING, read=True),
    "reopen": Door(AGENTS, S.AWAITING_APPROVAL, read=True, opens=frozenset({302})),
    "reverse_move": Door(AGENTS, S.COMPLETED, read=True, opens=frozenset({302})),
    "withdraw": Door(AGENTS, S.AWAITING_APPROVAL),
    "recount": Door(AGENTS, S.AWAITING_BOOKKEEPING),
    "attest": Door(AGENTS, S.AWAITING_BOOKKEEPING),
    "check_now": Door(AGENTS, S.AWAITING_BOOKKEEPING),
    "queue": Door(LEADS, read=True),
    "lend": Door(LEADS, read=True),
    "detail": Door(EVERYONE, S.COMPLETED, read=True),
    "progress": Door(EVERYONE, S.RUNNING, read=True, opens=frozenset({200, 204})),
    "comment": Door(AGENTS, S.COMPLETED),
    "approve": Door(LEADS, S.AWAITING_APPROVAL),
    "approve_many": Door(LEADS),
    "send_back": Door(LEADS, S.AWAITING_APPROVAL),
    "reject": Door(LEADS, S.AWAITING_APPROVAL),
    "reschedule": Door(LEADS, S.APPROVED),
    "retry": Door(LEADS, S.FAILED),
    "stop": Door(AGENTS, S.RUNNING),
    "settle": Door(LEADS, S.IN_DOUBT),
    "tick_aftercare": Door(AGENTS, S.COMPLETED),
    "administrations": Door(EVERYONE, read=True),
    "administration": Door(EVERYONE, read=True),
    "retirement": Door(EVERYONE, read=True),
    "connections": Door(EVERYONE, read=True),
    "connection": Door(EVERYONE, read=True),
    # The portal is not registered at the package here: it says so.
    "connect": Door(ADMINS, read=True, opens=frozenset({409})),
    "returned": Door(ADMINS, read=True, opens=frozenset({302})),
    "disconnect": Door(ADMINS),
    "ask_connection": Door(ADMINS),
    "operations": Door(KEEPERS, read=True),
    "pause": Door(KEEPERS),
    "resume": Door(KEEPERS),
    "history": Door(READERS, read=True),
    "export_history": Door(READERS),
    "search": Door(EVERYONE, read=True),
    "help": Door(EVERYONE, read=True),
    "preferences": Door(EVERYONE, read=True),
}
# Evidence needs a file, an end a loan and a decision a request, so their own tests ask;
# a preference is anybody's cookie.
ELSEWHERE = {
    "end_loan",
    "evidence",
    "show_evidence",
    "set_preference",
    "approve_retirement",
    "decline_retirement",
    "withdraw_retirement",
}
ACTS = sorted(name for name, door in DOORS.items() if not door.read)


def address(name: str, move: Move | None) -> str:
    if name in {"administration", "retirement"}:
        return reverse(f"moves:{name}", args=[make_administration().public_id])
    if name in OF_A_CONNECTION:
        return reverse(f"moves:{name}", args=[make_connection().public_id])
    return reverse(f"moves:{name}", args=[move.number] if move else [])


def test_every_page_stands_in_the_table() -> None:
    assert {str(route.name) for route in journey} == DOORS.keys() | ELSEWHERE


@pytest.mark.parametrize("name", DOORS)
def test_a_door_opens_for_its_roles_and_for_nobody_else(
    name: str, client: Client, a_move: MakeMove
) -> None:
    door = DOORS[name]
    move = a_move(door.state) if door.state else None
    url = address(name, move)

    answers = {}
    for role in sorted(EVERYONE):
        client.force_login(make_person(f"{role}-{name}", role))
        answer = client.get(url) if door.read else client.post(url)
        answers[role] = answer.status_code

    refused = {role for role, status in answers.items() if status == 403}
    assert refused == EVERYONE - door.allowed
    if door.read:
        opened = {status for role, status in answers.items() if role in door.allowed}
        assert opened <= door.opens


@pytest.mark.parametrize("name", DOORS)
def test_who_is_not_logged_in_is_sent_to_the_log_in(
    name: str, client: Client, a_move: MakeMove
) -> None:
    door = DOORS[name]
    url = address(name, a_move(door.state) if door.state else None)

    answer = client.get(url) if door.read else client.post(url)

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/inloggen/")


@pytest.mark.parametrize("name", ACTS)
def test_a_superuser_without_a_role_gets_nowhere(
    name: str, client: Client, a_move: MakeMove
) -> None:
    door = DOORS[name]
    move = a_move(door.state) if door.state else None
    client.force_login(User.objects.create_superuser("baas"))

    answer = client.post(address(name, move))

    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["approve", "settle", "retry"])
def test_a_refused_page_says_who_can_help(
    name: str, client: Client, a_move: MakeMove, agent: User
) -> None:
    move = a_move(DOORS[name].state)
    client.force_login(agent)

    page = client.post(address(name, move)).content.decode()

    assert "teamleider kan" in page


@pytest.mark.parametrize("name", ACTS)
def test_what_changes_something_takes_a_post(
    name: str, client: Client, a_move: MakeMove, lead: User
) -> None:
    door = DOORS[name]
    move = a_move(door.state) if door.state else None
    client.force_login(lead)
    before = move.events.count() if move else 0

    answer = client.get(address(name, move))

    assert answer.status_code in {200, 405}
    assert (move.events.count() if move else 0) == before


@pytest.mark.parametrize("name", ["approve", "send_back", "reject"])
@pytest.mark.parametrize(
    "state", [S.DRAFT, S.AWAITING_BOOKKEEPING, S.APPROVED, S.RUNNING, S.COMPLETED]
)
def test_a_direct_post_to_a_move_that_does_not_wait_is_refused_in_words(
    name: str, state: MoveState, client: Client, a_move: MakeMove, other_lead: User
) -> None:
    move = a_move(state)
    client.force_login(other_lead)
    answers = {"question": "Waarom?", "reason": "Daarom.", "plan_hash": "0" * 64}

    answer = client.post(address(name, move), answers, follow=True)

    assert str(MoveState(state).label) in answer.content.decode()
    assert Move.objects.get(pk=move.pk).state == state


def test_a_direct_post_does_not_approve_ones_own_request(
    client: Client, lead: User, other_lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL, agent=lead, lead=other_lead)
    client.force_login(lead)

    client.post(address("approve", move), as_read(move, plan_hash=make_plan(move).hash))

    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL
