"""The frame of the rehearsal's own pages: plain HTML, one style sheet, no script."""

from html import escape
from importlib.resources import files

from rehearsal.messages import Answer, in_html
from rehearsal.words import Language, translate

STYLE = "/style.css"
POLICY = "default-src 'none'; style-src 'self'; img-src 'none'; frame-ancestors 'none'"


def page(language: Language, title: str, content: str, status: int = 200) -> Answer:
    """A whole page that says on top what kind of world this is."""
    answer = in_html(
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - {translate(language, 'world')}</title>"
        f'<link rel="stylesheet" href="{STYLE}"></head><body>'
        f'<header><p class="world">{translate(language, "world")}</p>'
        f"<p>{translate(language, 'made_up')}</p></header>"
        f"<main><h1>{escape(title)}</h1>{content}</main></body></html>",
        status,
    )
    answer.headers |= {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return answer


def style() -> Answer:
    sheet = files("rehearsal").joinpath("style.css").read_bytes()
    return Answer(200, sheet, "text/css; charset=utf-8")
