"""What the checks have to know of the record, in one question."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from adminmoves.models import PackageProfile
from adminmoves.vocabulary import OPEN_STATES

OTHER_MOVE, RIVAL, HOLDER, TWIN = "other_move", "rival", "holder", "twin"
ADDRESS_HELD, ADDRESS_WANTED, ADDRESS_FORMER = "held", "wanted", "former"
QUESTION = """
SELECT (SELECT coalesce(json_agg(json_build_array(place.move, near.kind)), '[]')
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
) AS near),
    (SELECT coalesce(json_agg(json_build_array(move_type, check_code, severity)), '[]')
     FROM adminmoves_checkseverity),
    (SELECT coalesce(json_agg(profile), '[]')
     FROM adminmoves_packageprofile AS profile)
"""
"""The kinds of what is near a place are the names above; mostly nothing is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What else is at wanted places or wants them, by the id of the move that wants
    it; the severities that were chosen, by type and check; the packages' profiles."""

    near: Mapping[int, frozenset[str]]
    chosen: Mapping[tuple[str, str], str]
    profiles: Mapping[str, PackageProfile]


def look(places: Iterable[dict[str, Any]]) -> Told:
    """A place has books, move, connection, environment, key, name and address; what is
    not known yet is None and near nothing."""
    asked = {place["move"]: place for place in places}
    found: dict[int, set[str]] = {move_id: set() for move_id in asked}
    with connection.cursor() as cursor:
        told = json.dumps(list(asked.values()))
        cursor.execute(QUESTION, {"places": told, "open": tuple(OPEN_STATES)})
        near, chosen, profiles = cursor.fetchone()
    for move_id, kind in near:
        found[move_id].add(kind)
    return Told(
        near={move_id: frozenset(kinds) for move_id, kinds in found.items()},
        chosen={(move_type, code): severity for move_type, code, severity in chosen},
        profiles={one["package"]: PackageProfile(**one) for one in profiles},
    )
