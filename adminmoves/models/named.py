"""Rows with all that they name, where joins would cost more than they find.

A page names a dozen rows beside its own. To build and to plan a join of so many takes
longer than to read them, so each is looked up by its key and comes along as JSON.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.models import JSONField, Model
from django.db.models.expressions import RawSQL

from adminmoves.models.direct import meta

M = TypeVar("M", bound=Model)
Tree = Mapping[str, "Tree"]
COLUMN = "named"


@cache
def named(
    model: type[Model], paths: tuple[str, ...], unread: tuple[str, ...]
) -> RawSQL:
    """The column of that name for rows of this model.

    ``unread``: columns that stay behind, whatever row has them.
    """
    less = "".join(f" - '{column}'" for column in unread)
    told = _json(model, _tree(paths), f'"{meta(model).db_table}"', less)
    return RawSQL(told, (), output_field=JSONField())  # noqa: S611 - made of our own models' tables and columns; no value goes in


def attach(row: M, paths: tuple[str, ...]) -> M:
    """As after ``select_related`` of these paths, by that column of the row."""
    _attach(row, _tree(paths), row.__dict__.pop(COLUMN))
    return row


@cache
def _tree(paths: Sequence[str]) -> Tree:
    tree: dict[str, Any] = {}
    for path in paths:
        below = tree
        for name in path.split("__"):
            below = below.setdefault(name, {})
    return tree


def _json(
    model: type[Model], tree: Tree, holder: str, less: str, depth: int = 0
) -> str:
    parts = []
    for name, below in tree.items():
        field, alias = meta(model).get_field(name), f"named_{depth}"
        child = field.related_model
        if field.concrete:
            here, there = field.column, meta(child).pk.column
        else:
            here, there = meta(model).pk.column, field.field.column
        row = f"to_jsonb({alias}){less}"
        if below:
            row = f"({row}) || {_json(child, below, alias, less, depth + 1)}"
        parts.append(
            f"'{name}', (SELECT {row} FROM \"{meta(child).db_table}\" {alias}"  # noqa: S608 - our own models' tables and columns; no value goes in
            f' WHERE {alias}."{there}" = {holder}."{here}")'
        )
    return f"jsonb_build_object({', '.join(parts)})"


def _attach(row: Model, tree: Tree, told: Mapping[str, Any]) -> None:
    for name, below in tree.items():
        field, found = meta(type(row)).get_field(name), told[name]
        if found is None:
            field.set_cached_value(row, None)
            continue
        child = _made(field.related_model, found)
        field.set_cached_value(row, child)
        if field.one_to_one:
            field.remote_field.set_cached_value(child, row)
        _attach(child, below, found)


def _made(model: type[M], told: Mapping[str, Any]) -> M:
    fields = [field for field in meta(model).concrete_fields if field.column in told]
    values = [field.to_python(told[field.column]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)
