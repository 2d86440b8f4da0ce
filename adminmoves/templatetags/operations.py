"""What people are told when their move would not be carried out now."""

from django import template

from adminmoves.operations import standing
from adminmoves.scheduling.queue import Queue
from adminmoves.vocabulary import StepCode

register = template.Library()


@register.inclusion_tag("operations/notice.html")
def queue_notice(asked: Queue | None = None) -> dict[str, standing.Standing]:
    """Nothing when all is well. One query, where the page has not asked already."""
    return {"standing": _told(asked) if asked else standing.read()}


def _told(queue: Queue) -> standing.Standing:
    by = queue.paused
    return standing.Standing(
        worker_seen=not queue.is_alone,
        paused_at=queue.paused_at,
        paused_by=by.who if by else "",
        reason=by.why if by else "",
    )


@register.filter
def step_name(code: str) -> str:
    return str(StepCode(code).label)
