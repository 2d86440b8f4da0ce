"""The administrator's pages say "je" and "ja", whatever Django's own Dutch says."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import BookkeepingConnection, Environment
from tests.builders import make_connection
from tests.estate.admin import address, as_shown
from tests.overview.people import page_words

pytestmark = pytest.mark.django_db
FORMAL = re.compile(r"\b([Uu]|[Uu]w|True|False|De kantoor)\b")


def test_no_page_says_u_or_true(client: Client, administrator: User) -> None:
    connection = make_connection()
    client.force_login(administrator)
    office = address(Environment, "change", connection.environment.pk)
    sent = {**as_shown(client.get(office)), "name": "Nieuw", "_continue": "ja"}
    pages = [
        client.post(office, sent, follow=True),
        client.get(address(Environment, "changelist")),
        client.get(address(BookkeepingConnection, "changelist")),
        client.get(address(User, "changelist")),
        client.get(address(User, "add")),
        client.get(address(User, "change", administrator.pk)),
    ]

    assert "Gewijzigd: kantoor" in page_words(pages[0])
    for page in pages:
        text = page.content.decode()
        assert 'alt="True"' not in text
        assert FORMAL.findall(page_words(page)) == []
