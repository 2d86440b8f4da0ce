"""An older page decides nothing: what was read is what is decided."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from adminmoves.access import WORKER, actor_for
from adminmoves.approval.loans import lend_approval
from adminmoves.execution import runner
from adminmoves.execution.actions import DONE, retry_move, settle_move
from adminmoves.intake.draft.actions import edit_draft, take_over_draft
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.lifecycle import advance
from adminmoves.models import (
    Administration,
    Aftercare,
    Move,
)
from adminmoves.rules.plan import make_plan
from adminmoves.vocabulary import Action, MoveState, Role
from tests.builders import (
    approve,
    doubt,
    make_draft,
    make_person,
    start,
    submit,
    warnings_of,
)
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState
FORM = re.compile(r"<form.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'type="hidden" name="([^"]+)"\s+value="([^"]*)"')
OWN_PAGE = {"verklaring", "intrekken", "tellen"}
COUNTED = {
    "documents": 30,
    "documents_unprocessed": 0,
    "documents_awaiting_authorisation": 0,
}
TYPED = "Nagevraagd bij het kantoor."
HTMX = {"HX-Request": "true"}


def stored_move(move: Move) -> Move:
    return Move.objects.get(pk=move.pk)


def submit_again(move: Move, answers: dict[str, Any]) -> None:
    """Edited and submitted by who asked: the next revision."""
    edit_draft(move.pk, answers, actor=actor_for(move.requested_by))
    submit(stored_move(move), move.requested_by)


def want_another_code(move: Move, _lead: User) -> None:
    submit_again(move, {"to_code": "NIEUW9"})


def prove_again(move: Move, _lead: User) -> None:
    """With the same wish its proof still holds."""
    submit_again(move, {"note": "Met spoed."})


def approve_again(move: Move, lead: User) -> None:
    reason = {"code": "plan_changed"}
    advance(move.pk, Action.REAPPROVE, actor=WORKER, facts=(reason,), params=reason)
    approve(stored_move(move), lead)


def settle(move: Move, lead: User) -> None:
    settle_move(move.pk, actor=actor_for(lead), answer=DONE, reason="Nagekeken.")


def doubt_again(move: Move, lead: User) -> None:
    settle(move, lead)
    doubt(move)


def run_on(move: Move, lead: User) -> None:
    doubt(move)
    settle(move, lead)


def fail_again(move: Move, lead: User) -> None:
    retry_move(move.pk, actor=actor_for(lead))
    runner.fail(start(move), {"code": "not_alone_at_place", "count": 2})


Since = Callable[[Move, User], None]
SAID = {"said_by": TYPED, "moved_on": "2026-11-20", "ticket": "SUP-1003"}
DECISIONS: dict[str, tuple[MoveState, dict[str, str], Since]] = {
    "verklaring": (S.AWAITING_BOOKKEEPING, SAID, want_another_code),
    "akkoord": (S.AWAITING_APPROVAL, {"when": "now"}, prove_again),
    "terugsturen": (S.AWAITING_APPROVAL, {"question": TYPED}, prove_again),
    "afwijzen": (S.AWAITING_APPROVAL, {"reason": TYPED}, prove_again),
    "intrekken": (S.AWAITING_APPROVAL, {"reason": TYPED}, prove_again),
    "ander-moment": (S.APPROVED, {"when": "evening"}, approve_again),
    "stoppen": (S.RUNNING, {"reason": TYPED}, run_on),
    "antwoord": (S.IN_DOUBT, {"answer": "done", "reason": TYPED}, doubt_again),
    "opnieuw": (S.FAILED, {}, fail_again),
}


def path_of(move: Move, what: str = "") -> str:
    return f"/migraties/{move.number}/{what}/" if what else f"/migraties/{move.number}/"


def hidden_in(page: Any, what: str) -> dict[str, str]:
    """What the form for that decision carries unseen."""
    forms = FORM.findall(page.content.decode())
    mark = 'class="card' if what in OWN_PAGE else f"/{what}/"
    form = next(form for form in forms if mark in form)
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def open_form(client: Client, move: Move, what: str) -> dict[str, str]:
    page = client.get(path_of(move, what if what in OWN_PAGE else ""))
    return hidden_in(page, what)


def answers_of(move: Move, what: str) -> dict[str, Any]:
    typed: dict[str, Any] = {**DECISIONS[what][1]}
    if what == "akkoord":
        typed["seen"] = sorted(warnings_of(move))
    return typed


def as_it_is(move: Move) -> tuple[Any, ...]:
    now = stored_move(move)
    stop_asked = now.attempts.exclude(stop_asked_at=None).count()
    return now.state, now.revision, now.timing, now.events.count(), stop_asked


@pytest.fixture
def as_lead(client: Client, other_lead: User) -> Client:
    client.force_login(other_lead)
    return client


@pytest.mark.parametrize("what", DECISIONS)
def test_what_changed_meanwhile_is_not_decided_by_the_older_page(
    what: str, as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    state, _typed, since = DECISIONS[what]
    move = a_move(state)
    older = open_form(as_lead, move, what)
    since(move, lead)
    before = as_it_is(move)

    answer = as_lead.post(path_of(move, what), {**answers_of(move, what), **older})

    page = unescape(answer.content.decode())
    assert (answer.status_code, as_it_is(move)) == (409, before)
    assert before[0] == state
    assert (TYPED in page) == (TYPED in answers_of(move, what).values())
    if what != "opnieuw":
        newer = hidden_in(answer, what)
        as_lead.post(path_of(move, what), {**answers_of(move, what), **newer})
        assert as_it_is(move) != before


@pytest.mark.parametrize("what", DECISIONS)
def test_a_page_that_does_not_say_what_it_showed_decides_nothing(
    what: str, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(DECISIONS[what][0])
    before = as_it_is(move)

    answer = as_lead.post(
        path_of(move, what),
        {**answers_of(move, what), "plan_hash": make_plan(move).hash},
    )

    assert (answer.status_code, as_it_is(move)) == (409, before)


def test_an_older_attestation_that_lacked_something_is_still_the_older_one(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    older = open_form(as_lead, move, "verklaring")
    want_another_code(move, lead)

    page = as_lead.post(path_of(move, "verklaring"), {**SAID, **older, "ticket": ""})
    answer = as_lead.post(
        path_of(move, "verklaring"), {**SAID, **hidden_in(page, "verklaring")}
    )

    assert (page.status_code, answer.status_code) == (200, 409)
    assert not move.proofs.exists()


def test_the_reason_of_a_rejection_stays_where_its_form_is_gone(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    older = open_form(as_lead, move, "afwijzen")
    approve(move, lead)

    sent = {**answers_of(move, "afwijzen"), **older, "from": "queue"}
    answer = as_lead.post(path_of(move, "afwijzen"), sent)

    page = unescape(answer.content.decode())
    assert (answer.status_code, stored_move(move).state) == (409, S.APPROVED)
    assert f"Je schreef: “{TYPED}”." in page
    assert "teamleider-1" in page


def test_of_those_ticked_in_an_older_queue_none_is_approved(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    older = hidden_in(as_lead.get("/akkoord/"), "samen")
    ticks = {"move": move.number, f"seen-{move.number}": "on"}
    prove_again(move, lead)

    page_text = as_lead.post("/akkoord/samen/", {**older, **ticks}).content.decode()
    del older[f"version-{move.number}"]
    as_lead.post("/akkoord/samen/", {**older, **ticks})

    assert "Deze pagina toont een oudere stand" in page_text
    assert stored_move(move).state == S.AWAITING_APPROVAL


def test_a_draft_is_taken_over_from_the_one_whose_name_was_read(
    client: Client, agent: User, other_agent: User
) -> None:
    move = make_draft(agent)
    client.force_login(make_person("medewerker-3", Role.SUPPORT_AGENT))
    page = client.get(f"/aanvraag/{move.number}/")
    sent = hidden_in(page, "overnemen")
    take_over_draft(move.pk, actor=actor_for(other_agent))

    answer = client.post(f"/aanvraag/{move.number}/overnemen/", sent)

    assert (answer.status_code, stored_move(move).requested_by) == (409, other_agent)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_ticked_something_off_stays_beside_it(
    headers: dict[str, str], as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.COMPLETED, move_type="RELINK_CONNECTION")
    older, first = open_form(as_lead, move, "nazorg"), Client()
    first.force_login(lead)
    first.post(path_of(move, "nazorg"), older)

    late = as_lead.post(path_of(move, "nazorg"), older, headers=headers)
    bare = {name: older[name] for name in ("item", "done")}
    untold = as_lead.post(path_of(move, "nazorg"), bare, headers=headers)

    item = Aftercare.objects.get(move=move, code=older["item"])
    assert (late.status_code, untold.status_code) == (409, 409)
    assert item.ticked_by == lead
    assert "teamleider-1 vinkte dit af" in unescape(late.content.decode())
    assert late.get("HX-Retarget") == ("#aftercare" if headers else None)


def test_counts_of_an_older_page_do_not_replace_newer_ones(
    as_lead: Client, lead: User, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    page = path_of(move, "tellen")
    older = hidden_in(as_lead.get(page), "tellen")
    administration = move.wanted.administration_id
    recount_documents(administration, COUNTED, actor=actor_for(lead), ticket="SUP-1")
    typed = {**COUNTED, "documents": 4711, "ticket": "SUP-2"}

    late = as_lead.post(page, {**typed, **older})
    untold = as_lead.post(page, typed)

    page_text = unescape(late.content.decode())
    assert (late.status_code, untold.status_code) == (409, 409)
    assert (
        Administration.objects.get(pk=administration).documents == COUNTED["documents"]
    )
    assert "teamleider-1 wijzigde de tellingen intussen" in page_text
    assert ('value="4711"' in page_text, "<dd>30</dd>" in page_text) == (True, True)
    assert as_lead.post(page, {**typed, **hidden_in(late, "tellen")}).status_code == 302


def test_two_people_with_one_name_are_told_apart_where_one_is_chosen(
    as_lead: Client,
    other_lead: User,
    agent: User,
    other_agent: User,
    auditor: User,
) -> None:
    for user in (agent, other_agent):
        User.objects.filter(pk=user.pk).update(first_name="Jan", last_name="Jansen")
        lend_approval(
            user.pk,
            actor=actor_for(other_lead),
            ends_at=timezone.now() + timedelta(hours=1),
            reason="Vakantie.",
        )

    lent = as_lead.get("/akkoord/uitlenen/").content.decode()
    as_lead.force_login(auditor)
    history = as_lead.get("/historie/").content.decode()

    for name in ("Jan Jansen (medewerker-1)", "Jan Jansen (medewerker-2)"):
        assert f">{name}</option>" in lent
        assert f"Neem terug van {name}" in lent
        assert f">{name}</option>" in history
