"""Texts of people and of the portal, with links in them."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
BREAK = SafeString("<br>")
NAMED = re.compile(
    r"""\b(?P<number>M-[0-9]{4}-[0-9]{5,18})\b"""
    # What ends a sentence or a quotation is no part of an address.
    r"""|(?P<url>https?://[^\s<>"'“”]*[^\s<>"'“”.,;:!?)\]])"""
)


@register.filter
def linked(text: object) -> SafeString:
    """Numbers of moves and web addresses as links; lines end where they ended."""
    words = str(text)
    if isinstance(words, SafeString):
        return words  # it has links of its own
    lines = words.splitlines()
    return format_html_join(BREAK, "{}", ((_line(line),) for line in lines))


def _line(line: str) -> SafeString:
    parts: list[str] = []
    end = 0
    for found in NAMED.finditer(line):
        parts += [line[end : found.start()], _link(found)]
        end = found.end()
    parts.append(line[end:])
    return format_html_join("", "{}", ((part,) for part in parts))


def _link(found: re.Match[str]) -> SafeString:
    if number := found["number"]:
        way = reverse("moves:detail", args=[number])
        return format_html('<a class="nw" href="{}">{}</a>', way, number)
    return format_html('<a href="{0}" rel="noopener noreferrer">{0}</a>', found["url"])
