"""The list of migrations: what it shows to whom, and that it costs the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adminmoves.access import actor_for
from adminmoves.intake.draft.actions import start_draft
from adminmoves.models import Move
from adminmoves.overview.moves.status_tabs import OPEN_KEYS, PARTS
from adminmoves.vocabulary import MoveState, MoveType, Role
from adminmoves.web.lists import CAP
from tests.builders import (
    WAYS,
    approve,
    as_read,
    attest_as,
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_move,
    make_person,
    submit,
)
from tests.cast import MakeMove
from tests.overview.people import chips, link, logged_in, numbers, page_words

pytestmark = pytest.mark.django_db
S, T = MoveState, MoveType
QUERIES = 7
"""Session, person, their rights; tabs, rows, what these name, summary."""
QUERIES_LIVE = 6
"""Session, person, their rights; tabs, rows and what these name."""
OF_RUNS = 1
"""What waits for a worker, or runs."""


@pytest.fixture
def in_every_state(a_move: MakeMove) -> dict[MoveState, Move]:
    return {state: a_move(state) for state in WAYS}


# --- what is shown first


def test_an_agent_begins_with_what_is_open_and_their_own(
    in_every_state: dict[MoveState, Move], agent: User, other_agent: User
) -> None:
    make_draft(other_agent)

    answer = logged_in(agent).get("/", follow=True)

    assert answer.redirect_chain == [("/?status=lopend&wie=ik", 302)]
    ended = {S.COMPLETED, S.REJECTED, S.WITHDRAWN}
    open_ones = [move for state, move in in_every_state.items() if state not in ended]
    assert sorted(numbers(answer)) == sorted(move.number for move in open_ones)


def test_a_lead_begins_with_what_waits_for_them(
    in_every_state: dict[MoveState, Move], lead: User
) -> None:
    answer = logged_in(lead).get("/", follow=True)

    assert answer.redirect_chain == [("/?status=wacht-op-mij", 302)]
    assert numbers(answer) == [in_every_state[S.AWAITING_APPROVAL].number]


def test_a_lead_for_whom_nothing_waits_begins_with_everything(
    agent: User, lead: User
) -> None:
    move = make_draft(agent)

    answer = logged_in(lead).get("/", follow=True)

    assert answer.redirect_chain == [("/?status=alle", 302)]
    assert numbers(answer) == [move.number]
    assert "Niets wacht op jou" in page_words(answer)


def test_an_auditor_begins_with_the_last_thirty_days(
    auditor: User, agent: User
) -> None:
    recent, old = make_draft(agent), make_draft(agent)
    long_ago = timezone.now() - timedelta(days=31)
    Move.objects.filter(pk=old.pk).update(state_since=long_ago)

    answer = logged_in(auditor).get("/", follow=True)

    assert answer.redirect_chain == [("/?status=alle&periode=30", 302)]
    assert numbers(answer) == [recent.number]


def test_a_lead_does_not_see_their_own_request_as_waiting_for_them(
    lead: User, other_lead: User
) -> None:
    move = make_move(S.AWAITING_APPROVAL, agent=lead, lead=other_lead)

    own = logged_in(lead).get("/?status=wacht-op-mij")
    others = logged_in(other_lead).get("/?status=wacht-op-mij")

    assert (numbers(own), numbers(others)) == ([], [move.number])


def test_before_the_first_migration_it_says_what_must_stand(
    lead: User, agent: User
) -> None:
    make_administration()

    answer = logged_in(agent).get("/", follow=True)

    assert "Nog geen migraties" in page_words(answer)
    assert "1 kantoor, 1 administratie" in page_words(answer)
    assert "Unit4 Multivers" in page_words(answer)
    assert "Wie aanvraagt, geeft niet zelf akkoord. Nu is er 1." in page_words(answer)


# --- chips


def test_the_chips_divide_all_moves(
    in_every_state: dict[MoveState, Move], agent: User, lead: User
) -> None:
    client = logged_in(lead)
    sent_back = submit(make_draft(agent), agent)
    attest_as(sent_back, agent)
    client.post(
        f"/migraties/{sent_back.number}/terugsturen/",
        as_read(sent_back, question="Waarom?"),
    )
    later = submit(make_draft(agent), agent)
    attest_as(later, agent)
    approve(
        Move.objects.get(pk=later.pk),
        lead,
        not_before=timezone.now() + timedelta(days=1),
    )

    answer = client.get("/?status=afgerond")

    assert chips(answer) == {
        "Alle": "13",
        "Wacht op mij": "1",
        "Lopend": "10",
        "Concept": "1",
        "Teruggestuurd": "1",
        "Wacht op boekhoudpakket": "1",
        "Wacht op akkoord": "1",
        "In wachtrij": "1",
        "Gepland": "1",
        "Wordt uitgevoerd": "1",
        "Te controleren": "1",
        "Mislukt, teruggedraaid": "1",
        "Gestopt, teruggedraaid": "1",
        "Afgerond": "3",
        "Voltooid": "1",
        "Afgewezen": "1",
        "Ingetrokken": "1",
    }
    shown = [
        number
        for part in PARTS
        for number in numbers(client.get("/", {"status": part.key}))
    ]
    assert sorted(shown) == sorted(move.number for move in Move.objects.all())


def test_the_ends_are_folded_and_empty_chips_are_gone(
    a_move: MakeMove, lead: User
) -> None:
    a_move(S.REJECTED)

    answer = logged_in(lead).get("/?status=alle")

    assert chips(answer) == {"Alle": "1", "Afgerond": "1"}


def test_the_counts_respect_the_other_filters(
    a_move: MakeMove, agent: User, other_agent: User
) -> None:
    a_move(S.AWAITING_BOOKKEEPING)
    make_draft(other_agent)

    answer = logged_in(agent).get("/?status=lopend&wie=ik")

    assert chips(answer) == {
        "Alle": "1",
        "Lopend": "1",
        "Wacht op boekhoudpakket": "1",
    }
    assert "1 van 1 migratie" in page_words(answer)


def test_nobody_counts_past_a_thousand(agent: User) -> None:
    Move.objects.bulk_create(
        Move(intent=T.CHANGE_CODE, requested_by=agent) for _n in range(CAP + 2)
    )

    answer = logged_in(agent).get("/?status=alle")

    assert chips(answer) == {"Alle": "1.000+", "Lopend": "1.000+", "Concept": "1.000+"}
    assert "25 van meer dan 1.000 migraties" in page_words(answer)


def test_every_open_chip_is_no_end() -> None:
    assert {part.key for part in PARTS} - set(OPEN_KEYS) == {
        "voltooid",
        "afgewezen",
        "ingetrokken",
    }


# --- filters


def test_it_is_found_by_all_that_its_administration_ever_was(
    agent: User, lead: User
) -> None:
    moved = make_move(
        S.COMPLETED,
        agent=agent,
        lead=lead,
        move_type=T.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
    )
    make_draft(agent)
    now, before = moved.administration, moved.from_environment
    assert now is not None
    assert before is not None
    client = logged_in(lead)

    for text in (
        moved.number,
        moved.number.lower(),
        now.name,
        now.name.upper(),
        now.code,
        now.mail_address,
        f"{now.environment.office_code}.{now.code}",
        now.environment.name,
        moved.from_code,
        before.office_code,
        moved.from_address.upper(),
        f"{before.office_code.lower()}.{moved.from_code}",
    ):
        answer = client.get("/", {"status": "alle", "q": text})
        assert numbers(answer) == [moved.number], text


def test_it_is_found_by_the_code_it_wants(agent: User) -> None:
    move = make_draft(agent, to_code="NL-9931")

    answer = logged_in(agent).get("/", {"q": "nl-99"})

    assert numbers(answer) == [move.number]


def test_each_filter_narrows_it_down(agent: User, other_agent: User) -> None:
    office = make_environment(office_code="Zuid7")
    administration = make_administration(
        make_connection(office, package="TWINFIELD"), code="AB1"
    )
    requested = make_draft(agent, T.RELINK_CONNECTION, administration)
    goes_there = make_draft(other_agent, T.MOVE_ENVIRONMENT, to_environment=office)
    old = make_draft(other_agent)
    long_ago = timezone.now() - timedelta(days=8)
    Move.objects.filter(pk=old.pk).update(state_since=long_ago)
    client = logged_in(agent)
    expected: dict[str, list[Move]] = {
        "soort=RELINK_CONNECTION": [requested],
        "kantoor=zuid7": [goes_there, requested],
        "pakket=TWINFIELD": [requested],
        "periode=7": [goes_there, requested],
        "wie=ik": [requested],
        "soort=ONZIN&periode=x": [goes_there, requested, old],
        "kantoor=zuid7&wie=ik": [requested],
    }

    for filters, moves in expected.items():
        answer = client.get(f"/?status=alle&{filters}")
        assert numbers(answer) == [move.number for move in moves], filters


def test_an_empty_draft_has_a_row_too(agent: User) -> None:
    move = start_draft(T.MOVE_ENVIRONMENT, actor=actor_for(agent))

    answer = logged_in(agent).get("/?status=alle")

    assert numbers(answer) == [move.number]
    assert "Nog geen administratie gekozen" in page_words(answer)


def test_what_is_typed_is_never_taken_for_html(agent: User) -> None:
    make_draft(agent)

    answer = logged_in(agent).get("/", {"q": '"><script>alert(1)</script>'})

    assert b"<script>alert" not in answer.content


# --- pages


def test_pages_follow_on_each_other_without_gap_or_repeat(agent: User) -> None:
    """Also where many moves changed in the same instant, as after an import."""
    now = timezone.now()
    Move.objects.bulk_create(
        Move(
            intent=T.CHANGE_CODE,
            requested_by=agent,
            state_since=now - timedelta(hours=n // 20),
        )
        for n in range(60)
    )
    client, seen, url, answers = logged_in(agent), [], "?status=alle", []

    while url:
        answers.append(client.get(f"/{url}"))
        seen += numbers(answers[-1])
        url = link(answers[-1], "next")

    newest = Move.objects.order_by("-state_since", "-id")
    assert seen == [move.number for move in newest]
    assert [len(numbers(answer)) for answer in answers] == [25, 25, 10]
    back = client.get(f"/{link(answers[2], 'prev')}")
    assert numbers(back) == numbers(answers[1])
    first = client.get(f"/{link(back, 'prev')}")
    assert numbers(first) == numbers(answers[0])
    assert link(first, "prev") == ""


@pytest.mark.parametrize(
    "key", ["x", "9" * 30 + "~1", "~", "1~x", "-1~-99999999999999999"]
)
def test_a_broken_page_key_gives_the_first_page(agent: User, key: str) -> None:
    make_draft(agent)

    answer = logged_in(agent).get("/", {"status": "alle", "na": key})

    assert answer.status_code == 200


def test_it_costs_the_same_with_three_rows_and_with_thirty(
    agent: User, lead: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = logged_in(lead)
    for wanted in (3, 30):
        while Move.objects.count() < wanted:
            make_draft(agent)
            start_draft(T.CHANGE_CODE, actor=actor_for(agent))

        with django_assert_num_queries(QUERIES):
            client.get("/?status=alle")
        with django_assert_num_queries(QUERIES_LIVE):
            client.get("/?status=alle&q=", headers={"HX-Request": "true"})


def test_every_state_together_costs_at_most_eight(
    a_move: MakeMove, lead: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = logged_in(lead)
    for state in MoveState:
        a_move(state)

    with django_assert_num_queries(QUERIES):
        client.get("/?status=voltooid")
    with django_assert_num_queries(QUERIES + OF_RUNS):
        client.get("/?status=alle")


def test_htmx_gets_rows_and_chips_and_a_clean_address(agent: User) -> None:
    make_draft(agent)

    answer = logged_in(agent).get(
        "/?status=alle&q=Bakkerij&soort=&kantoor=&wie=",
        headers={"HX-Request": "true"},
    )

    assert answer["HX-Push-Url"] == "/?status=alle&q=Bakkerij"
    assert "HX-Request" in answer["Vary"]
    text = answer.content.decode()
    assert "<html" not in text
    assert ('id="rows"' in text, 'hx-swap-oob="true"' in text) == (True, True)


# --- above the list


def test_the_strip_says_what_waits_and_what_needs_a_decision(
    in_every_state: dict[MoveState, Move], lead: User
) -> None:
    text = page_words(logged_in(lead).get("/?status=alle"))

    assert "1 wacht op jouw akkoord" in text
    assert "2 vragen een besluit 1 te controleren, 1 mislukt" in text
    assert "Staafdiagram" not in text
    assert "Dag Voltooid Mislukt" in text


def test_the_decision_card_leads_to_just_those(
    in_every_state: dict[MoveState, Move], lead: User
) -> None:
    answer = logged_in(lead).get("/?status=besluit")

    expected = [in_every_state[state].number for state in (S.IN_DOUBT, S.FAILED)]
    assert sorted(numbers(answer)) == sorted(expected)


def test_an_agent_hears_what_came_back_with_a_question(
    agent: User, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    logged_in(lead).post(
        f"/migraties/{move.number}/terugsturen/",
        as_read(move, question="Welke koppeling?"),
    )

    answer = logged_in(agent).get("/?status=alle")

    assert "1 kwam terug met een vraag voor jou" in page_words(answer)
    assert numbers(logged_in(agent).get("/?status=teruggestuurd&wie=ik")) == [
        move.number
    ]


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {"WORKER", "SYSTEM"}]
)
def test_everybody_with_a_role_sees_the_list(role: Role, a_move: MakeMove) -> None:
    a_move(S.COMPLETED)

    answer: Any = logged_in(make_person("iemand", role)).get("/", follow=True)

    assert answer.status_code == 200
    may_ask = role in {Role.SUPPORT_AGENT, Role.TEAM_LEAD}
    assert ("Nieuwe aanvraag n" in page_words(answer)) is may_ask
