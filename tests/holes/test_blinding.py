"""No guard is blinded by a name: each way that the app role could try is refused.

A temporary table comes before the real one wherever a search path is not fixed. So the
right to make one is given here: a guard holds by itself, not only by the lack of it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import Error, connection, transaction
from psycopg2 import extensions

from adminmoves.models import Attempt, BookkeepingConnection, Document, Move, Proof
from adminmoves.models.app_role_check import FIXED_PATHS, INLINED, NO_SCHEMA
from adminmoves.models.refusals import constraint_name
from adminmoves.vocabulary import MoveState
from tests.builders import make_administration, make_draft, make_environment
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db(transaction=True)
S = MoveState
FUNCTIONS = """
    SELECT p.proname, coalesce(array_to_string(p.proconfig, '; '), ''), p.prosrc,
           pg_get_function_sqlbody(p.oid) IS NOT NULL
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@pytest.fixture
def temporary(owner: extensions.connection) -> Iterator[None]:
    """The app role may make temporary tables, as before this was taken away."""
    with owner.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        [name] = cursor.fetchone() or []
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {name} TO portal_app")
        yield
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM portal_app")


def told_by(*statements: str) -> str:
    """The rule by which the last statement was refused; the ones before it pass."""
    with pytest.raises(Error) as refusal:
        run(*statements)
    return constraint_name(refusal.value) or str(refusal.value).strip()


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def shadow(*tables: str) -> list[str]:
    """Empty temporary tables that look like the real ones."""
    return [
        f"CREATE TEMP TABLE adminmoves_{table} ON COMMIT DROP AS"
        f" SELECT * FROM public.adminmoves_{table} WITH NO DATA"
        for table in tables
    ]


def filled(table: str, where: str = "true", **changes: str) -> list[str]:
    """A temporary copy of a table, in which something else is true."""
    name = f"adminmoves_{table}"
    copy = f"CREATE TEMP TABLE {name} ON COMMIT DROP AS SELECT * FROM public.{name}"
    lies = ", ".join(f"{column} = {value}" for column, value in changes.items())
    return [copy, f"UPDATE pg_temp.{name} SET {lies} WHERE {where}"]


def test_every_function_says_where_its_names_are_looked_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        found = {name: rest for name, *rest in cursor.fetchall()}

    without = {
        name
        for name, (config, _text, _parsed) in found.items()
        if not any(path in config for path in FIXED_PATHS)
    }
    assert without == set(INLINED)
    text = {name: found[name] for name in INLINED}
    # Parsed when they were made: their names mean what they meant then.
    parsed = {name for name, (_config, _text, is_parsed) in text.items() if is_parsed}
    assert parsed == set(INLINED) - {"adminmoves_event_digest"}
    # Read anew each time: every function and type says its schema.
    calls = set(re.findall(r"([\w.]+)\(", text["adminmoves_event_digest"][1]))
    types = set(re.findall(r"::([\w.]+)", text["adminmoves_event_digest"][1]))
    assert {
        name for name in calls | types if not name.startswith("pg_catalog.")
    } == set()


ACTING_AS_OWNER = """
    SELECT proname, proconfig FROM pg_catalog.pg_proc
    WHERE pronamespace = 'public'::pg_catalog.regnamespace AND prosecdef
"""


def test_what_acts_as_the_owner_looks_up_no_name_where_others_may_make_some() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ACTING_AS_OWNER)
        found = dict(cursor.fetchall())

    assert {"adminmoves_chain_event", "adminmoves_index_new"} <= set(found)
    assert {name for name, config in found.items() if NO_SCHEMA not in config} == set()


def test_the_app_role_makes_no_table_that_could_come_before_a_real_one() -> None:
    assert "permission denied to create temporary tables" in told_by(*shadow("move"))
    assert "permission denied for schema public" in told_by(
        "CREATE FUNCTION public.upper(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1'"
    )
    assert "permission denied" in told_by("CREATE SCHEMA own")


@pytest.mark.usefixtures("temporary")
def test_an_approver_who_contributed_is_seen(a_move: MakeMove, agent: User) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    approve = (
        "UPDATE public.adminmoves_move SET state = 'APPROVED', approved_at = now(),"
        f" plan_hash = repeat('0', 64), approved_by_id = {agent.pk}"
        f" WHERE id = {move.pk}"
    )

    assert told_by(*shadow("contributor"), approve) == "move_four_eyes"


@pytest.mark.usefixtures("temporary")
def test_an_approver_who_is_switched_off_is_seen(a_move: MakeMove, lead: User) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    User.objects.filter(pk=lead.pk).update(is_active=False)

    rule = told_by(
        "CREATE TEMP TABLE auth_user ON COMMIT DROP AS SELECT * FROM public.auth_user",
        "UPDATE pg_temp.auth_user SET is_active = true",
        "UPDATE public.adminmoves_move SET state = 'APPROVED', approved_at = now(),"
        f" plan_hash = repeat('0', 64), approved_by_id = {lead.pk}"
        f" WHERE id = {move.pk}",
    )

    assert rule == "move_four_eyes"


