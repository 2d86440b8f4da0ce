"""Holes that somebody would try through the portal's own actions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from django.contrib.auth.models import Group, User
from django.db import Error, connection

from adminmoves.access import actor_for
from adminmoves.approval.actions import send_back_move
from adminmoves.errors import (
    CheckRefused,
    DomainError,
    FourEyes,
    NotAllowed,
    StepRefused,
)
from adminmoves.execution import claim
from adminmoves.intake.draft.actions import edit_draft, reopen_move, take_over_draft
from adminmoves.models import Administration, Contributor, Move
from adminmoves.rules.preflight import Report, inspect
from adminmoves.vocabulary import MoveState, Part, Role
from tests.builders import (
    approve,
    attest_as,
    make_administration,
    make_connection,
    make_draft,
    make_person,
    run,
    submit,
)
from tests.cast import MakeMove

S = MoveState


@pytest.mark.django_db
def test_a_lead_does_not_approve_what_he_wrote_in_an_earlier_revision(
    lead: User, other_lead: User, agent: User
) -> None:
    move = make_draft(lead)
    submit(move, lead)
    attest_as(move, agent)
    send_back_move(move.pk, actor=actor_for(other_lead), question="Klopt de code?")
    take_over_draft(move.pk, actor=actor_for(agent))
    submit(Move.objects.get(pk=move.pk), agent)

    with pytest.raises(FourEyes):
        approve(Move.objects.get(pk=move.pk), lead)

    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL
    assert approve(Move.objects.get(pk=move.pk), other_lead).state == S.APPROVED


@pytest.mark.django_db
def test_the_lead_who_attests_does_not_approve(
    a_move: MakeMove, lead: User, other_lead: User
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    attest_as(move, lead)

    with pytest.raises(FourEyes):
        approve(Move.objects.get(pk=move.pk), lead)

    assert approve(Move.objects.get(pk=move.pk), other_lead).state == S.APPROVED


@pytest.mark.django_db
def test_a_superuser_has_no_right_more_than_his_role(a_move: MakeMove) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    without_role = User.objects.create_superuser("root")
    agent_too = User.objects.create_superuser("root-2")
    agent_too.groups.add(Group.objects.get(name=Role.SUPPORT_AGENT))

    for user in (without_role, agent_too):
        with pytest.raises(NotAllowed):
            approve(move, user)

    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


@pytest.mark.django_db
def test_a_superuser_who_leads_is_held_to_four_eyes(agent: User) -> None:
    lead = User.objects.create_superuser("root")
    lead.groups.add(Group.objects.get(name=Role.TEAM_LEAD))
    move = make_draft(lead)
    submit(move, lead)
    attest_as(move, agent)

    with pytest.raises(FourEyes):
        approve(Move.objects.get(pk=move.pk), lead)


@pytest.mark.django_db
def test_nobody_approves_before_it_was_moved_in_the_package(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)

    with pytest.raises(StepRefused):
        approve(move, lead)

    assert Move.objects.get(pk=move.pk).state == S.AWAITING_BOOKKEEPING


@pytest.mark.django_db
def test_a_ring_of_three_that_swap_codes_is_refused_at_the_submit_that_closes_it(
    agent: User,
) -> None:
    connection = make_connection()
    a, b, c = (
        make_administration(connection, code=code) for code in ("101", "102", "103")
    )
    first = submit(make_draft(agent, administration=a, to_code="999"), agent)
    submit(make_draft(agent, administration=b, to_code="101"), agent)
    submit(make_draft(agent, administration=c, to_code="102"), agent)

    draft = reopen_move(first.pk, actor=actor_for(agent))
    edit_draft(draft.pk, {"to_code": "103"}, actor=actor_for(agent))
    with pytest.raises(CheckRefused, match="kring") as refusal:
        submit(Move.objects.get(pk=draft.pk), agent)

    report = cast("Report", refusal.value.report)
    assert "tijdelijke code" in report.of("blocking")[0].remedy
    assert Move.objects.get(pk=draft.pk).state == S.DRAFT


@pytest.mark.django_db
def test_two_cannot_ask_for_each_others_place_without_an_interim_code(
    agent: User,
) -> None:
    connection = make_connection()
    a, b = (make_administration(connection, code=code) for code in ("101", "102"))

    for administration, code in ((a, "102"), (b, "101")):
        with pytest.raises(CheckRefused, match="Op de gewenste plek"):
            submit(
                make_draft(agent, administration=administration, to_code=code), agent
            )


@pytest.mark.django_db
def test_with_an_interim_code_the_three_swap_after_all(agent: User, lead: User) -> None:
    connection = make_connection()
    a, b, c = (
        make_administration(connection, code=code) for code in ("101", "102", "103")
    )

    for administration, code in ((a, "999"), (c, "101"), (b, "103"), (a, "102")):
        moved = Administration.objects.get(pk=administration.pk)
        move = make_draft(agent, administration=moved, to_code=code)
        submit(move, agent)
        attest_as(move, agent)
        run(approve(Move.objects.get(pk=move.pk), lead))

    codes = Administration.objects.order_by("pk").values_list("pk", "code")
    assert dict(codes) == {a.pk: "102", b.pk: "103", c.pk: "101"}


@pytest.mark.django_db
def test_a_move_to_a_place_that_is_being_left_waits_for_that_move(
    agent: User, lead: User
) -> None:
    connection = make_connection()
    leaving, arriving = (make_administration(connection, code=code) for code in "12")
    first = make_draft(agent, administration=leaving, to_code="3")
    submit(first, agent)
    second = make_draft(agent, administration=arriving, to_code="1")
    submit(second, agent)
    attest_as(second, agent)

    waiting = [
        r.message_key for r in inspect(Move.objects.get(pk=second.pk)).of("waiting")
    ]
    approve(Move.objects.get(pk=second.pk), lead)

    assert waiting == ["leaving"]
    assert claim.start(second.pk, "worker-1") is None
    stored = Move.objects.get(pk=second.pk)
    assert (stored.state, stored.reason["number"]) == (S.APPROVED, first.number)


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_for_one_place_one_is_refused(
    agent: User, other_agent: User
) -> None:
    connection = make_connection()
    first, second = (
        make_draft(who, administration=make_administration(connection), to_code="4711")
        for who in (agent, other_agent)
    )

    outcomes = at_once(
        lambda: submit(first, agent), lambda: submit(second, other_agent)
    )

    assert sorted(outcomes) == [S.AWAITING_BOOKKEEPING, "refused"]


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_for_one_administration_one_is_refused(
    agent: User, other_agent: User
) -> None:
    administration = make_administration()
    first, second = (
        make_draft(who, administration=administration) for who in (agent, other_agent)
    )

    outcomes = at_once(
        lambda: submit(first, agent), lambda: submit(second, other_agent)
    )

    assert sorted(outcomes) == [S.AWAITING_BOOKKEEPING, "refused"]


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_wins_and_the_other_is_told_who_and_what(
    a_move: MakeMove, lead: User, other_lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    sentences: list[str] = []
    outcomes = at_once(
        lambda: approve(move, lead),
        lambda: approve(move, other_lead),
        sentences=sentences,
    )

    stored = Move.objects.get(pk=move.pk)
    winner = "teamleider-1" if stored.approved_by_id == lead.pk else "teamleider-2"
    assert sorted(outcomes) == [S.APPROVED, "refused"]
    assert winner in sentences[0]
    assert stored.events.filter(code="MOVE_APPROVED").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_contributes_while_he_approves_does_one_of_the_two(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    def contribute() -> Move:
        Contributor.objects.create(move=move, user=lead, revision=1, part=Part.EDITED)
        return move

    at_once(lambda: approve(move, lead), contribute)

    stored = Move.objects.get(pk=move.pk)
    contributed = stored.contributors.filter(user=lead).exists()
    assert contributed != (stored.approved_by_id == lead.pk)


@pytest.mark.django_db
def test_a_person_without_a_role_can_do_nothing(a_move: MakeMove) -> None:
    nobody = make_person("niemand", None)

    with pytest.raises(NotAllowed):
        submit(a_move(S.DRAFT), nobody)


def at_once(
    *actions: Callable[[], Move], sentences: list[str] | None = None
) -> list[str]:
    """Run actions on connections of their own, at one moment: states or refusals."""
    barrier = threading.Barrier(len(actions))

    def act(action: Callable[[], Move]) -> str:
        barrier.wait()
        try:
            return str(action().state)
        except (DomainError, Error) as refusal:
            if sentences is not None:
                sentences.append(str(refusal))
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))
