"""What the app role may do: one table of rights, and the database agrees."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection
from psycopg2 import extensions

from adminmoves.models.app_role_check import check_rights
from adminmoves.models.app_role_rights import APPEND, EXECUTED, GRANTS, READ
from adminmoves.operations.guards import problems
from migrations_portal.supervisor.account import child_account
from migrations_portal.supervisor.postgres import find_install
from migrations_portal.supervisor.state import CHECKOUT, state_folder
from tests.servers import as_owner, copy_database, drop_database, with_database

TRAIL = (
    "event",
    "eventwords",
    "proof",
    "proofwords",
    "evidencefile",
    "contributor",
    "effect",
)
RIGHTS = """
    SELECT tablename, array_agg(privilege ORDER BY place)
    FROM pg_tables,
         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                      'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS p(privilege, place)
    WHERE schemaname = 'public'
      AND has_table_privilege('portal_app', 'public.' || tablename, privilege)
    GROUP BY tablename
"""


def test_the_app_role_has_the_listed_rights_and_no_other(
    owner: extensions.connection,
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(RIGHTS)
        granted = {table: tuple(rights) for table, rights in cursor}

    assert granted == GRANTS


def test_what_was_said_and_done_can_only_be_added() -> None:
    rights = {name: GRANTS[f"adminmoves_{name}"] for name in TRAIL}

    assert rights == dict.fromkeys(TRAIL, APPEND)
    assert GRANTS["adminmoves_streamhead"] == READ


def test_the_app_role_owns_nothing_and_may_not_create(
    owner: extensions.connection,
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege('portal_app', 'public', 'CREATE'),"
            " (SELECT count(*) FROM pg_tables WHERE tableowner = 'portal_app'),"
            " rolsuper, rolcreaterole, rolcreatedb"
            " FROM pg_roles WHERE rolname = 'portal_app'"
        )

        assert cursor.fetchone() == (False, 0, False, False, False)


@pytest.mark.django_db
def test_every_table_of_the_database_is_listed() -> None:
    assert set(connection.introspection.table_names()) == set(GRANTS)


# Every other right that there is, on whatever there is.
ELSE = """
    SELECT 'database', datname::text, p
    FROM pg_database, unnest(ARRAY['CREATE', 'TEMPORARY', 'CONNECT']) AS p
    WHERE datname = current_database()
      AND has_database_privilege('portal_app', datname, p)
    UNION ALL
    SELECT 'schema', nspname, p FROM pg_namespace, unnest(ARRAY['CREATE', 'USAGE']) AS p
    WHERE nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema'
      AND has_schema_privilege('portal_app', nspname, p)
    UNION ALL
    SELECT 'sequence', sequencename, p
    FROM pg_sequences, unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) AS p
    WHERE has_sequence_privilege('portal_app', 'public.' || sequencename, p)
    UNION ALL
    SELECT 'column', attrelid::regclass || '.' || attname, attacl::text
    FROM pg_attribute WHERE attacl IS NOT NULL
      AND attrelid IN (SELECT oid FROM pg_class
                       WHERE relnamespace = 'public'::regnamespace)
    UNION ALL
    SELECT 'function', oid::regprocedure::text, 'EXECUTE' FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'adminmoves%'
      AND has_function_privilege('portal_app', oid, 'EXECUTE')
