"""What people are told when their move would not be carried out now."""

from django import template

from adminmoves.operations import standing
from adminmoves.vocabulary import StepCode

register = template.Library()


@register.inclusion_tag("operations/notice.html")
def queue_notice() -> dict[str, standing.Standing]:
    """Nothing when all is well; one query."""
    return {"standing": standing.read()}


@register.filter
def step_name(code: str) -> str:
    return str(StepCode(code).label)
