"""A proof counts for what was proven, and for nothing that was asked since."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.intake.draft.actions import edit_draft, reopen_move
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.proof.actions import ask_due, check_now
from adminmoves.vocabulary import MoveState, MoveType, Verdict
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.cast import Answering, MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
API = BookkeepingConnection.Demand.API


@dataclass
class Slow:
    """A package that answers after something else has happened."""

    meanwhile: Callable[[], object]
    verdict: Verdict = Verdict.FOUND_ACTIVE

    def check(self, *_asked: object, **_how: object) -> Evidence:
        self.meanwhile()
        return Evidence(self.verdict)


def test_another_administration_needs_a_proof_of_its_own(
    a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    other = make_administration(move.to_connection)
    draft = reopen_move(move.pk, actor=actor_for(agent))
    wanted = {"administration": other, "to_code": move.to_code}
    edit_draft(draft.pk, wanted, actor=actor_for(agent))

    again = submit(Move.objects.get(pk=move.pk), agent)

    assert (again.state, again.proof_id) == (S.AWAITING_BOOKKEEPING, None)


def test_an_answer_about_one_connection_is_none_about_another(
    agent: User, answering: Answering
) -> None:
    office = make_administration(make_connection(demand=API))
    asked, other = (make_connection(office.environment, demand=API) for _ in range(2))
    move = make_draft(agent, MoveType.RELINK_CONNECTION, office, to_connection=asked)
    answering(
        Slow(
            lambda: edit_draft(
                move.pk, {"to_connection": other}, actor=actor_for(agent)
            )
        )
    )

    check_now(move.pk, actor=actor_for(agent))

    assert not Move.objects.get(pk=move.pk).proofs.exists()


def test_a_request_that_came_back_while_it_was_asked_is_asked_again(
    agent: User, answering: Answering
) -> None:
    office = make_administration(make_connection(demand=API))
    move = submit(make_draft(agent, administration=office), agent)

    def come_back() -> None:
        reopen_move(move.pk, actor=actor_for(agent))
        submit(Move.objects.get(pk=move.pk), agent)

    answering(Slow(come_back))

    ask_due()

    assert list(Move.objects.to_ask(timezone.now())) == [move]


def test_an_attestation_does_not_count_again_where_the_package_is_asked_by_now(
    a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    draft = reopen_move(move.pk, actor=actor_for(agent))
    connections = BookkeepingConnection.objects.filter(pk=move.wanted.connection_id)
    connections.update(demand=API)

    again = submit(draft, agent)

    assert (again.state, again.proof_id) == (S.AWAITING_BOOKKEEPING, None)
