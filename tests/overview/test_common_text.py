"""A text by which very many are known: what is looked at, and what the page says."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.models import Move, search
from tests.builders import make_administration, make_connection, make_draft
from tests.overview.people import logged_in, numbers, page_words

pytestmark = pytest.mark.django_db
IN_WINDOW = "daarom keken we in de laatste 90 dagen"
SOME = "Dit is een deel ervan, niet alles."


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than three are many, and two of them are shown."""
    monkeypatch.setattr(search, "COMMON_FROM", 3)
    monkeypatch.setattr(search, "SEARCH_COMMON_FROM", 3)
    monkeypatch.setattr(search, "SHOWN_OF_COMMON", 2)


@pytest.fixture
def drafts(agent: User) -> list[Move]:
    """Four with one name, the newest first; the last one is older than the window."""
    connection = make_connection(package="TWINFIELD")
    made = [
        make_draft(
            agent,
            administration=make_administration(
                connection, name=f"Firma {n}", code=f"F{n}"
            ),
        )
        for n in range(4)
    ]
    for days, move in zip((0, 10, 89, 91), made, strict=True):
        then = timezone.now() - timedelta(days=days)
        Move.objects.filter(pk=move.pk).update(state_since=then)
    return made


def shown(answer: Any) -> list[str]:
    return re.findall(r'class="rowlink[^"]*"[^>]*>(Firma \d)<', answer.content.decode())


def test_the_list_looks_in_the_newest_days_and_says_so(
    agent: User, drafts: list[Move]
) -> None:
    answer = logged_in(agent).get("/?status=alle&q=firma")

    assert IN_WINDOW in page_words(answer)
    assert numbers(answer) == [move.number for move in drafts[:3]]


def test_a_link_looks_at_everything_and_keeps_the_filters(
    agent: User, drafts: list[Move]
) -> None:
    client = logged_in(agent)
    answer = client.get("/?status=concept&q=firma&wie=ik&pakket=TWINFIELD")
    link = re.search(r'href="([^"]+)">Zoek in alles', answer.content.decode())
    assert link

    whole = client.get(f"/{html.unescape(link[1])}")

    for filter_text in ("status=concept", "q=firma", "wie=ik", "pakket=TWINFIELD"):
        assert filter_text in html.unescape(link[1])
    assert numbers(whole) == [move.number for move in drafts]
    assert IN_WINDOW not in page_words(whole)


@pytest.mark.parametrize("query", ["q=firma&periode=365", "q=firma+3", "periode=365"])
def test_a_period_or_a_rare_text_has_no_window(
    agent: User, drafts: list[Move], query: str
) -> None:
    answer = logged_in(agent).get(f"/?status=alle&{query}")

    assert IN_WINDOW not in page_words(answer)
    assert drafts[3].number in numbers(answer)


@pytest.mark.parametrize("address", ["/administraties/", "/zoeken/"])
def test_of_very_many_administrations_some_show_and_it_says_so(
    agent: User, drafts: list[Move], address: str
) -> None:
    answer = logged_in(agent).get(address, {"q": "firma"})

    assert SOME in page_words(answer)
    assert len(shown(answer)) == 2


@pytest.mark.parametrize("address", ["/administraties/", "/zoeken/"])
def test_letters_more_find_the_one_that_is_meant(
    agent: User, drafts: list[Move], address: str
) -> None:
    answer = logged_in(agent).get(address, {"q": "firma 3"})

    assert SOME not in page_words(answer)
    assert shown(answer) == ["Firma 3"]


def test_another_filter_finds_all_that_it_leaves(
    agent: User, drafts: list[Move]
) -> None:
    answer = logged_in(agent).get("/administraties/?q=firma&pakket=TWINFIELD")

    assert SOME not in page_words(answer)
    assert shown(answer) == [f"Firma {n}" for n in range(4)]
