"""Numbers of moves and addresses in words lead somewhere; nothing else is markup."""

import pytest
from django.utils.safestring import mark_safe

from adminmoves.templatetags.linked import linked

MOVE = '<a class="nw" href="/migraties/M-2026-00012/">M-2026-00012</a>'
SITE = "https://wiki.voorbeeld.example/a?b=1&c=2"
SHOWN = SITE.replace("&", "&amp;")
WEB = f'<a href="{SHOWN}" rel="noopener noreferrer">{SHOWN}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Wacht op M-2026-00012.", f"Wacht op {MOVE}."),
        (f"Zie {SITE}, daar staat het.", f"Zie {WEB}, daar staat het."),
        (f"“{SITE}”", f"“{WEB}”"),
        ("een\ntwee\r\n\r\ndrie", "een<br>twee<br><br>drie"),
        ("<b onclick=x>M-2026-00012</b>", f"&lt;b onclick=x&gt;{MOVE}&lt;/b&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ('https://x.example/"onmouseover=x', None),
        ("SUP-M-2026-000120000000000000000000", None),
        (mark_safe("<a href='/'>M-2026-00012</a>"), "<a href='/'>M-2026-00012</a>"),
    ],
)
def test_what_is_named_is_a_link(text: str, html: str | None) -> None:
    linked_text = linked(text)

    if html is None:
        assert '"onmouseover' not in linked_text
        assert "/migraties/" not in linked_text
    else:
        assert linked_text == html
