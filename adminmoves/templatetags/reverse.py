"""What pages tell of turning a completed move back."""

from typing import Any

from django import template

from adminmoves.intake.reverse import Turning, look_at_turning, look_back
from adminmoves.models import Move

register = template.Library()


@register.simple_tag
def turning(move: Move) -> Turning:
    """Of a completed move: is it turned back, can it be."""
    return look_at_turning(move)


@register.inclusion_tag("intake/turns_back.html")
def turns_back(move: Move) -> dict[str, Any]:
    """Of any move: which one it turns back; nothing where it turns back none."""
    return {"back": look_back(move)}
