"""Right before a run everything is looked at again (architecture.md par. 3 and 4)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from adminmoves.access import actor_for
from adminmoves.detail.progress import Archive
from adminmoves.errors import DomainError
from adminmoves.evidence.records import ask_package
from adminmoves.execution import claim, dispatch, runner, takeover
from adminmoves.execution.actions import (
    DONE,
    NOT_DONE,
    ROLL_BACK,
    retry_move,
    settle_move,
)
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.models import Administration, BookkeepingConnection, Environment, Move
from adminmoves.rules.plan import steps_of
from adminmoves.vocabulary import MoveState, MoveType, StepCode, Verdict
from tests.builders import (
    approve,
    expire_lease,
    make_administration,
    make_connection,
    make_draft,
    start,
    start_next,
    submit,
)
from tests.cast import MakeMove
from tests.packages import ChosenAnswers

pytestmark = pytest.mark.django_db
S = MoveState
V = Verdict


@pytest.fixture
def seen_move(agent: User, lead: User, package: ChosenAnswers) -> Move:
    """An approved move whose proof is an answer of the package itself."""
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    move = submit(
        make_draft(agent, administration=make_administration(connection)), agent
    )
    ask_package(move.pk)
    return approve(Move.objects.get(pk=move.pk), lead)


def outcome(move: Move) -> tuple[str, object]:
    stored = Move.objects.get(pk=move.pk)
    return stored.state, stored.reason.get("code")


def test_the_package_is_asked_again_and_its_answer_replaces_the_proof(
    seen_move: Move, package: ChosenAnswers
) -> None:
    claim.start(seen_move.pk, "worker-1")

    stored = Move.objects.get(pk=seen_move.pk)
    assert (stored.state, len(package.asked)) == (S.RUNNING, 2)
    assert stored.proof_id == stored.proofs.latest("id").pk != seen_move.proof_id


@pytest.mark.parametrize(
    "verdict",
    [V.NOT_FOUND_OR_NO_ACCESS, V.WRONG_ENVIRONMENT, V.FOUND_NOT_USABLE, V.AMBIGUOUS],
)
def test_a_package_that_says_otherwise_stops_the_run_before_it_begins(
    verdict: Verdict, seen_move: Move, package: ChosenAnswers
) -> None:
    package.will_say(verdict)

    assert claim.start(seen_move.pk, "worker-1") is None
    assert outcome(seen_move) == (S.AWAITING_BOOKKEEPING, "package_says_otherwise")


@pytest.mark.parametrize("verdict", [V.UNAVAILABLE, V.RATE_LIMITED])
def test_a_package_that_does_not_answer_is_waited_for(
    verdict: Verdict, seen_move: Move, package: ChosenAnswers
) -> None:
    package.will_say(verdict)

    assert claim.start(seen_move.pk, "worker-1") is None
    assert outcome(seen_move) == (S.APPROVED, "package_does_not_answer")


def test_an_attestation_that_grew_old_in_the_queue_is_asked_again(
    a_move: MakeMove, settings: Settings
) -> None:
    move = a_move(S.APPROVED)
    settings.PORTAL_ATTESTED_PROOF_DAYS = 0

    assert claim.start(move.pk, "worker-1") is None
    assert outcome(move) == (S.AWAITING_BOOKKEEPING, "proof_too_old")


def test_another_plan_goes_back_to_approval_with_the_difference(
    a_move: MakeMove,
) -> None:
    move = a_move(S.APPROVED)
    Environment.objects.filter(pk=move.wanted.environment_id).update(
        mail_domain="post.example"
    )

    assert claim.start(move.pk, "worker-1") is None
    stored = Move.objects.get(pk=move.pk)
    assert outcome(move) == (S.AWAITING_APPROVAL, "plan_changed")
    assert set(stored.reason["changes"]) == {"to_address"}
    assert (stored.approved_by, stored.plan_hash) == (None, "")


def test_somebody_who_was_added_at_the_wanted_place_meanwhile_is_found(
    a_move: MakeMove,
) -> None:
    move = a_move(S.APPROVED)
    make_administration(move.to_connection, code=move.to_code, mail_code="elders")

    assert claim.start(move.pk, "worker-1") is None
    assert outcome(move) == (S.AWAITING_APPROVAL, "check_holds")


def test_a_warning_that_nobody_saw_goes_back_to_approval(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    Administration.objects.filter(pk=move.wanted.administration_id).update(
        documents_unprocessed=3
    )

    assert claim.start(move.pk, "worker-1") is None
    assert outcome(move) == (S.AWAITING_APPROVAL, "new_warning")


def test_nothing_starts_before_its_moment(a_move: MakeMove, lead: User) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    approve(move, lead, not_before=timezone.now() + timedelta(hours=1))

    assert start_next() is None
    Move.objects.filter(pk=move.pk).update(not_before=timezone.now())
    assert start_next() is not None


def test_an_approver_who_left_meanwhile_does_not_hold_up_the_queue(
    a_move: MakeMove, lead: User, other_lead: User
) -> None:
    move, behind = a_move(S.APPROVED), a_move(S.APPROVED, lead=other_lead)
    User.objects.filter(pk=lead.pk).update(is_active=False)

    assert start_next() is not None
    assert outcome(move) == (S.AWAITING_APPROVAL, "approver_gone")
    assert outcome(behind)[0] == S.RUNNING


def test_offices_take_turns_so_that_a_large_one_does_not_starve_a_small_one(
    a_move: MakeMove,
) -> None:
    large, small = make_connection(), make_connection()
    first, second, third = (
        a_move(S.APPROVED, administration=make_administration(large)) for _ in range(3)
    )
    alone = a_move(S.APPROVED, administration=make_administration(small))

    due = dispatch.due_moves()

    assert [next(due) for _turn in range(4)] == [
        first.pk,
        alone.pk,
        second.pk,
        third.pk,
    ]


def test_an_import_that_takes_the_place_during_the_run_makes_it_fail_whole(
    a_move: MakeMove,
) -> None:
    move = a_move(S.APPROVED)
    attempt = start(move)
    make_administration(move.to_connection, code=move.to_code, mail_code="elders")

    runner.execute(attempt)

    stored = Move.objects.get(pk=move.pk)
    there = Administration.objects.get(pk=move.wanted.administration_id)
    assert outcome(move) == (S.FAILED, "database_refused")
    assert stored.reason["rule"] == "administration_place_once"
    assert (there.code, there.connection_id, there.closed_by) == (
        move.from_code,
        move.from_connection_id,
        None,
    )
    assert not there.former_places.exists()


def test_documents_that_changed_during_the_run_make_it_fail(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    attempt = start(move)
    runner.prepare(attempt)
    attempt.before_image["documents"] = 4711
    attempt.save()

    runner.execute(attempt)

    assert outcome(move) == (S.FAILED, "documents_differ")


def test_a_failed_move_can_be_tried_again_to_its_end(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.FAILED)

    retry_move(move.pk, actor=actor_for(lead))
    runner.execute(start(move))

    stored = Move.objects.get(pk=move.pk)
    numbers = [(tried.number, tried.outcome) for tried in stored.attempts.all()]
    assert stored.state == S.COMPLETED
    assert numbers == [(1, "FAILED"), (2, "COMPLETED")]


def test_a_closed_administration_is_left_alone_by_everybody_else(
    a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.APPROVED)
    runner.prepare(start(move))

    with pytest.raises(DomainError, match="dicht"):
        recount_documents(
            move.wanted.administration_id,
            {
                "documents": 1,
                "documents_unprocessed": 0,
                "documents_awaiting_authorisation": 0,
            },
            actor=actor_for(agent),
            ticket="SUP-9",
        )


def test_a_run_that_makes_no_progress_asks_a_person(
    a_move: MakeMove, settings: Settings
) -> None:
    settings.PORTAL_MAX_TAKEOVERS = 2
    move = a_move(S.RUNNING)

    for worker in ("worker-2", "worker-3"):
        expire_lease(move)
        assert takeover.resume_expired(worker) is not None
    expire_lease(move)

    assert takeover.resume_expired("worker-4") is None
    assert outcome(move) == (S.IN_DOUBT, "no_progress")


@pytest.mark.parametrize(
    ("answer", "state"),
    [(DONE, S.COMPLETED), (NOT_DONE, S.COMPLETED), (ROLL_BACK, S.STOPPED)],
)
def test_a_lead_settles_a_doubt_and_the_worker_does_it(
    answer: str, state: MoveState, a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.IN_DOUBT)

    settle_move(move.pk, actor=actor_for(lead), answer=answer, reason="Nagekeken.")
    attempt = takeover.resume_expired("worker-2")
    assert attempt is not None
    runner.execute(attempt)

    there = Administration.objects.get(pk=move.wanted.administration_id)
    assert (Move.objects.get(pk=move.pk).state, there.closed_by) == (state, None)


def test_a_takeover_goes_on_where_the_ledger_says(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    runner.prepare(start(move))
    expire_lease(move)

    attempt = takeover.resume_expired("worker-2")
    assert attempt is not None
    runner.execute(attempt)

    done = move.effects.values_list("step", "worker").order_by("id")
    assert dict(done)[StepCode.CLOSE] == "worker-1"
    assert dict(done)[StepCode.CHANGE_PLACE] == "worker-2"
    assert [step for step, _worker in done] == list(steps_of(MoveType.CHANGE_CODE))


def test_the_time_in_which_nobody_copied_does_not_slow_a_run(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)
    died = timezone.now() - timedelta(minutes=2)
    move.attempts.update(
        copying_since=died - timedelta(seconds=10),
        heartbeat_at=died,
        copied_size=1000,
        size=2000,
    )
    expire_lease(move)

    attempt = takeover.resume_expired("worker-2")

    assert attempt is not None
    assert Archive(attempt).bytes_per_second == pytest.approx(100)


def test_who_lost_the_lease_changes_nothing_any_more(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    late = start(move)
    expire_lease(move)
    attempt = takeover.resume_expired("worker-2")

    runner.execute(late)

    assert attempt is not None
    assert (outcome(move)[0], move.effects.count()) == (S.RUNNING, 0)


@pytest.mark.parametrize("move_type", MoveType)
def test_the_after_care_is_that_of_the_type(
    move_type: MoveType, a_move: MakeMove
) -> None:
    move = a_move(S.COMPLETED, move_type=move_type)

    codes = set(move.aftercare.values_list("code", flat=True))

    environment = {
        "create_users",
        "rebuild_authorisation",
        "check_invoicing",
        "delete_left_over_users",
    }
    mix = {
        MoveType.MOVE_ENVIRONMENT: {*environment, "tell_new_address", *LINKED},
        MoveType.CHANGE_CODE: {"tell_new_address", "check_synchronisation"},
        MoveType.RELINK_CONNECTION: LINKED,
        MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE: {
            *environment,
            "tell_new_address",
            *LINKED,
        },
        MoveType.RELINK_CONNECTION_AND_CHANGE_CODE: {"tell_new_address", *LINKED},
    }
    assert codes == mix[move_type]


LINKED = {"link_package_users", "check_synchronisation", "test_booking"}


def test_with_an_own_code_for_the_address_a_new_code_leaves_it_as_it_is(
    a_move: MakeMove,
) -> None:
    administration = make_administration(mail_code="bakker")

    move = a_move(S.COMPLETED, administration=administration)

    there = Administration.objects.get(pk=administration.pk)
    assert there.code == move.to_code
    assert there.mail_address == administration.mail_address
    assert not move.aftercare.filter(code="tell_new_address").exists()


def test_who_comes_last_is_served_before_the_others_are_served_again(
    a_move: MakeMove,
) -> None:
    """However many wait of other offices: each look counts their turns anew."""
    others = [make_connection() for _office in range(3)]
    for link in others * 2:
        a_move(S.APPROVED, administration=make_administration(link))
    for _office in others:
        runner.run(dispatch.due_now()[0], "worker-1")
    newcomer = a_move(S.APPROVED, administration=make_administration(make_connection()))

    assert dispatch.due_now()[0] == newcomer.pk
