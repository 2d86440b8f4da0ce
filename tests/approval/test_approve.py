"""Approving, sending back and rejecting, as a person does it in the browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.approval.loans import lend_approval
from adminmoves.models import Event, Move
from adminmoves.rules.plan import make_plan
from adminmoves.scheduling import queue
from adminmoves.vocabulary import EventCode, MoveState, Role
from tests.builders import (
    approve,
    as_read,
    attest_as,
    make_draft,
    make_person,
    submit,
    warnings_of,
)
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
Post = Callable[..., HttpResponse]
DECISIONS = {
    "akkoord": {"when": "now"},
    "terugsturen": {"question": "Klopt de code?"},
    "afwijzen": {"reason": "Verkeerde administratie."},
}


@pytest.fixture
def waiting(a_move: MakeMove) -> Move:
    return a_move(MoveState.AWAITING_APPROVAL)


@pytest.fixture
def decide(client: Client) -> Post:
    """Post a decision as somebody, filled in right unless ``changes`` say otherwise."""

    def post(move: Move, what: str, user: User, **changes: object) -> HttpResponse:
        client.force_login(user)
        answers: dict[str, object] = as_read(move, **DECISIONS[what])
        if what == "akkoord":
            answers["plan_hash"] = make_plan(move).hash
            answers["seen"] = sorted(warnings_of(move))
        path = f"/migraties/{move.number}/{what}/"
        return client.post(path, {**answers, **changes})  # type: ignore[return-value] # the test client's answer has more

    return post


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


def events_of(move: Move) -> int:
    return Event.objects.filter(move=move).count()


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined] # the test client's answer has more


# --- it works


def test_a_lead_approves_and_reads_that_it_is_done(
    waiting: Move, decide: Post, lead: User
) -> None:
    response = decide(waiting, "akkoord", lead)

    after = Move.objects.get(pk=waiting.pk)
    assert (after.state, after.approved_by, after.not_before) == (
        MoveState.APPROVED,
        lead,
        None,
    )
    assert response["Location"] == f"/migraties/{waiting.number}/"
    assert messages_of(response) == [f"Er is akkoord voor {waiting.number}."]


def test_an_evening_is_eight_o_clock(waiting: Move, decide: Post, lead: User) -> None:
    decide(waiting, "akkoord", lead, when="evening")

    assert Move.objects.get(pk=waiting.pk).not_before == queue.next_evening()


def test_the_moment_that_was_asked_for_is_kept(
    a_move: MakeMove, decide: Post, lead: User
) -> None:
    wished = timezone.now() + timedelta(days=2)
    move = a_move(MoveState.AWAITING_APPROVAL, not_before=wished)

    decide(move, "akkoord", lead, when="wished")

    assert Move.objects.get(pk=move.pk).not_before == wished


def test_a_question_goes_back_to_who_asked(
    waiting: Move, decide: Post, lead: User
) -> None:
    response = decide(waiting, "terugsturen", lead)

    after = Move.objects.get(pk=waiting.pk)
    assert (after.state, after.is_sent_back) == (MoveState.DRAFT, True)
    line = Event.objects.filter(move=waiting).latest("pk")
    assert (line.code, line.words.texts) == (
        EventCode.MOVE_SENT_BACK,
        {"question": "Klopt de code?"},
    )
    assert messages_of(response) == [f"{waiting.number} is teruggestuurd met je vraag."]


def test_a_rejection_keeps_its_reason(waiting: Move, decide: Post, lead: User) -> None:
    decide(waiting, "afwijzen", lead)

    assert state_of(waiting) == MoveState.REJECTED
    line = Event.objects.filter(move=waiting).latest("pk")
    assert (line.code, line.words.texts) == (
        EventCode.MOVE_REJECTED,
        {"reason": "Verkeerde administratie."},
    )


@pytest.mark.parametrize("what", DECISIONS)
def test_from_the_queue_one_stays_in_the_queue(
    what: str, a_move: MakeMove, decide: Post, lead: User
) -> None:
    first, second = (a_move(MoveState.AWAITING_APPROVAL) for _ in range(2))

    response = decide(first, what, lead, **{"from": "queue", "next": second.number})

    assert response["Location"] == f"/akkoord/?m={second.number}"


# --- the wrong person


@pytest.mark.parametrize("what", DECISIONS)
@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_than_leads_are_refused(
    what: str, role: Role, waiting: Move, decide: Post
) -> None:
    before = events_of(waiting)

    response = decide(waiting, what, make_person("iemand", role))

    assert response.status_code == 403
    assert "Een teamleider kan je helpen." in response.content.decode()
    assert (state_of(waiting), events_of(waiting)) == (
        MoveState.AWAITING_APPROVAL,
        before,
    )


def test_a_superuser_without_a_role_is_refused(waiting: Move, decide: Post) -> None:
    root = make_person("root", None)
    root.is_superuser = True
    root.save()

    assert decide(waiting, "akkoord", root).status_code == 403
    assert state_of(waiting) == MoveState.AWAITING_APPROVAL


def test_who_worked_on_it_does_not_approve_it(
    decide: Post, lead: User, other_lead: User
) -> None:
    move = make_draft(lead)
    submit(move, lead)
    move = attest_as(move, lead)

    response = decide(move, "akkoord", lead)

    assert state_of(move) == MoveState.AWAITING_APPROVAL
    assert response.status_code == 302
    assert messages_of(response) == [
        (
            "Jij hebt aan deze aanvraag gewerkt. "
            "Daarom geeft een andere teamleider akkoord."
        )
    ]


def test_who_borrows_the_right_approves(
    waiting: Move, decide: Post, lead: User, other_agent: User
) -> None:
    until = timezone.now() + timedelta(hours=1)
    lend_approval(
        other_agent.pk, actor=actor_for(lead), ends_at=until, reason="Vakantie."
    )

    decide(waiting, "akkoord", other_agent)

    assert Move.objects.get(pk=waiting.pk).approved_by == other_agent


# --- the wrong state, the wrong plan


@pytest.mark.parametrize("what", DECISIONS)
def test_the_second_decision_is_told_who_was_first(
    what: str, waiting: Move, decide: Post, lead: User, other_lead: User
) -> None:
    approve(waiting, other_lead)
    before = events_of(waiting)

    response = decide(waiting, what, lead)

    page = response.content.decode()
    assert response.status_code == 409
    assert other_lead.username in page
    assert "In wachtrij" in page
    assert (state_of(waiting), events_of(waiting)) == (MoveState.APPROVED, before)


def test_another_plan_than_the_one_on_the_page_is_refused(
    waiting: Move, decide: Post, lead: User
) -> None:
    response = decide(waiting, "akkoord", lead, plan_hash="0" * 64)

    assert response.status_code == 409
    assert "Het plan is gewijzigd sinds je deze pagina opende." in (
        response.content.decode()
    )
    assert state_of(waiting) == MoveState.AWAITING_APPROVAL


@pytest.mark.parametrize("what", DECISIONS)
def test_a_decision_is_never_a_link(
    what: str, waiting: Move, client: Client, lead: User
) -> None:
    client.force_login(lead)

    assert client.get(f"/migraties/{waiting.number}/{what}/").status_code == 405
    assert state_of(waiting) == MoveState.AWAITING_APPROVAL


@pytest.mark.parametrize("what", DECISIONS)
def test_a_number_that_is_none_is_no_page(
    what: str, client: Client, lead: User
) -> None:
    client.force_login(lead)

    for number in ("M-2026-99999", "onzin"):
        assert client.post(f"/migraties/{number}/{what}/").status_code == 404


# --- what is missing


def errors(response: HttpResponse) -> dict[str, list[str]]:
    found = response.context["form"].errors  # type: ignore[attr-defined] # the test client's answer has more
    return {name: [str(error) for error in lines] for name, lines in found.items()}


def test_an_unseen_warning_is_asked_for_and_nothing_typed_is_lost(
    a_move: MakeMove, decide: Post, lead: User
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL, client_informed=False)
    later = timezone.localtime() + timedelta(days=1)
    typed = f"{later:%Y-%m-%dT%H:%M}"

    response = decide(move, "akkoord", lead, seen=[], when="moment", moment=typed)

    page = response.content.decode()
    assert list(errors(response)) == ["seen"]
    assert "<title>Fout: " in page
    assert f'value="{typed}"' in page
    assert 'value="moment" checked' in page
    assert state_of(move) == MoveState.AWAITING_APPROVAL


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        ("", "Vul de datum en tijd in."),
        ("2020-01-01T10:00", "Kies een moment dat nog komt."),
    ],
)
def test_a_moment_of_ones_own_has_to_come_still(
    moment: str, error: str, waiting: Move, decide: Post, lead: User
) -> None:
    response = decide(waiting, "akkoord", lead, when="moment", moment=moment)

    assert errors(response) == {"moment": [error]}
    assert state_of(waiting) == MoveState.AWAITING_APPROVAL


def test_a_moment_past_the_attestation_is_told_and_the_rest_stays(
    waiting: Move, decide: Post, lead: User
) -> None:
    late = f"{timezone.localtime() + timedelta(days=40):%Y-%m-%dT%H:%M}"

    response = decide(waiting, "akkoord", lead, when="moment", moment=late)

    assert list(errors(response)) == ["moment"]
    assert f'value="{late}"' in response.content.decode()
    assert state_of(waiting) == MoveState.AWAITING_APPROVAL


@pytest.mark.parametrize(
    ("what", "field", "error"),
    [
        ("terugsturen", "question", "Schrijf de vraag op die beantwoord moet worden."),
        ("afwijzen", "reason", "Schrijf de reden op, zodat de medewerker verder kan."),
    ],
)
@pytest.mark.parametrize("origin", ["", "queue"])
def test_saying_no_needs_words(
    what: str,
    field: str,
    error: str,
    origin: str,
    waiting: Move,
    decide: Post,
    lead: User,
) -> None:
    response = decide(waiting, what, lead, **{field: "  ", "from": origin})

    assert errors(response) == {field: [error]}
    assert '<details class="unfold" name="decision" open>' in response.content.decode()
    assert state_of(waiting) == MoveState.AWAITING_APPROVAL
