"""Who was logged out meanwhile comes back to a page, never to the address of a form."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db
HOST = "http://testserver"
LOGGED_OUT = "Je was uitgelogd, dus er is niets bewaard. Log opnieuw in."


def test_a_form_that_is_sent_too_late_leads_back_to_its_page(
    client: Client, a_move: MakeMove
) -> None:
    page = f"/migraties/{a_move(MoveState.AWAITING_APPROVAL)}/"

    answer = client.post(f"{page}akkoord/", headers={"Referer": f"{HOST}{page}?x=1"})

    assert answer["Location"] == f"/inloggen/?next={page}%3Fx%3D1"
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        LOGGED_OUT
    ]


def test_a_page_of_others_is_not_where_it_leads(
    client: Client, a_move: MakeMove
) -> None:
    page = f"/migraties/{a_move(MoveState.AWAITING_APPROVAL)}/"

    answer = client.post(f"{page}akkoord/", headers={"Referer": "https://x.example/"})

    assert answer["Location"] == "/inloggen/?next=/"


def test_a_page_that_asks_for_a_part_of_itself_is_left_as_a_whole(
    client: Client, a_move: MakeMove
) -> None:
    page = f"/migraties/{a_move(MoveState.RUNNING)}/"

    answer = client.get(
        f"{page}voortgang/",
        headers={"HX-Request": "true", "Referer": f"{HOST}{page}"},
    )

    assert answer["HX-Redirect"] == f"/inloggen/?next={page}"


def test_a_page_that_is_opened_opens_after_the_log_in(client: Client) -> None:
    answer = client.get("/akkoord/?m=M-2026-00001")

    assert answer["Location"] == "/inloggen/?next=/akkoord/%3Fm%3DM-2026-00001"
    assert list(get_messages(answer.wsgi_request)) == []
