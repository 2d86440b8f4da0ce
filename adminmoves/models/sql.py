"""SQL that holds the rules in the database; read by the schema migrations."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "migrations" / "sql"


def read_sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
