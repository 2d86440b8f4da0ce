"""Rows with all that they name, where joins would cost more than they find.

A page names a dozen rows beside its own. To build and to plan a join of so many takes
longer than to read them, so each is looked up by its key and comes along as JSON.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.expressions import RawSQL

from adminmoves.models.cached_sql import meta

M = TypeVar("M", bound=Model)
Tree = Mapping[str, "Tree"]
COLUMN = "named"
Kind = tuple[type[Model], tuple[str, ...]]
"""A table, and the paths of what each row of it names."""


@cache
def named(
    model: type[Model], paths: tuple[str, ...], unread: tuple[str, ...]
) -> RawSQL:
    """The column of that name for rows of this model.

    ``unread``: columns that stay behind, whatever row has them.
    """
    sql = _json(model, _tree(paths), f'"{meta(model).db_table}"', _less(unread))
    return RawSQL(sql, (), output_field=JSONField())  # noqa: S611 - made of our own models' tables and columns; no value goes in


def bring(
    *rows_and_paths: tuple[Sequence[Model], tuple[str, ...]],
    unread: tuple[str, ...] = (),
) -> None:
    """Bring what rows name by these paths, all of it in one query.

    For a list, whose rows name the same few over and over: a join makes each of them
    anew for every row, and takes longer to plan than to answer. ``unread`` as of
    ``named``.
    """
    names = [
        (row, field, kind)
        for rows, paths in rows_and_paths
        for row in rows
        for field, kind in _kinds(type(row), paths)
    ]
    ids: dict[Kind, set[int]] = {}
    for row, field, kind in names:
        ids.setdefault(kind, set()).add(getattr(row, field.attname))
    found = _found({kind: some - {None} for kind, some in ids.items()}, unread)
    for row, field, kind in names:
        field.set_cached_value(row, found.get((kind, getattr(row, field.attname))))


def attach(row: M, paths: tuple[str, ...]) -> M:
    """As after ``select_related`` of these paths, by that column of the row."""
    _attach(row, _tree(paths), row.__dict__.pop(COLUMN))
    return row


@cache
def _kinds(model: type[Model], paths: tuple[str, ...]) -> list[tuple[Any, Kind]]:
    """Each field that begins a path, and what it leads to."""
    kinds = []
    for name in dict.fromkeys(path.partition("__")[0] for path in paths):
        start, field = f"{name}__", meta(model).get_field(name)
        rest = [path.removeprefix(start) for path in paths if path.startswith(start)]
        kinds.append((field, (field.related_model, tuple(rest))))
    return kinds


def _found(
    ids: Mapping[Kind, Collection[int]], unread: tuple[str, ...]
) -> dict[tuple[Kind, int], Model]:
    found = {}
    kinds = tuple(kind for kind, some in ids.items() if some)
    if not kinds:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_together(kinds, unread), [list(ids[kind]) for kind in kinds])
        for place, text in cursor.fetchall():
            kind, values = kinds[place], json.loads(text)
            row = _build(kind[0], values)
            _attach(row, _tree(kind[1]), values)
            found[kind, row.pk] = row
    return found


@cache
def _together(kinds: tuple[Kind, ...], unread: tuple[str, ...]) -> str:
    return " UNION ALL ".join(
        f"SELECT {place}, {_row(model, _tree(paths), 'one', _less(unread))}"  # noqa: S608 - our own models' tables and columns; no value goes in
        f' FROM "{meta(model).db_table}" one'
        f' WHERE one."{meta(model).pk.column}" = ANY(%s)'
        for place, (model, paths) in enumerate(kinds)
    )


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
        row = _row(child, below, alias, less, depth + 1)
        parts.append(
            f"'{name}', (SELECT {row} FROM \"{meta(child).db_table}\" {alias}"  # noqa: S608 - our own models' tables and columns; no value goes in
            f' WHERE {alias}."{there}" = {holder}."{here}")'
        )
    return f"jsonb_build_object({', '.join(parts)})"


def _row(model: type[Model], tree: Tree, alias: str, less: str, depth: int = 0) -> str:
    row = f"to_jsonb({alias}){less}"
    return f"({row}) || {_json(model, tree, alias, less, depth)}" if tree else row


def _less(unread: tuple[str, ...]) -> str:
    return "".join(f" - '{column}'" for column in unread)


def _attach(row: Model, tree: Tree, values: Mapping[str, Any]) -> None:
    for name, below in tree.items():
        field, found = meta(type(row)).get_field(name), values[name]
        if found is None:
            field.set_cached_value(row, None)
            continue
        child = _build(field.related_model, found)
        field.set_cached_value(row, child)
        if field.one_to_one:
            field.remote_field.set_cached_value(child, row)
        _attach(child, below, found)


def _build(model: type[M], values: Mapping[str, object]) -> M:
    fields = [field for field in meta(model).concrete_fields if field.column in values]
    cells = [field.to_python(values[field.column]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], cells)
