"""Tags about the reversal of a completed move."""

from typing import Any

from django import template

from adminmoves.intake.draft.reverse import Turning, look_at_turning, look_back
from adminmoves.models import Move

register = template.Library()


@register.simple_tag
def turning(move: Move, is_asked: bool) -> Turning:
    """Whether a completed move is reversed, and whether it can be.

    ``is_asked``: the move's ``is_asked_back``, which saves most pages a query.
    """
    return look_at_turning(move, is_asked=is_asked)


@register.inclusion_tag("intake/turns_back.html")
def turns_back(move: Move) -> dict[str, Any]:
    """The move that this one reverses; empty where it reverses none."""
    return {"back": look_back(move)}
