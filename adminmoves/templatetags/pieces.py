"""Parts of the frame of a page and of its filters, rendered once for what they show."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from adminmoves.web.fragments import FragmentCache
from adminmoves.web.frame import FramePart
from adminmoves.web.lists import FilterForm

register = template.Library()
FRAME_PARTS: Mapping[str, FragmentCache] = {
    name: FragmentCache(f"partials/{name}.html", max_size=200)
    for name in ("tabbar", "shortcuts", "palette")
}
SELECTS = FragmentCache("partials/filter_select.html", max_size=500)


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """A part of the frame: the menu, the keyboard shortcuts, the palette."""
    frame, may = context["frame"], context["may"]
    part = FramePart(
        nav=str(context.get("nav", "")),
        pages=frame.pages,
        single_letter_keys=frame.single_letter_keys,
        may_draft=may["draft"],
        may_approve=may["approve"],
    )
    # The part is its own key: its template gets nothing else.
    return FRAME_PARTS[name].render(part, part=part)


@register.simple_tag
def select(field: BoundField) -> SafeString:
    """A filter with its label."""
    form = field.form
    offered = form.offers(field.name) if isinstance(form, FilterForm) else ()
    # The choices are those of the class of the form, and what this one offers besides.
    key = (type(form), field.name, field.value(), offered)
    return SELECTS.render(key, field=field)


@register.simple_tag
def options(offices: Any) -> SafeString:
    """Suggestions for a field for an office: each code with its name."""
    return _options(tuple(offices))


@lru_cache(maxsize=20)
def _options(offices: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', offices)
