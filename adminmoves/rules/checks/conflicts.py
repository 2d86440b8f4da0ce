"""Conflicts with wanted places, read for the checks.

One statement, and a second one only where an administration is at a wanted place or
has its address: by which move it leaves, and whether the moves form a ring.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.db import connection

from adminmoves.models import PackageProfile
from adminmoves.models.numbers import number_of
from adminmoves.models.sql import fetch_as, sql_beside
from adminmoves.vocabulary import OPEN_STATES

OTHER_MOVE, RIVAL, HOLDER, RING, TWIN = "other_move", "rival", "holder", "ring", "twin"
HELD, GIVEN_UP, WANTED, INHERITED, KEPT = (
    "held",
    "given_up",
    "wanted",
    "inherited",
    "kept",
)
CONFLICTS = sql_beside(__file__, "conflicts")
LEAVING = sql_beside(__file__, "leaving")


class ConflictItem(TypedDict):
    """What conflicts with the place that the move ``wanting`` wants.

    ``id`` and ``created_at`` (ISO 8601) are of a move; the rest is as in ``Conflict``.
    """

    wanting: int
    kind: str
    name: str
    code: str
    page: str
    id: int | None
    created_at: str | None


class SeverityItem(TypedDict):
    move_type: str
    check_code: str
    severity: str


class ConflictsRow(NamedTuple):
    """The only row of conflicts.sql."""

    conflicts: list[ConflictItem]
    severities: list[SeverityItem]
    profiles: list[dict[str, Any]]


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


def load_conflicts(places: Iterable[Mapping[str, Any]]) -> ConflictData:
    """Load what each place conflicts with.

    A place has administration, move, from_connection, from_key, connection,
    environment, key, name and address; None is not known yet, and conflicts with
    nothing.
    """
    by_move = {place["move"]: place for place in places}
    conflicts: dict[int, dict[str, Conflict]] = {move_id: {} for move_id in by_move}
    with connection.cursor() as cursor:
        cursor.execute(CONFLICTS, _params(by_move.values()))
        row = fetch_as(cursor, ConflictsRow)[0]
        _add(conflicts, row.conflicts)
        if taken := [
            place
            for move_id, place in by_move.items()
            if {HOLDER, HELD} & conflicts[move_id].keys()
        ]:
            cursor.execute(LEAVING, _params(taken))
            _add(conflicts, cursor.fetchone()[0])
    return ConflictData(
        conflicts=conflicts,
        chosen={
            (item["move_type"], item["check_code"]): item["severity"]
            for item in row.severities
        },
        profiles={each["package"]: PackageProfile(**each) for each in row.profiles},
    )


def _params(places: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"places": json.dumps(list(places)), "open": tuple(OPEN_STATES)}


def _add(
    conflicts: Mapping[int, dict[str, Conflict]], items: Iterable[ConflictItem]
) -> None:
    for item in items:
        move_id, created_at = item["id"], item["created_at"]
        number = ""
        if move_id and created_at:
            number = number_of(move_id, datetime.fromisoformat(created_at))
        conflict = Conflict(item["name"], item["code"], item["page"], number)
        conflicts[item["wanting"]][item["kind"]] = conflict
