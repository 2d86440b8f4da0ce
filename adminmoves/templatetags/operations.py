"""What people are told when their move would not be carried out now."""

from django import template

from adminmoves.operations import queue_status
from adminmoves.scheduling.queue import QueueState
from adminmoves.vocabulary import StepCode

register = template.Library()


@register.inclusion_tag("operations/notice.html")
def queue_notice(
    asked: QueueState | None = None,
) -> dict[str, queue_status.QueueStatus]:
    """Nothing when all is well. One query, where the page has not asked already."""
    return {"standing": _told(asked) if asked else queue_status.read()}


def _told(queue: QueueState) -> queue_status.QueueStatus:
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
