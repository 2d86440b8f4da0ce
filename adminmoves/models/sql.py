"""SQL in files: the rules in the database, and statements beside the module that runs
them.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "migrations" / "sql"


def read_sql(name: str) -> str:
    """A rule in the database, for the schema migration that makes it."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def sql_beside(module: str, name: str) -> str:
    """A statement in the folder of a module, by the ``__file__`` of that module."""
    return Path(module).with_name(f"{name}.sql").read_text(encoding="utf-8")
