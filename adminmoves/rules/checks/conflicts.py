"""Conflicts with wanted places, read for the checks.

One statement, and a second one only where an administration is at a wanted place or
has its address: by which move it leaves, and whether the moves form a ring.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from adminmoves.models import PackageProfile
from adminmoves.models.numbers import number_of
from adminmoves.vocabulary import OPEN_STATES

OTHER_MOVE, RIVAL, HOLDER, RING, TWIN = "other_move", "rival", "holder", "ring", "twin"
HELD, GIVEN_UP, WANTED, INHERITED, KEPT = (
    "held",
    "given_up",
    "wanted",
    "inherited",
    "kept",
)
ABOUT_PLACES = """
SELECT coalesce(json_agg(json_build_array(
    place.move, near.kind, near.name, near.code, near.page, near.id,
    near.created_at)), '[]')
FROM jsonb_to_recordset(%(places)s) AS place (administration bigint, move bigint,
    from_connection bigint, from_key text, connection bigint, environment bigint,
    key text, name text, address text)
CROSS JOIN LATERAL
"""
CONFLICTS = f"""
SELECT ({ABOUT_PLACES} (
    SELECT 'other_move' AS kind, '' AS name, '' AS code, '' AS page, id, created_at
        FROM adminmoves_move
        WHERE administration_id = place.administration AND id <> place.move
          AND state IN %(open)s
    UNION ALL SELECT 'rival', '', '', '', id, created_at FROM adminmoves_move
        WHERE to_connection_id = place.connection AND to_code_key = place.key
          AND id <> place.move AND state IN %(open)s
    UNION ALL SELECT 'holder', name, code, public_id, NULL, NULL
        FROM adminmoves_administration
        WHERE connection_id = place.connection AND code_key = place.key
          AND id <> place.administration AND retired_by_id IS NULL
    UNION ALL SELECT 'twin', '', '', '', NULL, NULL FROM adminmoves_administration
        WHERE environment_id = place.environment AND code_key = place.key
          AND name = place.name AND id <> place.administration
          AND connection_id <> place.connection AND retired_by_id IS NULL
    UNION ALL SELECT 'held', name, code, public_id, NULL, NULL
        FROM adminmoves_administration
        WHERE mail_address = place.address AND id <> place.administration
          AND retired_by_id IS NULL
    -- What was retired gives its address away; suppliers may still send to it.
    UNION ALL SELECT 'inherited', '', '', '', NULL, NULL
        FROM adminmoves_administration
        WHERE mail_address = place.address AND id <> place.administration
          AND retired_by_id IS NOT NULL
    UNION ALL (SELECT 'wanted', '', '', '', id, created_at FROM adminmoves_move
        WHERE to_address = place.address AND administration_id <> place.administration
          AND state IN %(open)s ORDER BY id DESC LIMIT 1)
    UNION ALL SELECT CASE WHEN before.environment_id = place.environment
                           AND before.code_key = place.key
                          THEN 'inherited' ELSE 'kept' END, '', '', '', NULL, NULL
        FROM adminmoves_formerplace AS before
        WHERE before.mail_address = place.address
          AND before.administration_id <> place.administration
          AND NOT EXISTS (SELECT FROM adminmoves_formerplace
                          WHERE mail_address = place.address
                            AND administration_id = place.administration)
) AS near),
    (SELECT coalesce(json_agg(json_build_array(move_type, check_code, severity)), '[]')
     FROM adminmoves_checkseverity),
    (SELECT coalesce(json_agg(profile), '[]')
     FROM adminmoves_packageprofile AS profile)
