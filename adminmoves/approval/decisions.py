"""The approval of one request as a lead sent it."""

from dataclasses import dataclass
from datetime import datetime

from adminmoves.approval.priority import (
    NO_OVERRIDE,
    NO_PRIORITY,
    Priority,
    WindowOverride,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """``plan_hash`` and ``version`` are of the page that was read (no version: code).

    ``seen`` holds the keys of the warnings that were ticked.
    """

    move_id: int
    plan_hash: str
    seen: frozenset[str]
    not_before: datetime | None = None
    priority: Priority = NO_PRIORITY
    window_override: WindowOverride = NO_OVERRIDE
    version: str | None = None
