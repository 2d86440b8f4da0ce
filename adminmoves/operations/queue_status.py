"""Whether the queue works, for the notice on the pages of people whose move waits."""

from dataclasses import dataclass
from datetime import datetime

from adminmoves.models import QueueSwitch
from adminmoves.models.people import display_name


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """While the queue is open, ``paused_at`` is None and the other two are empty."""

    worker_seen: bool
    paused_at: datetime | None = None
    paused_by: str = ""
    reason: str = ""

    @property
    def is_well(self) -> bool:
        return self.worker_seen and self.paused_at is None


def read() -> QueueStatus:
    switch = QueueSwitch.objects.with_worker().get()
    return QueueStatus(
        worker_seen=switch.worker_seen,
        paused_at=switch.paused_at,
        paused_by=display_name(switch.paused_by),
        reason=switch.reason,
    )
