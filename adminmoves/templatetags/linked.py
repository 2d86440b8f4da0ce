"""Words that people or the portal wrote, with what they name as links."""

import re

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
NAMED = re.compile(
    r"""\b(?P<number>M-[0-9]{4}-[0-9]{5,18})\b"""
    # What ends a sentence or a quotation is no part of an address.
    r"""|(?P<url>https?://[^\s<>"'“”]*[^\s<>"'“”.,;:!?)\]])"""
)


@register.filter
def linked(text: object) -> SafeString:
    """Numbers of moves and web addresses as links; lines end where they ended."""
    told = str(text)
    if isinstance(told, SafeString):
        return told  # it has links of its own
    parts, end = [], 0
    for found in NAMED.finditer(told):
        parts += [escape(told[end : found.start()]), _link(found)]
        end = found.end()
    lines = "".join([*parts, escape(told[end:])]).splitlines()
    return mark_safe("<br>".join(lines))  # noqa: S308 - each part is escaped above


def _link(found: re.Match[str]) -> SafeString:
    if number := found["number"]:
        way = reverse("moves:detail", args=[number])
        return format_html('<a class="nw" href="{}">{}</a>', way, number)
    return format_html('<a href="{0}" rel="noopener noreferrer">{0}</a>', found["url"])
