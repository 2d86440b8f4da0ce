"""SQL that holds the rules in the database; read by the schema migrations."""

from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "migrations" / "sql"


def read_sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def jump_guard(jumps: Sequence[tuple[str, str]]) -> str:
    """A trigger that refuses every change of state that the machine does not have."""
    pairs = ", ".join(f"('{source}', '{target}')" for source, target in jumps)
    return f"""
CREATE OR REPLACE FUNCTION adminmoves_guard_jump() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
        PERFORM adminmoves_refuse(
            format('a move does not go from %s to %s', OLD.state, NEW.state),
            'move_jump');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER guard_jump BEFORE UPDATE ON adminmoves_move
    FOR EACH ROW EXECUTE FUNCTION adminmoves_guard_jump();
"""
