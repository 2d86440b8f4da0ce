"""A list that the database is too long busy with says so, and loses nothing typed."""

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from playwright.sync_api import expect

from adminmoves.overview.moves import views
from adminmoves.vocabulary import MoveState
from tests.browser.conftest import Visit
from tests.cast import MakeMove


def busy(*_args: object) -> None:
    """As a count that takes longer than a statement may."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        cursor.execute("SELECT pg_sleep(10)")


def test_the_words_come_in_place_of_the_rows_and_go_with_the_next_answer(
    visit: Visit, lead: User, a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)
    page = visit("/?status=alle", lead)
    rows, search = page.locator("#rows"), page.get_by_label("Zoek in migraties")
    expect(rows).to_contain_text(move.number)

    with monkeypatch.context() as slow:
        slow.setattr(views, "count", busy)
        search.fill("Bakkerij")
        expect(rows).to_contain_text("De database was hier te lang mee bezig")
    expect(rows).to_contain_text("Zoek op iets preciezers")
    expect(search).to_have_value("Bakkerij")

    search.fill(move.number)
    expect(rows.get_by_text(move.number)).to_be_visible()
