"""INSERT, UPDATE and SELECT of whole rows, written once per table and then cached.

The ORM builds its SQL anew for each call, which costs more than the statement itself
where a move is carried out. What the driver does not write by itself, such as JSON, is
still asked of its field.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model, UUIDField

AnyField = Field[Any, Any]
WRITTEN_BY_FIELD = (JSONField, UUIDField)


def meta(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001 - Django's documented API, in spite of its underscore


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model in one statement, and give them their ids."""
    if not rows:
        return
    model = type(rows[0])
    placeholders = f"({', '.join(['%s'] * len(_written(model)))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_insert(model)} {', '.join([placeholders] * len(rows))} RETURNING id",
            [value for row in rows for value in _values(row)],
        )
        for row, (row_id,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = row_id


def update(row: Model) -> None:
    """Write all of a row again."""
    with connection.cursor() as cursor:
        cursor.execute(_update(type(row)), [*_values(row), row.pk])


def fill_columns(sql: str, **models: type[Model]) -> str:
    """Replace each ``{alias}`` by all columns of its table, for ``fetch``."""
    return sql.format_map(
        {
            alias: ", ".join(f'{alias}."{field.column}"' for field in _read(model))
            for alias, model in models.items()
        }
    )


def fetch(sql: str, params: Sequence[Any], *models: type[Model]) -> tuple[Any, ...]:
    """Run a SELECT of all columns of these models, in this order.

    Return an instance of each; nothing if there is no row.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    if row is None:
        return ()
    values = iter(row)
    return tuple(_take(model, values) for model in models)


def _take(model: type[Model], values: Iterator[Any]) -> Model:
    """Read an instance from the next values of a row."""
    fields = _read(model)
    names = [field.attname for field in fields]
    pairs = zip(fields, values, strict=False)
    return model.from_db("default", names, [_convert(*pair) for pair in pairs])


def _convert(field: AnyField, value: Any) -> Any:
    return json.loads(value) if isinstance(field, JSONField) else value


@cache
def _read(model: type[Model]) -> tuple[AnyField, ...]:
    return tuple(meta(model).concrete_fields)


@cache
def _written(model: type[Model]) -> tuple[AnyField, ...]:
    """Without what the database makes itself."""
    made = {"id"} if meta(model).pk.name == "id" else set()
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
    return f'"{meta(model).db_table}"'


def _values(row: Model) -> list[Any]:
    return [write(getattr(row, name)) for name, write in _writers(type(row))]


@cache
def _writers(model: type[Model]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((field.attname, _writer(field)) for field in _written(model))


def _writer(field: AnyField) -> Callable[[Any], Any]:
    if isinstance(field, WRITTEN_BY_FIELD):
        return partial(field.get_db_prep_save, connection=connection)
    return _unchanged


def _unchanged(value: object) -> Any:
    return value
