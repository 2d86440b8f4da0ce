"""Figures of an archive, compared before and after a move so that no loss is unseen."""

from dataclasses import asdict, dataclass

from django.db import connection

from adminmoves.models import Move
from adminmoves.models.sql import fetch_as, sql_beside

# In SQL: an archive may have hundreds of thousands of documents.
OF_ARCHIVE = sql_beside(__file__, "figures_of_archive")
OF_COPIES = sql_beside(__file__, "figures_of_copies")


@dataclass(frozen=True, slots=True)
class Figures:
    """Documents, bytes, and one SHA-256 over all their checksums in order."""

    documents: int
    bytes: int
    digest: str

    def stored(self) -> dict[str, object]:
        return asdict(self)


def of_archive(administration_id: int) -> Figures:
    """By the rows of the documents."""
    return _ask(OF_ARCHIVE, [administration_id])


def of_copies(move: Move) -> Figures:
    """By the copies that were read back, of documents that refer to their copy."""
    return _ask(OF_COPIES, [move.pk, move.wanted.administration_id])


def _ask(statement: str, params: list[int]) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return fetch_as(cursor, Figures)[0]
