"""The notice that the queue does not run now."""

from django import template

from adminmoves.operations import queue_status
from adminmoves.scheduling.queue import QueueState
from adminmoves.vocabulary import StepCode

register = template.Library()


@register.inclusion_tag("partials/queue_notice.html")
def queue_notice(
    queue: QueueState | None = None,
) -> dict[str, queue_status.QueueStatus]:
    """Empty while the queue runs. One query, unless the page has read the queue."""
    return {"status": _status(queue) if queue else queue_status.read()}


def _status(queue: QueueState) -> queue_status.QueueStatus:
    by = queue.paused
    return queue_status.QueueStatus(
        worker_seen=not queue.is_alone,
        paused_at=queue.paused_at,
        paused_by=by.who if by else "",
        reason=by.why if by else "",
    )


@register.filter
def step_name(code: str) -> str:
    return str(StepCode(code).label)
