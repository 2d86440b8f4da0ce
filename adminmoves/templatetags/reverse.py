"""Tags about the reversal of a completed move."""

from typing import Any

from django import template

from adminmoves.intake.draft.reverse import Reversal, load_reversal, way_back_of
from adminmoves.models import Move

register = template.Library()


@register.simple_tag
def reversal(move: Move, is_asked_back: bool) -> Reversal:
    """Whether a completed move is reversed, and whether it can be.

    ``is_asked_back``: an annotation of the move, which saves most pages a query.
    """
    return load_reversal(move, is_asked_back=is_asked_back)


@register.inclusion_tag("move/way_back.html")
def turns_back(move: Move) -> dict[str, Any]:
    """The move that this one reverses; None where it reverses none."""
    return {"back": way_back_of(move)}
