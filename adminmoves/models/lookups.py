"""Lookups and SQL functions of a search."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Field, Func, Lookup, TextField
from django.db.models.sql.compiler import SQLCompiler

AnyField = Field[Any, Any]


@BigAutoField.register_lookup
class Among(Lookup[Any]):
    """Keys as one parameter, for each key of ``in`` costs five microseconds; or as an
    ArraySubquery, which beside OR an index still serves."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, ArraySubquery):
            keys, more = compiler.compile(self.rhs)
            return f"{column} = ANY({keys})", (*params, *more)
        return f"{column} = ANY(%s)", (*params, list(self.rhs))


@TextField.register_lookup
class Like(Lookup[Any]):
    """SQL's LIKE with a whole pattern, which a trigram index serves."""

    lookup_name = "like"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        pattern, more = self.process_rhs(compiler, connection)
        return f"{column} LIKE {pattern}", (*params, *more)


class WordPattern(Func):
    """The LIKE pattern of a typed word among ``Words``; NULL without letters."""

    function = "adminmoves_word_pattern"
    output_field: AnyField = TextField()


class Fold(Func):
    """A text without accents, capitals and unseen signs; punctuation stays."""

    function = "adminmoves_fold"
    output_field: AnyField = TextField()
