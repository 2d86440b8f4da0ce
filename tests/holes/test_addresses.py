"""Two administrations never come to share an e-mail address."""

from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from psycopg2 import extensions

from adminmoves.errors import CheckRefused
from adminmoves.models import Administration, Move
from adminmoves.rules.preflight import Report, inspect
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import approve as approve_it
from tests.builders import make_administration, make_connection, make_draft, submit
from tests.cast import MakeMove
from tests.execution.standstill import until
from tests.holes.test_locks import outcome_of, somebody_waits

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType


def address_messages(report: object) -> list[str]:
    assert isinstance(report, Report)
    return [one.message_key for one in report.results if one.code == "address_free"]


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

    assert address_messages(refusal.value.report) == ["taken"]


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

    assert address_messages(refusal.value.report) == ["taken"]


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

    assert address_messages(refusal.value.report) == ["wanted"]


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

    assert address_messages(inspect(Move.objects.get(pk=move.pk))) == ["leaving"]
    assert Administration.objects.get(pk=leaving.wanted.administration_id).code == "411"


def two_drafts_to_one_address(agent: User, other: User) -> tuple[Move, Move]:
    """Of two connections, so that the places differ."""
    first = make_connection()
    links = (first, make_connection(first.environment))
    one, two = (
        make_draft(person, T.CHANGE_CODE, make_administration(link), to_code="411")
        for person, link in zip((agent, other), links, strict=True)
    )
    return one, two


def test_of_two_who_submit_at_once_the_second_is_told_of_the_address(
    owner: extensions.connection, agent: User, other_agent: User
) -> None:
    one, two = two_drafts_to_one_address(agent, other_agent)
    client = Client()
    client.force_login(other_agent)
    seen = [warning.key for warning in inspect(two).warnings]
    sent = {"seen": seen, "version": two.draft_version}
    answers = []

    def press() -> None:
        answers.append(client.post(f"/aanvraag/{two.number}/nalezen/", sent))

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            submit(one, agent)
            late = pool.submit(outcome_of, press)
            until(lambda: somebody_waits(owner))
        assert late.result() == "done"

    assert answers[0].status_code == 409
    assert "wil hetzelfde e-mailadres" in unescape(answers[0].content.decode())
    assert Move.objects.get(pk=two.pk).state == S.DRAFT


def test_an_address_that_changed_with_its_office_is_still_wanted_once(
    agent: User, other_agent: User, lead: User, a_move: MakeMove
) -> None:
    """Approved anew, a request wants the address of its new plan."""
    move = a_move(S.AWAITING_APPROVAL)
    office = move.to_environment
    assert office
    office.mail_domain = "post.example"
    office.save()

    approved = approve_it(Move.objects.get(pk=move.pk), lead)

    stored = Move.objects.get(pk=approved.pk)
    assert stored.to_address == stored.plan["to_address"]
    assert stored.to_address.endswith("@post.example")
