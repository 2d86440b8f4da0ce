"""What stands around every page, each piece made once for what it shows."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from adminmoves.web.fragments import Kept
from adminmoves.web.lists import FilterForm

register = template.Library()
AROUND: Mapping[str, Kept] = {
    name: Kept(f"partials/{name}.html", most=200)
    for name in ("tabbar", "shortcuts", "palette")
}
SELECT = Kept("overview/filter_select.html", most=500)


@register.simple_tag(takes_context=True)
def around(context: Context, name: str) -> SafeString:
    """A piece of the frame; these tell the menu, the keys and what one may begin."""
    chrome = context["chrome"]
    may, nav = context["may"], context.get("nav", "")
    told = (
        nav,
        chrome.single_letter_keys,
        may["draft"],
        may["approve"],
        *((entry.page.key, entry.count) for entry in chrome.pages),
    )
    return AROUND[name].piece(told, chrome=chrome, may=may, nav=nav)


@register.simple_tag
def select(field: BoundField) -> SafeString:
    """A filter with its label; a choice is told by its form and what it offers."""
    form = field.form
    offered = form.offers(field.name) if isinstance(form, FilterForm) else ()
    told = (type(form), field.name, field.value(), offered)
    return SELECT.piece(told, field=field)


@register.simple_tag
def options(offices: Any) -> SafeString:
    """What a field for an office suggests: its code, with its name beside it."""
    return _options(tuple(offices))


@lru_cache(maxsize=20)
def _options(offices: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', offices)
