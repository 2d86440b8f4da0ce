"""What pages tell of turning a completed move back."""

from typing import Any

from django import template

from adminmoves.intake.reverse import Turning, look_at_turning, look_back
from adminmoves.models import Move

register = template.Library()


@register.simple_tag
def turning(move: Move, is_asked: bool) -> Turning:
    """Of a completed move: is it turned back, can it be.

    ``is_asked``: ``is_asked_back`` of the dossier, which spares most pages a query.
    """
    return look_at_turning(move, is_asked=is_asked)


@register.inclusion_tag("intake/turns_back.html")
def turns_back(move: Move) -> dict[str, Any]:
    """Of any move: which one it turns back; nothing where it turns back none."""
    return {"back": look_back(move)}
