"""What the trail keeps of a change to the estate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adminmoves.audit import trail
from adminmoves.audit.trail import Line
from adminmoves.estate.sheets import SHEETS, Subject
from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.vocabulary import EventCode


def plain(value: Any) -> Any:
    """A value as the trail keeps it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Environment | BookkeepingConnection):
        return value.public_id
    return value


def facts_of(subject: Subject) -> dict[str, Any]:
    """All that a file could say of a subject."""
    sheet = next(sheet for sheet in SHEETS if isinstance(subject, sheet.model))
    return {
        column.field: plain(getattr(subject, column.field)) for column in sheet.columns
    }


def line_about(subject: Subject, params: Mapping[str, Any]) -> Line:
    """The line of the trail for a subject that an administrator changed."""
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
