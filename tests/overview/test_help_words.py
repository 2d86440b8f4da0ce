"""The help speaks of any request, so nothing in it is left open."""

import pytest
from django.utils import translation

from adminmoves.overview.help.explained import checks


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_a_check_wants_is_a_whole_sentence(language: str) -> None:
    with translation.override(language):
        titles = [check.title for check in checks()]

    assert [title for title in titles if "…" in title or "  " in title] == []
    whole = {"nl": "De koppeling is actief", "en": "The connection is active"}
    assert whole[language] in titles
