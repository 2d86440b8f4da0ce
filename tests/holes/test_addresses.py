"""Two administrations never come to share an e-mail address."""

import pytest
from django.contrib.auth.models import User

from adminmoves.errors import CheckRefused
from adminmoves.models import Administration, Move
from adminmoves.preflight import Report, inspect
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType


def said(report: object) -> list[str]:
    assert isinstance(report, Report)
    return [one.say for one in report.results if one.code == "address_free"]


def test_an_address_stays_in_use_when_its_holder_takes_it_along(
    a_move: MakeMove, agent: User
) -> None:
    first = make_connection()
    second = make_connection(first.environment)
    holder = make_administration(first, code="411")
    a_move(S.APPROVED, administration=holder, move_type=T.RELINK_CONNECTION)
    arriving = make_administration(second, code="412")
    draft = make_draft(agent, T.CHANGE_CODE, arriving, to_code="411")

    with pytest.raises(CheckRefused) as refusal:
        submit(draft, agent)

    assert said(refusal.value.report) == ["taken"]


def test_an_address_of_its_own_code_is_not_given_up_with_the_code(
    a_move: MakeMove, agent: User
) -> None:
    first = make_connection()
    second = make_connection(first.environment)
    holder = make_administration(first, code="500", mail_code="411")
    a_move(S.APPROVED, administration=holder, move_type=T.MOVE_ENVIRONMENT)
    arriving = make_administration(second, code="412")
    draft = make_draft(agent, T.CHANGE_CODE, arriving, to_code="411")

    with pytest.raises(CheckRefused) as refusal:
        submit(draft, agent)

    assert said(refusal.value.report) == ["taken"]


def test_two_requests_do_not_want_the_same_address(
    a_move: MakeMove, agent: User
) -> None:
    first = make_connection()
    second = make_connection(first.environment)
    a_move(
        S.AWAITING_BOOKKEEPING, administration=make_administration(first), to_code="411"
    )
    draft = make_draft(agent, T.CHANGE_CODE, make_administration(second), to_code="411")

    with pytest.raises(CheckRefused) as refusal:
        submit(draft, agent)

    assert said(refusal.value.report) == ["wanted"]


def test_an_address_that_is_given_up_with_its_code_is_waited_for(
    a_move: MakeMove, agent: User
) -> None:
    first = make_connection()
    second = make_connection(first.environment)
    leaving = a_move(
        S.APPROVED, administration=make_administration(first, code="411"), to_code="9"
    )
    arriving = make_administration(second, code="412")

    move = submit(make_draft(agent, T.CHANGE_CODE, arriving, to_code="411"), agent)

    assert said(inspect(Move.objects.get(pk=move.pk))) == ["leaving"]
    assert Administration.objects.get(pk=leaving.wanted.administration_id).code == "411"
