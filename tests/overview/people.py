"""Somebody at a browser, and what a page tells them."""

import html
import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

BACKEND = "django.contrib.auth.backends.ModelBackend"


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def page_words(answer: Any) -> str:
    """The words of a page without its tags."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text)).strip()


def numbers(answer: Any) -> list[str]:
    """The migrations in the rows of a list, in order."""
    page = answer.content.decode()
    return re.findall(r'<small class="mono">(M-\d+-\d+)</small>', page)


def chips(answer: Any) -> dict[str, str]:
    """Each chip with its count, in order."""
    page = answer.content.decode()
    start = page.index('id="chips"')
    nav = page[start : page.index("</nav>", start)]
    found = re.findall(r'([^<>]+) <span class="n">([^<]+)</span>', nav)
    return {html.unescape(label.strip()): count for label, count in found}


def link(answer: Any, rel: str) -> str:
    """Where the button for older ("next") or newer ("prev") rows leads."""
    found = re.search(rf'href="(\?[^"]+)" rel="{rel}"', answer.content.decode())
    return html.unescape(found[1]) if found else ""
