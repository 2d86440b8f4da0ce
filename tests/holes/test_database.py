"""Holes that somebody with the app role's SQL or a shell would try."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.db import Error, IntegrityError, ProgrammingError, connection, transaction
from django_fsm import TransitionNotAllowed

from adminmoves.access import actor_for
from adminmoves.intake.draft.actions import edit_draft, reopen_move
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Contributor,
    Event,
    Move,
    Proof,
)
from adminmoves.models.refusals import constraint_name
from adminmoves.vocabulary import MoveState, MoveType, Package
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    submit,
)
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
S = MoveState


def refused(statement: str, values: Sequence[str | int | None] = ()) -> str:
    """The rule, or the database's words, by which a statement is refused."""
    with pytest.raises(Error) as refusal, transaction.atomic():
        run_sql(statement, values)
    return constraint_name(refusal.value) or str(refusal.value).strip()


def run_sql(statement: str, values: Sequence[str | int | None] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_portal_serves_as_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            " AND tableowner = current_user"
        )
        owned = cursor.fetchone()
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        superuser = cursor.fetchone()

    assert (owned, superuser) == ((0,), (False,))


@pytest.mark.parametrize("state", sorted(set(MoveState) - {S.DRAFT}))
def test_a_move_cannot_be_inserted_straight_into_a_state(
    state: MoveState, a_move: MakeMove
) -> None:
    move = a_move(S.DRAFT)
    copied = ", ".join(
        str(field.column)
        for field in Move._meta.concrete_fields  # noqa: SLF001 - Django's public name
        if field.column not in {"id", "state", "to_code_key"}
    )

    rule = refused(
        f"INSERT INTO adminmoves_move (state, {copied})"  # noqa: S608 - fixed names
        f" SELECT %s, {copied} FROM adminmoves_move WHERE id = %s",
        [state, move.pk],
    )

    assert rule == "move_begins_as_draft"


@pytest.mark.parametrize(
    "state", [S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL, S.APPROVED, S.RUNNING]
)
def test_the_wanted_place_does_not_change_after_submitting(
    state: MoveState, a_move: MakeMove
) -> None:
    move = a_move(state)

    with pytest.raises(IntegrityError, match="only in a draft"), transaction.atomic():
        Move.objects.filter(pk=move.pk).update(to_code="9999")

    assert Move.objects.get(pk=move.pk).to_code == move.to_code


def test_where_a_running_move_comes_from_is_frozen(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)

    rule = refused(
        "UPDATE adminmoves_move SET from_code = 'X' WHERE id = %s", [move.pk]
    )

    assert rule == "move_origin_frozen"


def test_a_place_does_not_change_without_a_running_move() -> None:
    administration = make_administration()

    by_update = refused(
        "UPDATE adminmoves_administration SET code = '9999' WHERE id = %s",
        [administration.pk],
    )
    with (
        pytest.raises(IntegrityError, match="only by a running move"),
        transaction.atomic(),
    ):
        Administration.objects.filter(pk=administration.pk).update(code="9999")
    other = make_connection(administration.environment)
    by_connection = refused(
        "UPDATE adminmoves_administration SET connection_id = %s WHERE id = %s",
        [other.pk, administration.pk],
    )

    assert (by_update, by_connection) == ("administration_place_guard",) * 2


def test_even_while_it_runs_only_the_worker_with_the_lease_moves_it(
    a_move: MakeMove,
) -> None:
    move = a_move(S.RUNNING)

    rule = refused(
        "UPDATE adminmoves_administration SET code = %s WHERE id = %s",
        [move.to_code, move.administration_id],
    )
    run_sql(
        "SELECT set_config('portal.lease', '00000000-0000-0000-0000-000000000000',"
        " true)"
    )
    with_wrong_lease = refused(
        "UPDATE adminmoves_administration SET code = %s WHERE id = %s",
        [move.to_code, move.administration_id],
    )

    assert (rule, with_wrong_lease) == ("administration_place_guard",) * 2


def test_the_worker_itself_cannot_bring_it_to_another_place(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)
    attempt = move.attempts.get()
    run_sql("SELECT set_config('portal.lease', %s, true)", [str(attempt.token)])

    with (
        pytest.raises(IntegrityError, match="wants another place"),
        transaction.atomic(),
    ):
        Administration.objects.filter(pk=move.wanted.administration_id).update(
            code="X1"
        )

    assert (
        Administration.objects.get(pk=move.wanted.administration_id).code
        == move.from_code
    )


def test_a_late_write_with_an_expired_lease_is_refused(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)
    attempt = move.attempts.get()
    run_sql("SELECT set_config('portal.lease', %s, true)", [str(attempt.token)])
    run_sql(
        "UPDATE adminmoves_attempt SET lease_until = now() - interval '1 second'"
        " WHERE id = %s",
        [attempt.pk],
    )

    rule = refused(
        "UPDATE adminmoves_administration SET code = %s WHERE id = %s",
        [move.to_code, move.administration_id],
    )

    assert rule == "administration_place_guard"


