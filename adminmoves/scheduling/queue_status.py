"""Whether the queue works, for the notice on the pages of people whose move waits."""

from dataclasses import dataclass
from datetime import datetime

from adminmoves.models import QueueSwitch
from adminmoves.models.people import display_name
from adminmoves.scheduling.queue import QueueState


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """While the queue is open, ``paused_at`` is None and the other two are empty."""

    worker_seen: bool
    paused_at: datetime | None = None
    paused_by: str = ""
    reason: str = ""


def queue_status_of(queue: QueueState) -> QueueStatus:
    """From the queue that a page has read already."""
    by = queue.paused
    return QueueStatus(
        worker_seen=not queue.is_alone,
        paused_at=queue.paused_at,
        paused_by=by.who if by else "",
        reason=by.why if by else "",
    )


def load_queue_status() -> QueueStatus:
    """In one query."""
    switch = QueueSwitch.objects.with_worker().get()
    return QueueStatus(
        worker_seen=switch.worker_seen,
        paused_at=switch.paused_at,
        paused_by=display_name(switch.paused_by),
        reason=switch.reason,
    )
