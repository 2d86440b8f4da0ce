"""What else is at wanted places or wants them, in one question: mostly nothing is."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from adminmoves.vocabulary import OPEN_STATES

OTHER_MOVE, RIVAL, HOLDER, TWIN = "other_move", "rival", "holder", "twin"
ADDRESS_HELD, ADDRESS_WANTED, ADDRESS_FORMER = "held", "wanted", "former"
QUESTION = """
SELECT place.move, near.kind
FROM jsonb_to_recordset(%(places)s) AS place (books bigint, move bigint,
    connection bigint, environment bigint, key text, name text, address text)
CROSS JOIN LATERAL (
    SELECT 'other_move' AS kind WHERE EXISTS (SELECT FROM adminmoves_move
        WHERE administration_id = place.books AND id <> place.move
          AND state IN %(open)s)
    UNION ALL SELECT 'rival' WHERE EXISTS (SELECT FROM adminmoves_move
        WHERE to_connection_id = place.connection AND to_code_key = place.key
          AND id <> place.move AND state IN %(open)s)
    UNION ALL SELECT 'holder' WHERE EXISTS (SELECT FROM adminmoves_administration
        WHERE connection_id = place.connection AND code_key = place.key
          AND id <> place.books)
    UNION ALL SELECT 'twin' WHERE EXISTS (SELECT FROM adminmoves_administration
        WHERE environment_id = place.environment AND code_key = place.key
          AND name = place.name AND id <> place.books)
    UNION ALL SELECT 'held' WHERE EXISTS (
        SELECT FROM adminmoves_administration
        WHERE mail_address = place.address AND id <> place.books)
    UNION ALL SELECT 'wanted' WHERE EXISTS (SELECT FROM adminmoves_move
        WHERE to_address = place.address AND administration_id <> place.books
          AND state IN %(open)s)
    UNION ALL SELECT 'former' WHERE EXISTS (SELECT FROM adminmoves_formerplace
        WHERE mail_address = place.address AND administration_id <> place.books)
) AS near
"""
"""The kinds are the names above."""


def look_near(places: Iterable[dict[str, Any]]) -> dict[int, frozenset[str]]:
    """Which of these there are, by the id of the move that wants the place.

    A place has books, move, connection, environment, key, name and address; what is
    not known yet is None and near nothing.
    """
    asked = {place["move"]: place for place in places}
    found: dict[int, set[str]] = {move_id: set() for move_id in asked}
    with connection.cursor() as cursor:
        told = json.dumps(list(asked.values()))
        cursor.execute(QUESTION, {"places": told, "open": tuple(OPEN_STATES)})
        for move_id, kind in cursor.fetchall():
            found[move_id].add(kind)
    return {move_id: frozenset(kinds) for move_id, kinds in found.items()}
