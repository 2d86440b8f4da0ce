"""What every answer tells the browser: keep nothing, allow nothing, show it nowhere."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db

PAGES = (
    "/", "/?status=alle", "/akkoord/", "/akkoord/uitlenen/", "/aanvraag/",
    "/administraties/", "/koppelingen/", "/zoeken/?q=x", "/historie/", "/hulp/",
    "/voorkeuren/", "/beheer/werking/", "/stijlgids/", "/beheer/", "/inloggen/",
    "/nergens/", "/migraties/M-2026-99999/", "/healthz", "/readyz",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_kept_by_a_browser_or_shown_elsewhere(
    page: str, client: Client, lead: User
) -> None:
    client.force_login(lead)

    headers = client.get(page).headers

    assert "no-store" in headers["Cache-Control"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_exports_and_parts_of_pages_are_not_kept_either(
    client: Client, auditor: User, a_move: MakeMove
) -> None:
    move = a_move(MoveState.RUNNING)
    client.force_login(auditor)

    export = client.post("/historie/export/", {"formaat": "csv"})
    part = client.get(f"/migraties/{move.number}/voortgang/")

    assert (export["Cache-Control"], part["Cache-Control"]) == ("no-store",) * 2


def test_a_style_sheet_may_be_kept(client: Client) -> None:
    answer = client.get("/static/portal/css/base.css")
    answer.close()

    assert "no-store" not in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_who_logs_out_leaves_nothing_in_the_browser(
    client: Client, agent: User
) -> None:
    client.force_login(agent)

    answer = client.post("/uitloggen/")

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