@pytest.mark.usefixtures("temporary")
def test_a_place_without_a_running_move_is_seen(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    token = "11111111-1111-1111-1111-111111111111"  # noqa: S105 - opens nothing
    lease = (
        "INSERT INTO pg_temp.adminmoves_attempt (id, move_id, token, lease_until)"
        f" VALUES (1, {move.pk}, '{token}', now() + interval '1 hour')"
    )

    rule = told_by(
        *filled("move", state="'RUNNING'"),
        *shadow("attempt"),
        lease,
        f"SET LOCAL portal.lease = '{token}'",
        "UPDATE public.adminmoves_administration SET code = "
        f"'{move.to_code}' WHERE id = {move.administration_id}",
    )

    assert rule == "administration_place_guard"


@pytest.mark.usefixtures("temporary")
def test_completed_at_the_old_place_is_seen(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)

    rule = told_by(
        *filled_administration(move),
        "UPDATE public.adminmoves_move SET state = 'COMPLETED', ended_at = now()"
        f" WHERE id = {move.pk}",
    )

    assert rule == "move_completed"


def filled_administration(move: Move) -> list[str]:
    return filled(
        "administration",
        f"id = {move.administration_id}",
        connection_id=str(move.to_connection_id),
        code_key=f"'{move.to_code_key}'",
        closed_by_id="NULL",
    )


@pytest.mark.usefixtures("temporary")
@pytest.mark.parametrize("state", ["FAILED", "STOPPED"])
def test_undone_while_it_is_closed_is_seen(state: str, a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)
    token = Attempt.objects.get(move=move).token
    close = (
        f"SET LOCAL portal.lease = '{token}'; UPDATE public.adminmoves_administration"
        f" SET closed_by_id = {move.pk} WHERE id = {move.administration_id}"
    )

    rule = told_by(
        close,
        *filled("administration", closed_by_id="NULL"),
        f"UPDATE public.adminmoves_move SET state = '{state}', ended_at = now()"
        f" WHERE id = {move.pk}",
    )

    assert rule == "move_undone"


@pytest.mark.usefixtures("temporary")
def test_a_start_without_a_lease_is_seen(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)

    rule = told_by(
        *shadow("attempt"),
        f"INSERT INTO pg_temp.adminmoves_attempt (id, move_id) VALUES (1, {move.pk})",
        f"UPDATE public.adminmoves_move SET state = 'RUNNING' WHERE id = {move.pk}",
    )

    assert rule == "move_lease"


@pytest.mark.usefixtures("temporary")
def test_another_licence_for_a_connection_in_use_is_seen() -> None:
    administration = make_administration()

    rule = told_by(
        *shadow("administration", "move"),
        "UPDATE public.adminmoves_bookkeepingconnection SET package_environment ="
        f" 'OTHER' WHERE id = {administration.connection_id}",
    )

    assert rule == "connection_in_use"


@pytest.mark.usefixtures("temporary")
def test_another_code_for_an_office_in_use_is_seen() -> None:
    administration = make_administration()

    rule = told_by(
        *shadow("administration", "move"),
        "UPDATE public.adminmoves_environment SET office_code = 'NIEUW' WHERE id ="
        f" {administration.environment_id}",
    )

    assert rule == "environment_in_use"


@pytest.mark.usefixtures("temporary")
def test_an_origin_that_is_not_true_is_seen(a_move: MakeMove, agent: User) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    draft = make_draft(agent)
    other = BookkeepingConnection.objects.get(pk=move.wanted.connection_id)

    rule = told_by(
        "UPDATE public.adminmoves_move SET from_code = 'ELDERS', package ="
        f" '{other.package}', from_connection_id = {other.pk}, from_environment_id ="
        f" {other.environment_id}, submitted_at = now(), move_type = 'CHANGE_CODE'"
        f" WHERE id = {draft.pk}",
        *filled(
            "administration",
            code="'ELDERS'",
            package=f"'{other.package}'",
            connection_id=str(other.pk),
            environment_id=str(other.environment_id),
        ),
        "UPDATE public.adminmoves_move SET state = 'AWAITING_BOOKKEEPING'"
        f" WHERE id = {draft.pk}",
    )

    assert rule == "move_origin"


@pytest.mark.usefixtures("temporary")
def test_a_contributor_who_approved_is_seen(a_move: MakeMove, lead: User) -> None:
    move = a_move(S.APPROVED)

    rule = told_by(
        *shadow("move"),
        "INSERT INTO public.adminmoves_contributor (move_id, user_id, revision, part,"
        f" at) VALUES ({move.pk}, {lead.pk}, 1, 'edited', now())",
    )

    assert rule == "move_four_eyes"


@pytest.mark.usefixtures("temporary")
def test_a_reverse_of_what_did_not_complete_is_seen(
    a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    draft = make_draft(agent, administration=move.administration)

    rule = told_by(
        *filled("move", state="'COMPLETED'"),
        f"UPDATE public.adminmoves_move SET reverses_id = {move.pk}"
        f" WHERE id = {draft.pk}",
    )

    assert rule == "move_reverse"


@pytest.mark.usefixtures("temporary")
def test_a_proof_is_about_the_administration_of_its_move(
    a_move: MakeMove, agent: User
) -> None:
    move, other = a_move(S.AWAITING_BOOKKEEPING), make_administration()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in filled("move", administration_id=str(other.pk)):
            cursor.execute(statement)
        proof = Proof.objects.create(
            move=move,
            revision=1,
            connection_id=move.wanted.connection_id,
            package=move.package,
            code=move.to_code,
            kind="ATTESTED",
            verdict="ATTESTED",
            attested_by=agent,
        )

    proof.refresh_from_db()
    assert proof.administration_id == move.administration_id


@pytest.mark.usefixtures("temporary")
def test_a_document_for_a_closed_administration_is_seen(a_move: MakeMove) -> None:
    move = a_move(S.RUNNING)
    token = Attempt.objects.get(move=move).token

    rule = told_by(
        f"SET LOCAL portal.lease = '{token}'; UPDATE public.adminmoves_administration"
        f" SET closed_by_id = {move.pk} WHERE id = {move.administration_id}",
        *filled("administration", closed_by_id="NULL"),
        "INSERT INTO public.adminmoves_document (administration_id, storage_key, size,"
        " sha256, workflow_state, received_at) VALUES"
        f" ({move.administration_id}, 'a', 1, repeat('0', 64), 'PROCESSED', now())",
    )

    assert rule == "archive_closed"


@pytest.mark.usefixtures("temporary")
def test_a_file_that_changes_place_without_a_run_is_seen(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    document = Document.objects.create(
        administration_id=move.wanted.administration_id,
        storage_key="here", size=1, sha256="0" * 64,
    )  # fmt: skip
    token = "11111111-1111-1111-1111-111111111111"  # noqa: S105 - opens nothing

    rule = told_by(
        *filled("move", state="'RUNNING'"),
        *shadow("attempt", "documentcopy"),
        "INSERT INTO pg_temp.adminmoves_attempt (id, move_id, token, lease_until)"
        f" VALUES (1, {move.pk}, '{token}', now() + interval '1 hour')",
        "INSERT INTO pg_temp.adminmoves_documentcopy"
        " (id, storage_key, size, sha256, document_id, move_id)"
        f" VALUES (1, 'there', 1, repeat('0', 64), {document.pk}, {move.pk})",
        f"SET LOCAL portal.lease = '{token}'",
        "UPDATE public.adminmoves_document SET storage_key = 'there' WHERE id ="
        f" {document.pk}",
    )

    assert rule == "document_place_guard"


@pytest.mark.usefixtures("temporary")
def test_a_file_in_use_that_is_listed_for_removal_is_seen(a_move: MakeMove) -> None:
    move = a_move(S.COMPLETED)
    document = Document.objects.create(
        administration_id=move.wanted.administration_id,
        storage_key="here", size=1, sha256="0" * 64,
    )  # fmt: skip

    rule = told_by(
        *shadow("document"),
        "INSERT INTO public.adminmoves_cleanup (id, move_id, due_at, token, files,"
        f" removed, problem) VALUES (9999, {move.pk}, now(), gen_random_uuid(), 1, 0,"
        " '')",
        "INSERT INTO public.adminmoves_leftover (clean_up_id, storage_key) VALUES"
        f" (9999, '{document.storage_key}')",
    )

    assert rule == "leftover_in_use"


@contextmanager
def a_type_of_its_own(name: str) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMP TABLE "{name}" (lie int) ON COMMIT DROP')
        yield


@pytest.mark.usefixtures("temporary")
@pytest.mark.parametrize("name", ["text", "jsonb", "varchar", "boolean", "record"])
def test_a_type_of_the_same_name_changes_no_digest_and_no_key(
    name: str, a_move: MakeMove
) -> None:
    a_move(S.DRAFT)
    asked = (
        "SELECT bool_and(adminmoves_event_digest(e) = e.digest),"
        " adminmoves_code_key('EXACT_ONLINE', ' 007 ') FROM adminmoves_event e"
    )

    with a_type_of_its_own(name), connection.cursor() as cursor:
        cursor.execute(asked)
        found = cursor.fetchone()

    assert found == (True, "7")


def test_an_office_is_made_as_before() -> None:
    """Fixed paths are no hindrance for who does what is allowed."""
    assert make_environment().pk