def test_a_spelling_with_the_same_key_is_no_change_of_place() -> None:
    administration = make_administration(code="mvl00124")

    Administration.objects.filter(pk=administration.pk).update(code="MVL00124")

    assert Administration.objects.get(pk=administration.pk).code == "MVL00124"


def test_a_connection_in_use_keeps_office_package_and_licence() -> None:
    administration = make_administration()
    used = BookkeepingConnection.objects.filter(pk=administration.connection_id)

    refusals = []
    for change in (
        {"environment": make_environment()},
        {"package": Package.TWINFIELD},
        {"package_environment": "OTHER"},
        {"country": "be"},
        {"base_url": "https://elders.example"},
    ):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            used.update(**change)
        refusals.append("a connection in use" in str(refusal.value))

    assert refusals == [True] * 5


def test_an_office_in_use_keeps_its_code() -> None:
    administration = make_administration()

    rule = refused(
        "UPDATE adminmoves_environment SET office_code = 'NIEUW' WHERE id = %s",
        [administration.environment_id],
    )

    assert rule == "environment_in_use"


def test_the_proof_of_another_move_is_no_proof(a_move: MakeMove) -> None:
    proven, waiting = a_move(S.AWAITING_APPROVAL), a_move(S.AWAITING_BOOKKEEPING)

    rule = refused(
        "UPDATE adminmoves_move SET proof_id = %s, state = 'AWAITING_APPROVAL'"
        " WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE",
        [proven.proof_id, waiting.pk],
    )

    assert rule == "move_proof_is_its_own"


def test_the_proof_of_another_code_is_no_proof(a_move: MakeMove, agent: User) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    proof = Proof.objects.create(
        move=move,
        revision=1,
        connection_id=move.wanted.connection_id,
        package=move.package,
        code="6666",
        kind="ATTESTED",
        verdict="ATTESTED",
        attested_by=agent,
    )

    rule = refused(
        "UPDATE adminmoves_move SET proof_id = %s, state = 'AWAITING_APPROVAL'"
        " WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE",
        [proof.pk, move.pk],
    )

    assert rule == "move_proof_is_its_own"


def test_an_answer_that_did_not_find_it_is_no_proof(a_move: MakeMove) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    proof = Proof.objects.create(
        move=move,
        revision=1,
        connection_id=move.wanted.connection_id,
        package=move.package,
        code=move.to_code,
        kind="VERIFIED",
        verdict="NOT_FOUND_OR_NO_ACCESS",
    )

    rule = refused(
        "UPDATE adminmoves_move SET proof_id = %s, state = 'AWAITING_APPROVAL'"
        " WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE",
        [proof.pk, move.pk],
    )

    assert rule == "move_proof_is_its_own"


@pytest.mark.parametrize("state", [S.AWAITING_APPROVAL, S.APPROVED, S.RUNNING])
def test_a_proof_cannot_be_taken_away_from_under_a_move(
    state: MoveState, a_move: MakeMove
) -> None:
    move = a_move(state)

    rule = refused(
        "UPDATE adminmoves_move SET proof_id = NULL WHERE id = %s", [move.pk]
    )

    assert rule == "moved_in_the_package_first"


def test_completed_means_that_the_administration_is_there(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)

    rule = refused(
        "UPDATE adminmoves_move SET state = 'COMPLETED' WHERE id = %s", [move.pk]
    )

    assert rule == "move_completed"


def test_a_move_starts_only_under_a_lease(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)

    rule = refused(
        "UPDATE adminmoves_move SET state = 'RUNNING' WHERE id = %s", [move.pk]
    )

    assert rule == "move_lease"


