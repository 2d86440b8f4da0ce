"""Cached pieces of pages: to render a row takes longer than to read it.

People look at the same newest rows all day, so most of them are rendered already.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class FragmentCache:
    """Renderings of one template in this process, at most ``max_size`` of them."""

    template: str
    max_size: int
    cached: dict[Hashable, SafeString] = field(default_factory=dict)

    def render(self, key: Hashable, **context: Any) -> SafeString:
        """``key``: all that the template reads of ``context``, but language and day."""
        full_key = (get_language(), timezone.localdate(), key)
        html = self.cached.get(full_key)
        if html is None:
            if len(self.cached) >= self.max_size:
                self.cached.clear()
            html = self.cached[full_key] = render_to_string(self.template, context)
        return html
