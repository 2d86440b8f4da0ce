"""Pieces of pages that are made once for what they show.

A piece is kept under all that it tells; whatever changes makes another piece, so that
nothing old is ever shown.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Kept:
    """The pieces of one template, ``most`` of them before it begins anew."""

    template: str
    most: int
    made: dict[Hashable, SafeString] = field(default_factory=dict)

    def piece(self, told: Hashable, **page: Any) -> SafeString:
        """``told``: all that the template reads of ``page``, but language and day."""
        key = (get_language(), timezone.localdate(), told)
        piece = self.made.get(key)
        if piece is None:
            if len(self.made) >= self.most:
                self.made.clear()
            piece = self.made[key] = render_to_string(self.template, page)
        return piece