def test_an_approver_who_contributed_or_is_absent_is_refused(
    a_move: MakeMove, agent: User, lead: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    approve = (
        "UPDATE adminmoves_move SET state = 'APPROVED', approved_at = now(),"
        " plan_hash = repeat('0', 64), approved_by_id = %s WHERE id = %s"
    )

    rules = [refused(approve, [who, move.pk]) for who in (agent.pk, None, lead.pk)]

    assert rules == ["move_four_eyes"] * 3


def test_who_approved_does_not_become_a_contributor(
    a_move: MakeMove, lead: User
) -> None:
    move = a_move(S.APPROVED)

    with (
        pytest.raises(IntegrityError, match="does not contribute"),
        transaction.atomic(),
    ):
        Contributor.objects.create(move=move, user=lead, revision=1, part="edited")


@pytest.mark.parametrize(
    "table", ["event", "proof", "contributor", "effect", "formerplace"]
)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_what_was_written_stays(table: str, statement: str, a_move: MakeMove) -> None:
    a_move(S.COMPLETED)

    sentence = refused(statement.format(f"adminmoves_{table}"))

    assert sentence.startswith("permission denied")


@pytest.mark.parametrize("table", ["administration", "move", "environment"])
def test_the_app_role_deletes_nothing(table: str, a_move: MakeMove) -> None:
    a_move(S.DRAFT)
    statement = "DELETE FROM adminmoves_{}"

    sentence = refused(statement.format(table))

    assert sentence.startswith("permission denied")


def test_the_app_role_writes_no_stream_heads(a_move: MakeMove) -> None:
    a_move(S.DRAFT)

    sentence = refused("UPDATE adminmoves_streamhead SET count = 0")

    assert sentence.startswith("permission denied")


def test_the_app_role_cannot_switch_a_guard_off() -> None:
    with pytest.raises(ProgrammingError, match="must be owner"), transaction.atomic():
        run_sql("ALTER TABLE adminmoves_move DISABLE TRIGGER ALL")
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        run_sql("SET session_replication_role = replica")


def test_a_state_cannot_be_assigned(a_move: MakeMove) -> None:
    move = a_move(S.DRAFT)

    with pytest.raises(AttributeError):
        move.state = S.APPROVED
    with pytest.raises(TransitionNotAllowed):
        move.finish()

    assert Move.objects.get(pk=move.pk).state == S.DRAFT


def test_an_edit_after_the_proof_needs_a_new_proof(
    a_move: MakeMove, agent: User
) -> None:
    from_ = a_move(S.AWAITING_APPROVAL)
    draft = reopen_as(from_, agent)
    edit_code(draft, agent, "5123")

    again = submit(Move.objects.get(pk=draft.pk), agent)

    assert (again.state, again.proof_id) == (S.AWAITING_BOOKKEEPING, None)


def test_an_unchanged_place_keeps_its_proof(a_move: MakeMove, agent: User) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    draft = reopen_as(move, agent)

    again = submit(draft, agent)

    assert (again.state, again.proof_id) == (S.AWAITING_APPROVAL, move.proof_id)


def test_one_open_move_per_administration(agent: User, a_move: MakeMove) -> None:
    open_one = a_move(S.AWAITING_BOOKKEEPING)
    second = make_draft(agent, administration=open_one.administration)
    origin = {
        name: getattr(open_one, name)
        for name in ("from_connection", "from_environment", "from_code")
    }
    Move.objects.filter(pk=second.pk).update(
        move_type=MoveType.CHANGE_CODE, submitted_at=open_one.submitted_at, **origin
    )

    rule = refused(
        "UPDATE adminmoves_move SET state = 'AWAITING_BOOKKEEPING' WHERE id = %s",
        [second.pk],
    )

    assert rule == "one_open_move_per_administration"


def test_every_step_of_a_move_is_in_its_trail(a_move: MakeMove) -> None:
    move = a_move(S.COMPLETED)

    steps = Event.objects.filter(move=move).exclude(after="").order_by("id")
    assert [(line.before, line.after) for line in steps if line.before] == [
        (S.DRAFT, S.AWAITING_BOOKKEEPING),
        (S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL),
        (S.AWAITING_APPROVAL, S.APPROVED),
        (S.APPROVED, S.RUNNING),
        (S.RUNNING, S.COMPLETED),
    ]


def reopen_as(move: Move, agent: User) -> Move:
    return reopen_move(move.pk, actor=actor_for(agent))


def edit_code(move: Move, agent: User, code: str) -> Move:
    return edit_draft(move.pk, {"to_code": code}, actor=actor_for(agent))


def test_a_proof_about_another_administration_is_no_proof(
    a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    proof = move.proof_id
    draft = reopen_as(move, agent)
    other = make_administration(move.to_connection)
    edit_draft(
        draft.pk,
        {"administration": other, "to_code": move.to_code},
        actor=actor_for(agent),
    )

    rule = refused(
        "UPDATE adminmoves_move SET proof_id = %s WHERE id = %s", [proof, move.pk]
    )

    assert rule == "move_proof_is_its_own"


@pytest.mark.parametrize("state", [S.APPROVED, S.RUNNING, S.FAILED, S.STOPPED])
@pytest.mark.parametrize(
    "change",
    [
        "plan_hash = repeat('0', 64)",
        "plan = '{}'",
        "warnings_seen = '[1]'",
        "approved_at = now()",
    ],
)
def test_an_approval_does_not_change_afterwards(
    change: str, state: MoveState, a_move: MakeMove
) -> None:
    move = a_move(state)

    rule = refused(f"UPDATE adminmoves_move SET {change} WHERE id = %s", [move.pk])  # noqa: S608 - fixed text

    assert rule == "move_plan_frozen"
