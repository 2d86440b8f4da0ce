"""The help speaks of any request, so nothing in it is left open."""

import pytest
from django.utils import translation

from adminmoves.overview.help.explained import checks, states
from adminmoves.overview.moves.status_tabs import PARTS


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_a_check_wants_is_a_whole_sentence(language: str) -> None:
    with translation.override(language):
        titles = [check.title for check in checks()]

    assert [title for title in titles if "…" in title or "  " in title] == []
    whole = {"nl": "De koppeling is actief", "en": "The connection is active"}
    assert whole[language] in titles


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_status_of_the_list_is_explained_by_its_word_and_look(
    language: str,
) -> None:
    with translation.override(language):
        explained = {str(state.label): state.look for state in states()}

        assert explained == {str(cut.label): cut.look for cut in PARTS}
