"""Counting documents again is work on every request for that administration."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.errors import DomainError, FourEyes
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.models import Administration, Event, Move
from adminmoves.vocabulary import EventCode, MoveState
from tests.builders import approve, counting, make_administration
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
COUNTS = {
    "documents": 12,
    "documents_unprocessed": 0,
    "documents_awaiting_authorisation": 0,
}


def test_who_counted_through_an_earlier_request_does_not_approve(
    client: Client, a_move: MakeMove, lead: User
) -> None:
    administration = make_administration()
    earlier = a_move(S.WITHDRAWN, administration=administration)
    move = a_move(S.AWAITING_APPROVAL, administration=administration)
    client.force_login(lead)

    answer = client.post(
        f"/migraties/{earlier.number}/tellen/",
        counting(move, **COUNTS, ticket="SUP-1"),
    )

    assert answer.status_code == 302
    with pytest.raises(FourEyes):
        approve(Move.objects.get(pk=move.pk), lead)


def test_who_approved_does_not_count_before_the_run(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.APPROVED)

    with pytest.raises(DomainError):
        recount_documents(
            move.wanted.administration_id,
            {**COUNTS, "documents": 3},
            actor=actor_for(lead),
            ticket="SUP-1",
        )

    administration = Administration.objects.get(pk=move.wanted.administration_id)
    assert administration.documents == 12


def test_where_it_is_written_stands_apart_from_the_record(agent: User) -> None:
    administration = make_administration()

    recount_documents(administration.pk, COUNTS, actor=actor_for(agent), ticket="SUP-1")

    line = Event.objects.get(code=EventCode.DOCUMENTS_RECOUNTED)
    assert ("ticket" in line.params, line.words.texts) == (False, {"ticket": "SUP-1"})
