"""SQL in files: the rules in the database, and statements beside the module that runs
them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.db.backends.utils import CursorWrapper

R = TypeVar("R")

FOLDER = Path(__file__).resolve().parent.parent / "migrations" / "sql"


def read_sql(name: str) -> str:
    """A rule in the database, for the schema migration that makes it."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def sql_beside(module: str, name: str) -> str:
    """A statement in the folder of a module, by the ``__file__`` of that module."""
    return Path(module).with_name(f"{name}.sql").read_text(encoding="utf-8")


def fetch_as(cursor: CursorWrapper, row_type: Callable[..., R]) -> list[R]:
    """All rows, as objects whose fields have the names of the columns.

    Raises TypeError if the statement has another column than the type.
    """
    names = [column.name for column in cursor.description]
    return [row_type(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
