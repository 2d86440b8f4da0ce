"""Empties the test database after a test that really committed.

The app role may not truncate anything, so the owner does it. What migrations put
in the database (content types, rights, groups, settings) is put back as it was.
"""

import io

from psycopg2 import extensions, sql

KEPT = ("django_migrations",)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


class Flusher:
    def __init__(self, owner: extensions.connection) -> None:
        self.owner = owner
        with owner.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")
            cursor.execute(TABLES)
            self.tables = [name for (name,) in cursor if name not in KEPT]
        self.seed = {name: self._rows(name) for name in self._filled()}
        self.counters = self._counters()

    def flush(self) -> None:
        """Put the database back as the migrations left it."""
        filled = self._filled()
        changed = any(self._rows(name) != rows for name, rows in self.seed.items())
        if changed or set(filled) != set(self.seed):
            self._restore([*filled, *self.seed])
        elif self._counters() != self.counters:
            self._reset_counters()

    def _restore(self, names: list[str]) -> None:
        with self.owner.cursor() as cursor:
            cursor.execute("BEGIN")
            tables = sql.SQL(", ").join(map(sql.Identifier, dict.fromkeys(names)))
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))
            for name, rows in self.seed.items():
                statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
                cursor.copy_expert(statement.as_string(cursor), io.StringIO(rows))
            cursor.execute("COMMIT")
        self._reset_counters()

    def _filled(self) -> list[str]:
        """The tables that hold a row."""
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in self.tables
        )
        with self.owner.cursor() as cursor:
            cursor.execute(asked)
            return [name for (name,) in cursor]

    def _rows(self, name: str) -> str:
        out = io.StringIO()
        with self.owner.cursor() as cursor:
            statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
            cursor.copy_expert(statement.as_string(cursor), out)
        return out.getvalue()

    def _counters(self) -> dict[str, int | None]:
        with self.owner.cursor() as cursor:
            cursor.execute(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE schemaname = 'public'"
            )
            return dict(cursor.fetchall())

    def _reset_counters(self) -> None:
        with self.owner.cursor() as cursor:
            for name, last in self.counters.items():
                cursor.execute(
                    "SELECT setval(quote_ident(%s)::regclass, %s, %s)",
                    [name, last or 1, last is not None],
                )