"""


def test_of_everything_else_it_has_the_listed_rights_and_no_other(
    owner: extensions.connection, database_name: str
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(ELSE)
        rights = set(cursor.fetchall())

    assert rights == {
        ("database", database_name, "CONNECT"),
        ("schema", "public", "USAGE"),
        *(("function", signature, "EXECUTE") for signature in EXECUTED),
    }


@pytest.mark.django_db
def test_the_check_finds_nothing_to_mend() -> None:
    assert problems() == []


BEYOND = [
    ("GRANT TRUNCATE ON adminmoves_event TO portal_app",
     "REVOKE TRUNCATE ON adminmoves_event FROM portal_app",
     "may TRUNCATE on adminmoves_event"),
    ("GRANT UPDATE ON adminmoves_streamhead TO PUBLIC",
     "REVOKE UPDATE ON adminmoves_streamhead FROM PUBLIC",
     "may UPDATE on adminmoves_streamhead"),
    ("GRANT UPDATE (digest) ON adminmoves_event TO portal_app",
     "REVOKE UPDATE (digest) ON adminmoves_event FROM portal_app",
     "may UPDATE on column digest of adminmoves_event"),
    ("GRANT SELECT ON adminmoves_move TO portal_app WITH GRANT OPTION",
     "REVOKE GRANT OPTION FOR SELECT ON adminmoves_move FROM portal_app",
     "may SELECT on adminmoves_move and grant it"),
    ("GRANT UPDATE ON SEQUENCE adminmoves_event_id_seq TO portal_app",
     "REVOKE ALL ON SEQUENCE adminmoves_event_id_seq FROM portal_app",
     "may UPDATE on adminmoves_event_id_seq"),
    ("GRANT EXECUTE ON FUNCTION adminmoves_chain_event() TO PUBLIC",
     "REVOKE EXECUTE ON FUNCTION adminmoves_chain_event() FROM PUBLIC",
     "may execute adminmoves_chain_event()"),
    ("GRANT CREATE ON SCHEMA public TO PUBLIC",
     "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
     "may create objects in schema public"),
    (("DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC',"
     " current_database()); END $$"),
     ("DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC',"
     " current_database()); END $$"),
     "may TEMPORARY in this database"),
    ("ALTER TABLE adminmoves_move DISABLE TRIGGER guard",
     "ALTER TABLE adminmoves_move ENABLE TRIGGER guard",
     "the trigger guard of adminmoves_move is switched off"),
    ("ALTER FUNCTION adminmoves_guard_move() RESET search_path",
     ("ALTER FUNCTION adminmoves_guard_move()"
     " SET search_path = pg_catalog, public, pg_temp"),
     "adminmoves_guard_move() has no fixed search_path"),
    ("ALTER FUNCTION adminmoves_guard_move() SET search_path = public, pg_catalog",
     ("ALTER FUNCTION adminmoves_guard_move()"
     " SET search_path = pg_catalog, public, pg_temp"),
     "adminmoves_guard_move() has no fixed search_path"),
    ("REVOKE SELECT ON adminmoves_move FROM portal_app",
     "GRANT SELECT ON adminmoves_move TO portal_app",
     "may not SELECT on adminmoves_move"),
    (("INSERT INTO django_migrations (app, name, applied)"
     " VALUES ('adminmoves', '9999_later', now())"),
     "DELETE FROM django_migrations WHERE name = '9999_later'",
     "the schema is newer than this code, it has adminmoves.9999_later"),
    (("UPDATE django_migrations SET name = '0007_later'"
     " WHERE name = '0007_guards'"),
     ("UPDATE django_migrations SET name = '0007_guards'"
     " WHERE name = '0007_later'"),
     "the schema lacks adminmoves.0007_guards"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "mended", "sentence"), BEYOND)
def test_what_is_beyond_the_list_is_named(
    wrong: str, mended: str, sentence: str, owner: extensions.connection
) -> None:
    with owner.cursor() as cursor:
        cursor.execute(wrong)
        try:
            found = problems()
        finally:
            cursor.execute(mended)

    assert sentence in "\n".join(found)
    assert problems() == []


@pytest.mark.django_db
def test_who_owns_the_tables_does_not_serve() -> None:
    findings = {
        (finding.kind, finding.thing) for finding in check_rights("portal_owner")
    }

    assert {
        ("attribute", "CREATEDB"),
        ("member", "pg_signal_backend"),
        ("owns", "table adminmoves_move"),
        ("owns", "function adminmoves_guard_move()"),
        ("database", "TEMPORARY"),
    } <= findings


def test_the_script_can_be_printed_for_a_managed_server() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "grant_app_role", "office", "--print"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()

    assert (lines[0], lines[-1]) == ("BEGIN;", "COMMIT;")
    assert {
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, "office";',
        'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, "office";',
        'GRANT SELECT, INSERT ON public.adminmoves_event TO "office";',
        'GRANT EXECUTE ON FUNCTION public.adminmoves_refuse(text,text) TO "office";',
    } <= set(lines)
    assert [line for line in lines if "TEMPORARY ON DATABASE" in line]


# --- a server that was not made for us ------------------------------------------


def manage(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def run(*command: str | Path) -> None:
    subprocess.run(command, capture_output=True, check=True)


@pytest.fixture
def other(worker_id: str) -> Iterator[str]:
    """A second database with the schema, as this test wants to find it."""
    name = f"other_{worker_id}"
    copy_database(urlsplit(os.environ["DATABASE_URL"]).path[1:], name)
    yield name
    drop_database(name)


def app_tries(name: str, *statements: str) -> str:
    """What the app role is told by the last of these."""
    url = with_database(os.environ["DATABASE_URL"], name)
    with closing(psycopg2.connect(url)) as app, app.cursor() as cursor:
        for statement in statements[:-1]:
            cursor.execute(statement)
        try:
            cursor.execute(statements[-1])
        except psycopg2.Error as refused:
            return str(refused).splitlines()[0]
        app.commit()
        return ""


@pytest.mark.slow
def test_the_script_takes_back_what_postgresql_14_gives_to_everybody(
    other: str,
) -> None:
    overload = (
        "CREATE FUNCTION public.upper(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1'"
    )
    owner_url = with_database(os.environ["DATABASE_OWNER_URL"], other)
    with closing(as_owner(other)) as owner, owner.cursor() as cursor:
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {other} TO PUBLIC")
        assert app_tries(other, overload) == ""
        planted = manage(owner_url, "grant_app_role")
        cursor.execute("DROP FUNCTION public.upper(varchar)")
    mended = manage(owner_url, "grant_app_role")

    # Who runs the script is told what somebody left there before.
    assert planted.returncode == 1
    assert "portal_app owns function upper(character varying)" in planted.stderr
    assert (
        "upper(character varying) in schema public belongs to another role"
        in planted.stderr
    )
    assert (mended.returncode, mended.stderr) == (0, "")
    assert "permission denied for schema public" in app_tries(other, overload)
    assert "permission denied" in app_tries(other, "CREATE TEMP TABLE t (i int)")


PLANT = """
    CREATE FUNCTION public.jsonb_build_array(
        varchar, varchar, bigint, bigint, text, varchar, jsonb, varchar, varchar,
        bigint, varchar, varchar, varchar, varchar, bigint, varchar, bigint, bigint,
        bigint, varchar, varchar) RETURNS jsonb LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'it ran as %', current_user;
    END $$
