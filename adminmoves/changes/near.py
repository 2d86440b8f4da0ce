"""What else is at a wanted place or wants it, in one question: mostly nothing is."""

from typing import Any

from django.db import connection

from adminmoves.vocabulary import OPEN_STATES

OTHER_MOVE, RIVAL, HOLDER, TWIN = "other_move", "rival", "holder", "twin"
ADDRESS_HELD, ADDRESS_WANTED, ADDRESS_FORMER = "held", "wanted", "former"
QUESTION = f"""
SELECT '{OTHER_MOVE}' WHERE EXISTS (SELECT FROM adminmoves_move
    WHERE administration_id = %(books)s AND id <> %(move)s AND state IN %(open)s)
UNION ALL SELECT '{RIVAL}' WHERE EXISTS (SELECT FROM adminmoves_move
    WHERE to_connection_id = %(connection)s AND to_code_key = %(key)s
      AND id <> %(move)s AND state IN %(open)s)
UNION ALL SELECT '{HOLDER}' WHERE EXISTS (SELECT FROM adminmoves_administration
    WHERE connection_id = %(connection)s AND code_key = %(key)s AND id <> %(books)s)
UNION ALL SELECT '{TWIN}' WHERE EXISTS (SELECT FROM adminmoves_administration
    WHERE environment_id = %(environment)s AND code_key = %(key)s AND name = %(name)s
      AND id <> %(books)s)
UNION ALL SELECT '{ADDRESS_HELD}' WHERE EXISTS (SELECT FROM adminmoves_administration
    WHERE mail_address = %(address)s AND id <> %(books)s)
UNION ALL SELECT '{ADDRESS_WANTED}' WHERE EXISTS (SELECT FROM adminmoves_move
    WHERE to_address = %(address)s AND administration_id <> %(books)s
      AND state IN %(open)s)
UNION ALL SELECT '{ADDRESS_FORMER}' WHERE EXISTS (SELECT FROM adminmoves_formerplace
    WHERE mail_address = %(address)s AND administration_id <> %(books)s)
"""  # noqa: S608 - the names above, no input


def look_near(place: dict[str, Any]) -> frozenset[str]:
    """Which of these there are. ``place``: books, move, connection, environment, key,
    name and address; what is not known yet is None and near nothing."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, {**place, "open": tuple(OPEN_STATES)})
        return frozenset(kind for (kind,) in cursor.fetchall())
