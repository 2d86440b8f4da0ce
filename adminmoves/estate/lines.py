"""The trail entries of changes to the estate."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.estate.sheets import Subject, sheet_of
from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.vocabulary import EventCode


def plain(value: object) -> Any:
    """A value as the trail stores it: a moment in UTC, a row by its public id."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Environment | BookkeepingConnection):
        return value.public_id
    return value


def differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, Any]:
    """Return the values that differ; of a new row those that are not empty."""
    names = [
        name
        for name in after
        if (after[name] != before[name] if before else after[name])
    ]
    return {
        "before": {name: before[name] for name in names} if before else {},
        "after": {name: after[name] for name in names},
    }


def facts_of(subject: Subject) -> dict[str, Any]:
    """All facts of a subject that a file can have, as the trail stores them."""
    names = [column.field for column in sheet_of(subject).columns]
    return {name: plain(getattr(subject, name)) for name in names}


def line_about(subject: Subject, params: Mapping[str, object]) -> TrailEntry:
    """The trail entry of a subject that an administrator changed."""
    match subject:
        case Environment():
            return trail.about_environment(
                subject, EventCode.ENVIRONMENT_CHANGED, params=params
            )
        case BookkeepingConnection():
            return trail.about_connection(
                subject, EventCode.CONNECTION_CHANGED, params=params
            )
        case Administration():
            return trail.about_administration(
                subject, EventCode.ADMINISTRATION_CHANGED, params=params
            )