"""
WRITE = """
    INSERT INTO public.adminmoves_event (stream, stream_id, code, params, before, after,
        actor_name, actor_role, request_id, subject, move_type, commitment, position,
        previous, digest)
    VALUES ('job', 'x', 'COMMENTED', '{}', '', '', 'x', 'SYSTEM', '', '', '', '', 0, '',
            '')
"""


def test_no_function_of_another_runs_as_the_owner(other: str) -> None:
    with closing(as_owner(other)) as owner, owner.cursor() as cursor:
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")

    assert app_tries(other, PLANT) == ""
    assert app_tries(other, WRITE) == ""


@pytest.mark.slow
def test_after_a_restore_the_script_gives_back_the_rights_and_no_other(
    other: str, tmp_path: Path
) -> None:
    programs = find_install(child_account(), state_folder()) / "bin"
    owner_url = with_database(os.environ["DATABASE_OWNER_URL"], other)
    dump = tmp_path / "portal.dump"
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    own = "CREATE TEMP TABLE mine (stream text)"
    aim = (
        "CREATE TRIGGER chain BEFORE INSERT ON mine FOR EACH ROW"
        " EXECUTE FUNCTION public.adminmoves_chain_event()"
    )

    run(programs / "pg_dump", "--format=custom", f"--file={dump}", owner_url)
    with closing(as_owner("postgres")) as server, server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {other} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {other}")
    run(
        programs / "pg_restore", "--no-owner", "--no-privileges", "--no-comments",
        f"--dbname={owner_url}", dump,
    )  # fmt: skip
    with closing(as_owner(other)) as owner, owner.cursor() as cursor:
        cursor.execute(tables)
        restored = cursor.fetchone()
    before = app_tries(other, own, aim)
    app_url = with_database(os.environ["DATABASE_URL"], other)
    refused = manage(app_url, "grant_app_role", "--check")
    granted = manage(owner_url, "grant_app_role")
    checked = manage(app_url, "grant_app_role", "--check")

    assert restored == (len(GRANTS),)
    # Between restore and script a table of one's own could write heads as the owner.
    assert before == ""
    assert "may execute adminmoves_chain_event()" in refused.stderr
    assert (granted.returncode, granted.stderr) == (0, "")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "permission denied" in app_tries(other, own)
    assert "permission denied" in app_tries(
        other, "UPDATE public.adminmoves_streamhead SET count = 0"
    )
    assert "permission denied for function" in app_tries(
        other, "SELECT public.adminmoves_guard_move()"
    )
