"""Rows to and from the database by statements that are made once per table.

The ORM builds its SQL anew for each call, which costs more than the statement itself
where a move is carried out. What a value looks like in the database is still asked of
its field.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, JSONField, Model

M = TypeVar("M", bound=Model)


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model in one statement, and give them their ids."""
    if not rows:
        return
    model = type(rows[0])
    fields = _written(model)
    one = f"({', '.join(['%s'] * len(fields))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_insert(model)} {', '.join([one] * len(rows))} RETURNING id",
            [value for row in rows for value in _values(row, fields)],
        )
        for row, (row_id,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = row_id


def update(row: Model) -> None:
    """Write all of a row again."""
    model = type(row)
    with connection.cursor() as cursor:
        cursor.execute(_update(model), [*_values(row, _written(model)), row.pk])


def columns(model: type[Model], alias: str) -> str:
    """All columns of a table, for a SELECT whose rows ``take`` reads."""
    return ", ".join(f'{alias}."{field.column}"' for field in _read(model))


def take(model: type[M], values: Iterator[Any]) -> M:
    """The next row of this model, from the values of a row that begin with it."""
    fields = _read(model)
    names = [field.attname for field in fields]
    found = zip(fields, values, strict=False)
    return model.from_db("default", names, [_told(*pair) for pair in found])


def _told(field: Field[Any, Any], value: Any) -> Any:
    """A value as its field reads it."""
    return json.loads(value) if isinstance(field, JSONField) else value


@cache
def _read(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)  # noqa: SLF001 - `_meta` is documented by Django


@cache
def _written(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    """Without what the database makes itself."""
    made = {"id"} if model._meta.pk.name == "id" else set()  # noqa: SLF001 - `_meta` is documented by Django
    fields = _read(model)
    return tuple(
        field for field in fields if not field.generated and field.name not in made
    )


@cache
def _insert(model: type[Model]) -> str:
    names = ", ".join(f'"{field.column}"' for field in _written(model))
    return f"INSERT INTO {_table(model)} ({names}) VALUES"


@cache
def _update(model: type[Model]) -> str:
    sets = ", ".join(f'"{field.column}" = %s' for field in _written(model))
    return f"UPDATE {_table(model)} SET {sets} WHERE id = %s"  # noqa: S608 - built from column names only; values go in as parameters


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'  # noqa: SLF001 - `_meta` is documented by Django


def _values(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    return [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in fields
    ]
