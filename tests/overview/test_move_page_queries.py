"""What the page of a move asks the database: little, whatever there is to show."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from adminmoves.access import actor_for
from adminmoves.execution import runner
from adminmoves.execution.actions import retry_move
from adminmoves.intake.draft.actions import edit_draft
from adminmoves.intake.draft.reverse import start_reverse
from adminmoves.models import (
    Aftercare,
    BookkeepingConnection,
    ConnectionGrant,
    Contributor,
    Move,
    Proof,
)
from adminmoves.overview.move.actions import comment
from adminmoves.vocabulary import MoveState, MoveType, Part, Role, Verdict
from tests.builders import (
    PARTIES,
    WAYS,
    make_administration,
    make_connection,
    make_move,
    make_person,
    start,
)
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
HUMANS = (Role.SUPPORT_AGENT, Role.TEAM_LEAD, Role.AUDITOR, Role.ADMINISTRATOR)
APPROVED = len(WAYS[S.APPROVED])
MOST = 8
"""Session, user and what the user may are three of them."""

Costs = Callable[[str], dict[Role, int]]


@pytest.fixture
def costs(client: Client) -> Costs:
    """How many questions an address asks, by the role of the reader."""
    readers = {role: make_person(f"lezer-{role.lower()}", role) for role in HUMANS}

    def ask(path: str) -> dict[Role, int]:
        found = {}
        for role, reader in readers.items():
            client.force_login(reader)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found[role] = len(queries)
        return found

    return ask


def a_full_move(state: MoveState, agent: User, lead: User) -> Move:
    """With many comments, proofs, attempts and people who worked on it."""
    tried = len(WAYS[state]) >= APPROVED and state != S.REJECTED
    first = S.FAILED if tried else state
    move = make_move(first, agent=agent, lead=lead, move_type=T.MOVE_ENVIRONMENT)
    if tried:
        fail_twice_more(move, lead)
        for step in WAYS[state][APPROVED:]:
            step(move, agent, lead)
    fill(Move.objects.get(pk=move.pk), lead)
    return Move.objects.get(pk=move.pk)


def fail_twice_more(move: Move, lead: User) -> None:
    for _time in range(2):
        retry_move(move.pk, actor=actor_for(lead))
        runner.fail(start(move), {"code": "not_alone_at_place", "count": 2})
    retry_move(move.pk, actor=actor_for(lead))


def fill(move: Move, lead: User) -> None:
    for number in range(3):
        comment(move.pk, actor=actor_for(lead), text=f"Regel {number}")
        person = make_person(f"collega-{number}", Role.TEAM_LEAD)
        Contributor.objects.create(
            move=move, user=person, revision=move.revision, part=Part.EDITED
        )
        if move.submitted_at:
            found_nothing(move)
    Aftercare.objects.filter(move=move).update(ticked_by=lead, ticked_at=timezone.now())


def found_nothing(move: Move) -> None:
    Proof.objects.create(
        move=move,
        revision=move.revision,
        connection_id=move.wanted.connection_id,
        package=move.package,
        code=move.to_code,
        kind="VERIFIED",
        verdict=Verdict.NOT_FOUND_OR_NO_ACCESS,
    )


def page_of(move: Move) -> str:
    return f"/migraties/{move.number}/"


def too_many(found: dict[Role, int]) -> dict[Role, int]:
    return {role: queries for role, queries in found.items() if queries > MOST}


@pytest.mark.parametrize("state", MoveState)
def test_the_page_asks_at_most_eight_questions(
    state: MoveState, costs: Costs, agent: User, lead: User
) -> None:
    move = a_full_move(state, agent, lead)

    assert move.state == state
    assert too_many(costs(page_of(move))) == {}


@pytest.mark.parametrize("before", ["", "same"])
@pytest.mark.parametrize("state", MoveState)
def test_news_of_a_move_asks_at_most_eight_questions(
    state: MoveState, before: str, costs: Costs, agent: User, lead: User
) -> None:
    move = a_full_move(state, agent, lead)
    state_shown = state if before else ""

    assert too_many(costs(f"{page_of(move)}voortgang/?na=0&staat={state_shown}")) == {}


def test_where_nothing_happened_one_question_tells_so(
    client: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)
    last = move.events.latest("pk").pk
    client.force_login(lead)

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"{page_of(move)}voortgang/?na={last}&staat=RUNNING")

    assert (answer.status_code, len(queries)) == (204, 4)


@pytest.mark.parametrize("state", WAYS)
def test_a_move_that_turns_another_back_asks_no_more(
    state: MoveState, costs: Costs, agent: User, lead: User, a_move: MakeMove
) -> None:
    first = a_move(S.COMPLETED)
    move = start_reverse(first.pk, actor=actor_for(agent))
    edit_draft(move.pk, PARTIES, actor=actor_for(agent))
    for step in WAYS[state]:
        step(Move.objects.get(pk=move.pk), agent, lead)

    assert too_many(costs(page_of(move))) == {}


def test_what_was_asked_back_in_vain_and_moved_on_asks_no_more(
    costs: Costs, agent: User, lead: User
) -> None:
    first = a_full_move(S.COMPLETED, agent, lead)
    back = start_reverse(first.pk, actor=actor_for(agent))
    edit_draft(back.pk, PARTIES, actor=actor_for(agent))
    for step in WAYS[S.REJECTED]:
        step(Move.objects.get(pk=back.pk), agent, lead)
    administration = Move.objects.get(pk=first.pk).administration
    make_move(S.COMPLETED, agent=agent, lead=lead, administration=administration)

    assert too_many(costs(page_of(first))) == {}


def test_a_place_that_others_are_leaving_asks_no_more(
    costs: Costs, agent: User, lead: User, a_move: MakeMove
) -> None:
    connection = make_connection()
    a_move(
        S.APPROVED,
        administration=make_administration(connection, code="300"),
        to_code="400",
    )
    a_move(
        S.APPROVED,
        administration=make_administration(connection, code="200"),
        to_code="300",
    )
    move = a_move(
        S.AWAITING_APPROVAL,
        administration=make_administration(connection, code="100"),
        to_code="200",
    )

    assert too_many(costs(page_of(move))) == {}


@pytest.mark.parametrize("news", ["", "voortgang/"])
def test_a_package_that_is_asked_itself_asks_no_more(
    news: str,
    costs: Costs,
    settings: Settings,
    administrator: User,
    agent: User,
    lead: User,
) -> None:
    move = a_full_move(S.AWAITING_BOOKKEEPING, agent, lead)
    settings.PORTAL_CLIENTS = {str(move.package): ("portaal", "geheim")}
    connections = BookkeepingConnection.objects.filter(pk=move.wanted.connection_id)
    connections.update(demand=BookkeepingConnection.Demand.API)
    ConnectionGrant.objects.create(
        connection=connections.get(),
        access_until=timezone.now() + timedelta(minutes=10),
        refreshed_at=timezone.now(),
        consented_by=administrator,
    )

    assert too_many(costs(f"{page_of(move)}{news}")) == {}
