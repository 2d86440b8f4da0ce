"""Queries by one key: Django writes the SQL once, each call fills in the key.

To build one anew for every page takes longer than PostgreSQL takes to answer it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Model, QuerySet

from adminmoves.models.cached_sql import meta
from adminmoves.models.named import COLUMN, attach, named

M = TypeVar("M", bound=Model)
KEY = -1
"""Stands in the query where its key is filled in."""


@dataclass(frozen=True, slots=True)
class Question(Generic[M]):
    """``named``: paths that come along with each row; ``annotations``: more columns."""

    model: type[M]
    named: tuple[str, ...]
    sql: str
    params: tuple[Any, ...]
    annotations: Mapping[str, Expression]

    @classmethod
    def of(
        cls,
        rows: "QuerySet[M, Any]",
        named_too: tuple[str, ...] = (),
        unread: tuple[str, ...] = (),
    ) -> "Question[M]":
        """``rows`` of KEY; ``named_too`` and ``unread`` as of ``named``."""
        if named_too:
            column = named(rows.model, named_too, unread)
            rows = rows.annotate(**{COLUMN: column})
        query = rows.query
        sql, params = query.sql_with_params()
        return cls(rows.model, named_too, sql, params, query.annotation_select)

    def values(self, key: int) -> tuple[Any, ...]:
        """The only row, as the database gives it. Raises DoesNotExist."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._fill_in(key))
            found: tuple[Any, ...] | None = cursor.fetchone()
        if found is None:
            raise self._does_not_exist()
        return found

    def get(self, key: int) -> M:
        """The only row. Raises DoesNotExist."""
        for row in self.rows(key):
            return row
        raise self._does_not_exist()

    def rows(self, key: int) -> list[M]:
        """All rows, as the ORM makes them; ``annotations`` are in their ``vars``."""
        rows = list(meta(self.model).base_manager.raw(self.sql, self._fill_in(key)))
        for name, column in self.annotations.items():
            for read in column.get_db_converters(connection):
                for row in rows:
                    setattr(row, name, read(getattr(row, name), column, connection))
        return [attach(row, self.named) for row in rows] if self.named else rows

    def _does_not_exist(self) -> Exception:
        error: Exception = meta(self.model).model.DoesNotExist()
        return error

    def _fill_in(self, key: int) -> list[Any]:
        return [key if param == KEY else param for param in self.params]
