"""Figures of an archive, compared before and after a move so that no loss is unseen."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from adminmoves.models import Move

NOW = """
SELECT count(*), coalesce(sum(d.size), 0),
       coalesce(string_agg(d.sha256, '' ORDER BY d.id), '')
FROM adminmoves_document d WHERE d.administration_id = %s
"""
COPIED = """
SELECT count(*), coalesce(sum(copy.size), 0),
       coalesce(string_agg(copy.sha256, '' ORDER BY d.id), '')
FROM adminmoves_document d CROSS JOIN LATERAL (
    SELECT c.size, c.sha256 FROM adminmoves_documentcopy c
    WHERE c.move_id = %s AND c.document_id = d.id AND c.storage_key = d.storage_key
    OFFSET 0
) AS copy
WHERE d.administration_id = %s
"""
"""OFFSET 0 as in ``copying``: the planner looks up each copy by its key."""
DIGESTED = """
SELECT f.documents, f.size, encode(sha256(f.checksums::bytea), 'hex')
FROM ({figures}) f (documents, size, checksums)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Documents, bytes, and one SHA-256 over all their checksums in order."""

    documents: int
    bytes: int
    digest: str

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def of_archive(administration_id: int) -> Figures:
    """By the rows of the documents."""
    return _ask(NOW, [administration_id])


def of_copies(move: Move) -> Figures:
    """By the copies that were read back, of documents that refer to their copy."""
    return _ask(COPIED, [move.pk, move.wanted.administration_id])


def _ask(statement: str, params: list[int]) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(DIGESTED.format(figures=statement), params)
        documents, size, digest = cursor.fetchone()
    return Figures(documents, int(size), digest)
