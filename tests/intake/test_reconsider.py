"""Taking over, reopening, withdrawing, counting again."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.execution import runner
from adminmoves.models import Administration, Attempt, Contributor, Event, Move
from adminmoves.vocabulary import EventCode, MoveState, Part
from tests.builders import as_read, counting, make_draft
from tests.cast import MakeMove
from tests.intake.pages import as_sent, errors_of, told, url

pytestmark = pytest.mark.django_db
S = MoveState


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def page_of(move: Move, page: str = "") -> str:
    return f"/migraties/{move.number}/{page}"


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


# --- take over


def test_a_draft_is_taken_over_on_the_record(
    as_agent: Client, agent: User, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = as_agent.post(url(move, "overnemen/"), as_read(move))

    assert answer["Location"] == url(move)
    assert told(answer) == ["Dit concept is nu van jou."]
    assert Move.objects.get(pk=move.pk).requested_by == agent
    assert move.contributors.filter(user=agent, part=Part.TOOK_OVER).exists()


def test_what_is_no_draft_is_not_taken_over(
    client: Client, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(other_agent)

    answer = client.post(url(move, "overnemen/"), as_read(move))

    assert answer.status_code == 409
    assert not move.contributors.filter(user=other_agent).exists()


# --- reopen


@pytest.mark.parametrize("state", [S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL])
@pytest.mark.parametrize("method", ["get", "post"])
def test_looking_at_the_form_reopens_nothing(
    method: str, state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    leads = getattr(as_agent, method)(page_of(move, "heropenen/"))
    page = as_agent.get(leads["Location"]).content.decode()
    sent = as_agent.post(url(move), {**as_sent(move), "next": ""})

    kept = Move.objects.get(pk=move.pk)
    assert leads["Location"] == url(move)
    assert "Deze aanvraag is ingediend en wacht zoals die is" in page
    assert f'href="{page_of(move)}">' in page
    assert sent["Location"] == page_of(move)
    assert (kept.state, kept.revision, kept.proof) == (state, 1, move.proof)


@pytest.mark.parametrize("state", [S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL])
def test_the_first_change_of_a_waiting_request_makes_it_a_draft(
    state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    answer = as_agent.post(url(move), {**as_sent(move, note="Graag."), "save": ""})

    kept = Move.objects.get(pk=move.pk)
    assert answer["Location"] == "/aanvraag/"
    assert (kept.state, kept.revision, kept.proof) == (S.DRAFT, 2, None)
    assert kept.parties.note == "Graag."


def test_a_colleague_who_changes_it_goes_on_record(
    client: Client, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(other_agent)

    client.get(url(move))
    looked = move.contributors.filter(user=other_agent).exists()
    client.post(url(move), {**as_sent(move, note="Graag."), "save": ""})

    assert not looked
    assert move.contributors.filter(user=other_agent, part=Part.TOOK_OVER).exists()
    assert Move.objects.get(pk=move.pk).requested_by == other_agent


@pytest.mark.parametrize("state", [S.APPROVED, S.COMPLETED, S.REJECTED])
def test_what_does_not_wait_is_not_edited(
    state: MoveState, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(state)

    shown = as_agent.get(url(move))
    leads = as_agent.post(page_of(move, "heropenen/"))
    sent = as_agent.post(url(move), as_sent(move, note="Graag."))

    assert (shown["Location"], leads["Location"]) == (page_of(move), page_of(move))
    assert sent.status_code == 409
    assert state_of(move) == state


def test_a_lead_is_told_first_that_who_edits_does_not_approve(
    client: Client, lead: User, other_lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(lead)

    page = client.get(page_of(move)).content.decode()
    form = client.get(url(move))

    assert f'<a class="btn" href="{url(move)}">' in page
    assert "Daarna kun jij er geen akkoord meer op geven" in form.content.decode()
    assert form.context["page"].approvers == ("teamleider-2",)
    assert (state_of(move), move.contributors.filter(user=lead).exists()) == (
        S.AWAITING_APPROVAL,
        False,
    )


def test_who_worked_on_it_already_loses_no_approval(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    assert "geen akkoord meer" not in as_agent.get(url(move)).content.decode()


# --- withdraw


def test_a_draft_goes_without_a_reason(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)

    asked = as_agent.get(page_of(move, "intrekken/"))
    answer = as_agent.post(page_of(move, "intrekken/"), as_read(move))

    assert "Dit concept intrekken?" in asked.content.decode()
    assert answer["Location"] == "/aanvraag/"
    assert state_of(move) == S.WITHDRAWN


def test_what_was_submitted_goes_with_a_reason(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)

    without = as_agent.post(page_of(move, "intrekken/"), as_read(move, reason=" "))
    before = state_of(move)
    answer = as_agent.post(
        page_of(move, "intrekken/"), as_read(move, reason="Toch niet.")
    )

    assert errors_of(without) == {"reason": "Zeg waarom je deze aanvraag intrekt."}
    assert before == S.AWAITING_APPROVAL
    assert answer["Location"] == page_of(move)
    assert state_of(move) == S.WITHDRAWN
    event = Event.objects.get(move=move, code=EventCode.MOVE_WITHDRAWN)
    assert event.words.texts == {"reason": "Toch niet."}


def test_a_running_move_is_not_withdrawn(as_agent: Client, a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)

    answer = as_agent.post(
        page_of(move, "intrekken/"), as_read(move, reason="Toch niet.")
    )

    assert answer.status_code == 409
    assert state_of(move) == S.RUNNING


def test_a_colleagues_draft_is_not_thrown_away(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = as_agent.post(page_of(move, "intrekken/"), as_read(move))

    assert answer.status_code == 403
    assert state_of(move) == S.DRAFT


# --- count again

COUNTS = {
    "documents": 40,
    "documents_unprocessed": 3,
    "documents_awaiting_authorisation": 2,
    "ticket": "SUP-8",
}


def counts_of(move: Move) -> tuple[int, int, int]:
    administration = Administration.objects.get(moves=move)
    return (
        administration.documents,
        administration.documents_unprocessed,
        administration.documents_awaiting_authorisation,
    )


def test_documents_are_counted_again_on_the_record(
    client: Client, other_agent: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(other_agent)

    answer = client.post(page_of(move, "tellen/"), counting(move, **COUNTS))

    assert told(answer) == ["De nieuwe tellingen zijn bewaard."]
    assert counts_of(move) == (40, 3, 2)
    assert Contributor.objects.filter(
        move=move, user=other_agent, part=Part.COUNTED
    ).exists()
    event = Event.objects.get(code=EventCode.DOCUMENTS_RECOUNTED)
    assert event.words.texts == {"ticket": "SUP-8"}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            {"documents_unprocessed": 41},
            {"documents_unprocessed": "Dit kan niet meer zijn dan alle 40 documenten."},
        ),
        ({"ticket": ""}, {"ticket": "Dit veld is verplicht."}),
        (
            {"documents": -1},
            {"documents": "Zorg ervoor dat deze waarde minstens 0 is."},
        ),
    ],
)
def test_counts_that_cannot_be_are_refused_in_words(
    changes: dict[str, Any], errors: dict[str, Any], as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    before = counts_of(move)

    page = as_agent.post(page_of(move, "tellen/"), {**COUNTS, **changes})

    assert errors_of(page) == errors
    assert counts_of(move) == before


def test_a_closed_administration_is_not_counted(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.RUNNING)
    runner.prepare(Attempt.objects.get(move=move))
    before = counts_of(move)

    answer = as_agent.post(page_of(move, "tellen/"), COUNTS)

    assert len(told(answer)) == 1
    assert counts_of(move) == before


# --- the doors


POSTS = ("heropenen/", "intrekken/", "tellen/")


@pytest.mark.parametrize("page", POSTS)
@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_who_only_reads_changes_nothing(
    page: str, who: str, client: Client, a_move: MakeMove, request: Any
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    client.force_login(request.getfixturevalue(who))

    answer = client.post(page_of(move, page), {**COUNTS, "reason": "Zomaar."})

    assert answer.status_code == 403
    assert state_of(move) == S.AWAITING_APPROVAL
    assert counts_of(move) == (12, 0, 0)


@pytest.mark.parametrize("page", ["overnemen/"])
def test_a_draft_is_never_taken_over_by_a_link(
    page: str, as_agent: Client, other_agent: User
) -> None:
    assert as_agent.get(url(make_draft(other_agent), page)).status_code == 405


@pytest.mark.parametrize("address", ["/aanvraag/M-2026-99999/", "/aanvraag/onzin/"])
def test_a_number_that_does_not_exist_is_no_page(
    address: str, as_agent: Client
) -> None:
    assert as_agent.get(address).status_code == 404
