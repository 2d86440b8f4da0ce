"""The main job without a browser: from draft to completed, for each type."""

import pytest
from django.contrib.auth.models import User

from adminmoves.models import Administration, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import WAYS, make_move

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("move_type", MoveType)
def test_each_type_brings_the_administration_to_its_wanted_place(
    move_type: MoveType, agent: User, lead: User
) -> None:
    move = make_move(MoveState.COMPLETED, agent=agent, lead=lead, move_type=move_type)

    there = Administration.objects.get(pk=move.wanted.administration_id)
    assert move.move_type == move_type
    assert (there.connection_id, there.code) == (move.to_connection_id, move.to_code)
    assert there.environment_id == move.to_environment_id
    assert there.mail_address == move.to_address
    assert there.closed_by is None
    left = there.former_places.get()
    assert (left.connection_id, left.code) == (move.from_connection_id, move.from_code)


@pytest.mark.parametrize("state", WAYS)
def test_every_state_is_reached_by_what_people_and_workers_do(
    state: MoveState, agent: User, lead: User
) -> None:
    move = make_move(state, agent=agent, lead=lead)

    assert Move.objects.get(pk=move.pk).state == state
