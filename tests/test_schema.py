"""The schema: no migration is edited afterwards, and SQL says what Python says."""

import re
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from adminmoves.models.move import declared_jumps
from adminmoves.models.sql import FOLDER
from adminmoves.vocabulary import (
    APPROVED_STATES,
    ENDED_STATES,
    OPEN_STATES,
    PROVEN_STATES,
    MoveState,
)

S = MoveState
MIGRATIONS = Path(FOLDER).parent
# The beginning of each file's SHA-256.
FROZEN: Mapping[str, str] = {
    "0001_functions.py": "6636c09134638e9c",
    "0002_estate.py": "358eb7492103e63c",
    "0003_moves.py": "99518dddc47783af",
    "0004_trail.py": "55f927141749958c",
    "0005_archive.py": "39963698d4edc24a",
    "0006_operations.py": "8d8d18cfa9d33443",
    "0007_guards.py": "8260f81e568dc0c2",
    "0008_reference_data.py": "61748bda4f8bbf72",
    "0009_search_codes.py": "239ad75429faf9e8",
    "_tables.py": "2a127219a5706bdf",
    "sql/append_only.sql": "35f6add5baef304e",
    "sql/approver_right.sql": "b1a47ae40165d3bf",
    "sql/archive_guards.sql": "426a4d905ae75b8f",
    "sql/code_key.sql": "51630e0333294e2e",
    "sql/connection_facts.sql": "e3ca788add136c96",
    "sql/estate_guards.sql": "ed5dfdaa8e034454",
    "sql/guard_signs.sql": "5444dc0acd715c5e",
    "sql/hold_calendar.sql": "312227886922c6d1",
    "sql/move_guards.sql": "ab210dcef13c8994",
    "sql/move_jumps.sql": "0413fea2d023d756",
    "sql/place_keys.sql": "1c5f65923dbc4301",
    "sql/refuse.sql": "31f6cd00c9ab6fe8",
    "sql/retirement.sql": "46de50f352206eb9",
    "sql/search_codes.sql": "3ab80659f1150a07",
    "sql/search_table.sql": "c367988686086567",
    "sql/search_words.sql": "650e88b14cc341e7",
    "sql/start_gates.sql": "06ee0bf58f53a9a0",
    "sql/statement_of_place.sql": "e1cd8f66ae1aa9ed",
    "sql/states.sql": "8585f414ff4921d3",
    "sql/trail.sql": "7a9279da72415314",
}
REMEDY = """
A schema migration changed, or a new one is not listed. Databases that ran a migration
do not read it again, so put it back as it was; only an import may follow a new name.
Write the change as a new migration. A changed function goes as CREATE OR REPLACE, with
its SET search_path, into a new file of sql/. Then list each new file in FROZEN:
"""


def test_no_schema_migration_is_edited() -> None:
    files = [*MIGRATIONS.glob("*.py"), *MIGRATIONS.glob("sql/*")]
    found = {
        file.relative_to(MIGRATIONS).as_posix(): digest_of(file)
        for file in files
        if file.name != "__init__.py"
    }

    differing = found.items() - FROZEN.items()
    lines = "\n".join(
        f'    "{name}": "{digest}",' for name, digest in sorted(differing)
    )
    assert found == FROZEN, REMEDY + lines


def digest_of(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:16]


@pytest.mark.django_db
def test_the_database_knows_the_states_of_the_vocabulary() -> None:
    """Where this fails: replace the functions of states.sql in a new migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, adminmoves_is_open(state), adminmoves_is_ended(state)"
            " FROM unnest(%s) AS state",
            [MoveState.values],
        )
        found = {state: rest for state, *rest in cursor.fetchall()}

    assert found == {
        state.value: [state in OPEN_STATES, state in ENDED_STATES]
        for state in MoveState
    }


OPEN, WAITING = set(OPEN_STATES), {S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL}
STATES_IN_DATABASE: Mapping[str, list[set[MoveState]]] = {
    "adminmoves_is_open": [OPEN],
    "adminmoves_is_ended": [set(ENDED_STATES)],
    # An approval stands from its beginning to the end, or until it is asked again.
    "adminmoves_freeze_move": [OPEN - WAITING, WAITING],
    # Where a move comes from is frozen at its start; what was undone is whole.
    "adminmoves_guard_move": [
        {S.DRAFT, *WAITING, S.APPROVED},
        {S.FAILED, S.STOPPED},
    ],
    # What it is about must be in use at its submit, approval and start.
    "guard_in_use": [{S.AWAITING_BOOKKEEPING, S.APPROVED, S.RUNNING}],
    "move_state_known": [set(MoveState)],
    "move_complete_when_submitted": [{S.DRAFT, S.WITHDRAWN}],
    "moved_in_the_package_first": [set(PROVEN_STATES)],
    "move_approved_by_somebody": [set(APPROVED_STATES)],
    "one_open_move_per_administration": [OPEN],
    "one_open_move_per_wanted_place": [OPEN],
    "one_open_move_per_wanted_address": [OPEN],
    "one_open_reverse_per_move": [{S.DRAFT, *OPEN}],
}
DEFINITIONS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger
    UNION ALL SELECT proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""
LIST_OF_WORDS = re.compile(r"(?:IN|ANY) \(+(?:ARRAY\[)?((?:'\w+'[^',)\]]*,?\s*){2,})")


@pytest.mark.django_db
def test_each_set_of_states_in_the_database_is_that_of_the_vocabulary() -> None:
    """Where this fails: replace the function or constraint in a new migration."""
    found: dict[str, list[set[str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(DEFINITIONS)
        for name, definition in cursor.fetchall():
            for words in LIST_OF_WORDS.findall(definition):
                states = set(re.findall(r"'(\w+)'", words))
                if states <= set(MoveState.values):
                    found[name].append(states)

    assert found == STATES_IN_DATABASE


@pytest.mark.django_db
def test_the_database_has_the_jumps_of_the_machine() -> None:
    """Where this fails: replace the function of move_jumps.sql in a new migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'adminmoves_guard_jump'"
        )
        [source] = cursor.fetchone() or [""]

    jumps = re.findall(r"\('(\w+)', '(\w+)'\)", source)
    assert sorted(jumps) == declared_jumps()


def test_no_new_word_needs_a_schema_migration() -> None:
    """Where this fails: let the field be a WordField."""
    given = {
        str(field): field.deconstruct()[3].get("choices")
        for model in apps.get_app_config("adminmoves").get_models()
        for field in model._meta.concrete_fields  # noqa: SLF001 - documented by Django
    }

    assert {
        name for name, choices in given.items() if isinstance(choices, list)
    } == set()


@pytest.mark.django_db
def test_a_schema_of_before_the_first_release_is_refused() -> None:
    """As `migrate` would do it there: other migrations of ours ran already."""
    first = import_module("adminmoves.migrations.0001_functions")

    with (
        pytest.raises(CommandError, match=r"before version 0\.1\.0"),
        connection.schema_editor() as editor,
    ):
        first.refuse_older_schema(apps, editor)