"""  # noqa: S608 - built from ABOUT_PLACES, a constant; values go in as parameters
"""By kind, of which the names stand above. Most places have none."""
LEAVING = f"""
{ABOUT_PLACES} (
    SELECT 'holder' AS kind, there.name, there.code, there.public_id AS page,
            leaving.id, leaving.created_at
        FROM adminmoves_administration AS there
        JOIN adminmoves_move AS leaving
          ON leaving.administration_id = there.id AND leaving.state IN %(open)s
        WHERE there.connection_id = place.connection AND there.code_key = place.key
          AND there.id <> place.administration
    -- Whether the moves ahead lead back to where this administration is now.
    UNION ALL SELECT 'ring', '', '', '', NULL, NULL WHERE EXISTS (
        WITH RECURSIVE ahead (connection, key) AS (
            SELECT place.connection, place.key
            UNION SELECT leaving.to_connection_id, leaving.to_code_key
            FROM ahead
            JOIN adminmoves_administration AS there
              ON there.connection_id = ahead.connection AND there.code_key = ahead.key
            JOIN adminmoves_move AS leaving
              ON leaving.administration_id = there.id AND leaving.state IN %(open)s)
        SELECT FROM ahead
        WHERE connection = place.from_connection AND key = place.from_key)
    -- Who gives up the address and the code that it is made of is on its way out;
    -- where it is at the wanted place itself, the move waits for that anyway.
    UNION ALL SELECT CASE WHEN there.connection_id = place.connection
                          THEN 'given_up' ELSE 'held' END,
            there.name, there.code, there.public_id, leaving.id, leaving.created_at
        FROM adminmoves_administration AS there
        JOIN adminmoves_move AS leaving
          ON leaving.administration_id = there.id AND leaving.state IN %(open)s
        WHERE there.mail_address = place.address AND there.id <> place.administration
          AND there.environment_id = place.environment AND there.code_key = place.key
          AND leaving.to_address <> place.address
) AS near
"""  # noqa: S608 - built from ABOUT_PLACES, a constant; values go in as parameters


@dataclass(frozen=True, slots=True)
class Conflict:
    """An administration or a move that conflicts with a wanted place.

    ``name``, ``code`` and ``page`` (the public id) are an administration's; ``number``
    is a move's, also of the one by which the administration leaves. Else empty.
    """

    name: str
    code: str
    page: str
    number: str


@dataclass(frozen=True, slots=True)
class ConflictData:
    """``conflicts`` by the id of the move that wants the place, then by kind;
    ``chosen``: the severities that were set, by type and check."""

    conflicts: Mapping[int, Mapping[str, Conflict]]
    chosen: Mapping[tuple[str, str], str]
    profiles: Mapping[str, PackageProfile]


def load_conflicts(places: Iterable[dict[str, Any]]) -> ConflictData:
    """Load what each place conflicts with.

    A place has administration, move, from_connection, from_key, connection,
    environment, key, name and address; None is not known yet, and conflicts with
    nothing.
    """
    by_move = {place["move"]: place for place in places}
    conflicts: dict[int, dict[str, Conflict]] = {move_id: {} for move_id in by_move}
    with connection.cursor() as cursor:
        cursor.execute(CONFLICTS, _params(by_move.values()))
        rows, chosen, profiles = cursor.fetchone()
        _add(conflicts, rows)
        if taken := [
            place
            for move_id, place in by_move.items()
            if {HOLDER, HELD} & conflicts[move_id].keys()
        ]:
            cursor.execute(LEAVING, _params(taken))
            _add(conflicts, cursor.fetchone()[0])
    return ConflictData(
        conflicts=conflicts,
        chosen={(move_type, code): severity for move_type, code, severity in chosen},
        profiles={row["package"]: PackageProfile(**row) for row in profiles},
    )


def _params(places: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"places": json.dumps(list(places)), "open": tuple(OPEN_STATES)}


def _add(conflicts: Mapping[int, dict[str, Conflict]], rows: list[Any]) -> None:
    """``rows`` have the columns of ABOUT_PLACES."""
    for wanting, kind, name, code, page, move_id, created_at in rows:
        number = ""
        if created_at:
            number = number_of(move_id, datetime.fromisoformat(created_at))
        conflicts[wanting][kind] = Conflict(name, code, page, number)
