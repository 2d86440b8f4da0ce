"""What the checks have to know of the record: one question, and a second one only
where somebody is at a wanted place or has its address."""

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
NEAR = f"""
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
"""The kinds of what is near a place are the names above; mostly nothing is."""
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
    """An administration by name and code, a move by its number, or only that it is so;
    of an administration the move by which it leaves. ``page``: its public id."""

    name: str
    code: str
    page: str
    number: str


@dataclass(frozen=True, slots=True)
class ConflictData:
    """What else is at wanted places or wants them, by the id of the move that wants
    it; the severities that were chosen, by type and check; the packages' profiles."""

    near: Mapping[int, Mapping[str, Conflict]]
    chosen: Mapping[tuple[str, str], str]
    profiles: Mapping[str, PackageProfile]


def load_conflicts(places: Iterable[dict[str, Any]]) -> ConflictData:
    """What each place conflicts with.

    A place has administration, move, from_connection, from_key, connection,
    environment, key, name and address; None is not known yet, and near nothing.
    """
    asked = {place["move"]: place for place in places}
    near: dict[int, dict[str, Conflict]] = {move_id: {} for move_id in asked}
    with connection.cursor() as cursor:
        cursor.execute(NEAR, _asked(asked.values()))
        rows, chosen, profiles = cursor.fetchone()
        _put(near, rows)
        taken = {HOLDER, HELD}
        if left := [asked[one] for one in asked if taken & near[one].keys()]:
            cursor.execute(LEAVING, _asked(left))
            _put(near, cursor.fetchone()[0])
    return ConflictData(
        near=near,
        chosen={(move_type, code): severity for move_type, code, severity in chosen},
        profiles={one["package"]: PackageProfile(**one) for one in profiles},
    )


def _asked(places: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"places": json.dumps(list(places)), "open": tuple(OPEN_STATES)}


def _put(near: Mapping[int, dict[str, Conflict]], rows: list[Any]) -> None:
    for asked, kind, name, code, page, move_id, made in rows:
        moves = number_of(move_id, datetime.fromisoformat(made)) if made else ""
        near[asked][kind] = Conflict(name, code, page, moves)
