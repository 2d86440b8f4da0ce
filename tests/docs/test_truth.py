"""What the pages draw and list is what the code declares."""

import re
import tomllib
from pathlib import Path
from typing import TypeGuard

from django.db.models import Model
from django.utils import translation

from adminmoves import models
from adminmoves.access import LENDABLE, MAY
from adminmoves.models import Move
from adminmoves.models.app_role_rights import GRANTS
from adminmoves.models.move import declared_jumps
from adminmoves.models.sql import FOLDER
from adminmoves.rules.type_rules import CHECKS
from adminmoves.vocabulary import ENDED_STATES, MIXES, Atom, MoveState, MoveType, Role
from tests.docs.pages import ROOT, coded, fenced, read, section, tables

ARROW = re.compile(r"^\s*(\S+) --> ([^\s:]+)(?:: (.+))?$", re.MULTILINE)
END = "[*]"
RIGHTS = {"SELECT": "read", "INSERT": "add", "UPDATE": "change", "DELETE": "remove"}
ROLES = (
    Role.SUPPORT_AGENT,
    Role.TEAM_LEAD,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.WORKER,
)


def drawn() -> list[tuple[str, str, str]]:
    [diagram] = fenced(section(read("README.md"), "The states"), "mermaid")
    arrows: list[tuple[str, str, str]] = ARROW.findall(diagram)
    return arrows


def test_the_arrows_of_the_readme_are_the_machine() -> None:
    arrows = [
        (here, there) for here, there, _name in drawn() if END not in {here, there}
    ]

    assert sorted(arrows) == declared_jumps()


def test_each_arrow_is_named_by_the_steps_that_take_it() -> None:
    declared: dict[tuple[str, str], set[str]] = {}
    for name in vars(Move):
        marked = getattr(getattr(Move, name), "_django_fsm", None)
        for source, target in marked.transitions.items() if marked else ():
            declared.setdefault((str(source), str(target.target)), set()).add(name)

    named = {
        (here, there): set(names.split(", "))
        for here, there, names in drawn()
        if END not in {here, there}
    }
    assert named == declared


def test_a_move_begins_and_ends_where_the_readme_says() -> None:
    assert [there for here, there, _name in drawn() if here == END] == [MoveState.DRAFT]
    assert {here for here, there, _name in drawn() if there == END} == set(ENDED_STATES)


def test_the_layers_of_the_drawing_are_the_contract() -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(
        contract["layers"] for contract in contracts if contract["type"] == "layers"
    )
    [drawing] = fenced(read("docs/architecture.md"), "layers")

    assert drawing.splitlines() == layers


def test_the_table_of_rights_is_the_one_that_is_asked() -> None:
    [rows] = tables(read("docs/roles.md"))

    documented = {coded(name)[0]: cells for name, *cells in rows}

    assert documented == {
        right.value: [
            "yes" if role in allowed else _lent(right, role) for role in ROLES
        ]
        for right, allowed in MAY.items()
    }


def _lent(right: object, role: Role) -> str:
    return "lent" if right in LENDABLE and role == Role.SUPPORT_AGENT else ""


def test_the_five_types_change_what_the_domain_says() -> None:
    [rows] = tables(section(read("docs/domain.md"), "2. The five types"))

    documented = {
        coded(kind)[0]: (office == "changes", code == "changes", link == "changes")
        for _number, kind, office, code, link in rows
    }

    assert documented == {
        kind.value: tuple(
            atom in mix for atom in (Atom.ENVIRONMENT, Atom.CODE, Atom.CONNECTION)
        )
        for kind, mix in MIXES.items()
    }


def test_the_checks_of_the_domain_are_the_checks() -> None:
    [rows] = tables(section(read("docs/domain.md"), "3. The checks"))

    documented = {coded(name)[0]: cells for name, *cells in rows}

    assert documented == {
        check.code: [
            *(
                check.severities[kind].lower() if kind in check.severities else "-"
                for kind in MoveType
            ),
            "yes" if check.fixed else "",
        ]
        for check in CHECKS
    }


def test_every_state_has_its_words() -> None:
    [rows] = tables(section(read("docs/domain.md"), "6. States"))

    documented = [(coded(state)[0], dutch, english) for state, dutch, english in rows]

    assert documented == [
        (state.value, _in("nl", state), _in("en", state)) for state in MoveState
    ]


def _in(language: str, state: MoveState) -> str:
    with translation.override(language):
        return str(state.label)


def test_the_rights_of_the_app_role_are_the_granted_ones() -> None:
    [rows] = tables(section(read("docs/data-model.md"), "Who may write what"))

    assert {coded(name)[0]: rights for name, rights, _what in rows} == {
        table: ", ".join(RIGHTS[right] for right in rights)
        for table, rights in GRANTS.items()
    }


def test_every_rule_of_the_database_is_named() -> None:
    constraints, refusals = tables(
        section(read("docs/data-model.md"), "Rules that the database holds")
    )
    sql = "".join(
        file.read_text("utf-8") for file in sorted(Path(FOLDER).glob("*.sql"))
    )
    nouns = [noun for noun in vars(models).values() if _is_model(noun)]

    assert _named(constraints) == {
        *(rule.name for noun in nouns for rule in noun._meta.constraints),  # noqa: SLF001 - documented by Django
        *re.findall(r"ADD CONSTRAINT (\w+)", sql),
    }
    assert _named(refusals) == {
        *re.findall(r"CONSTRAINT = '(\w+)'", sql),
        *re.findall(r"PERFORM adminmoves_refuse\(.*?'(\w+)'\);", sql, re.DOTALL),
    }


def _is_model(noun: object) -> TypeGuard[type[Model]]:
    return isinstance(noun, type) and issubclass(noun, Model)


def _named(rows: list[list[str]]) -> set[str]:
    return {name for row in rows for name in coded(row[0])}


def test_append_only_tables_are_the_ones_with_that_trigger() -> None:
    text = section(read("docs/data-model.md"), "Rules that the database holds")
    line = next(line for line in text.splitlines() if line.startswith("Append-only"))
    sql = (Path(FOLDER) / "append_only.sql").read_text("utf-8")

    assert set(coded(line)) == set(re.findall(r"DELETE ON adminmoves_(\w+)", sql))


def test_every_folder_of_the_map_is_there() -> None:
    [rows] = tables(section(read("README.md"), "The map"))

    missing = [
        name for row in rows for name in coded(row[0]) if not (ROOT / name).exists()
    ]

    assert missing == []
