"""Queries by one key, written once by Django and asked all the time.

To build one anew for every page takes longer than PostgreSQL takes to answer it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Model, QuerySet

from adminmoves.models.direct import meta
from adminmoves.models.named import COLUMN, attach, named

M = TypeVar("M", bound=Model)
KEY = -1
"""Stands in the query where its key is filled in."""


@dataclass(frozen=True, slots=True)
class Question(Generic[M]):
    """``named``: what comes along with each row; ``beside``: its further columns."""

    model: type[M]
    named: tuple[str, ...]
    told: str
    params: tuple[Any, ...]
    beside: Mapping[str, Expression]

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
        told, params = query.sql_with_params()
        return cls(rows.model, named_too, told, params, query.annotation_select)

    def values(self, key: int) -> tuple[Any, ...]:
        """The only row, as the database gives it. Raises DoesNotExist."""
        with connection.cursor() as cursor:
            cursor.execute(self.told, self._filled(key))
            found: tuple[Any, ...] | None = cursor.fetchone()
        if found is None:
            raise self._none()
        return found

    def get(self, key: int) -> M:
        """The only row. Raises DoesNotExist."""
        for row in self.rows(key):
            return row
        raise self._none()

    def rows(self, key: int) -> list[M]:
        """All rows, as the ORM makes them; ``beside`` is in their ``vars``."""
        rows = list(meta(self.model).base_manager.raw(self.told, self._filled(key)))
        for name, column in self.beside.items():
            for read in column.get_db_converters(connection):
                for row in rows:
                    setattr(row, name, read(getattr(row, name), column, connection))
        return [attach(row, self.named) for row in rows] if self.named else rows

    def _none(self) -> Exception:
        found: Exception = meta(self.model).model.DoesNotExist()
        return found

    def _filled(self, key: int) -> list[Any]:
        return [key if one == KEY else one for one in self.params]
