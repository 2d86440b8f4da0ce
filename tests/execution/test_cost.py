"""What one move costs the database, from an empty form to completed."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adminmoves.access import actor_for
from adminmoves.approval.actions import approve_move
from adminmoves.approval.decisions import Decision
from adminmoves.execution import runner
from adminmoves.intake.draft.actions import edit_draft, start_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.models import Move
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    PARTIES,
    make_administration,
    wanted_place,
    warnings_of,
)
from tests.cast import MakeMove

SAID = {
    "moved_said_by": "Supergebruiker Noord",
    "moved_ticket": "SUP-1003",
    "moved_on": date(2026, 11, 20),
}


def statements(act: Callable[[], object]) -> int:
    """How many statements, without BEGIN and COMMIT."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in asked)


@pytest.mark.django_db(transaction=True)
def test_a_request_its_approval_and_its_run_take_at_most_forty_statements(
    agent: User, lead: User, a_move: MakeMove
) -> None:
    a_move(MoveState.COMPLETED)
    administration, kind = make_administration(), MoveType.CHANGE_CODE
    asks, decides = actor_for(agent), actor_for(lead)
    draft = start_draft(kind, actor=asks)
    answers = {
        "administration": administration,
        **PARTIES,
        **SAID,
        **wanted_place(administration, kind),
    }
    edit_draft(draft.pk, answers, actor=asks)
    seen = warnings_of(Move.objects.get(pk=draft.pk))

    request = statements(lambda: submit_move(draft.pk, actor=asks, seen=seen))
    waits = Move.objects.get(pk=draft.pk)
    decision = Decision(draft.pk, make_plan(waits).hash, warnings_of(waits))
    approval = statements(lambda: approve_move(decision, actor=decides))
    carried_out = statements(lambda: runner.run(draft.pk, "worker-1"))

    assert Move.objects.get(pk=draft.pk).state == MoveState.COMPLETED
    assert request + approval + carried_out <= 40
