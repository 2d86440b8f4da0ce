"""What waits for somebody reaches them: at home, in the menu, on an open page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.approval.loans import lend_approval
from adminmoves.models import BookkeepingConnection, Move
from adminmoves.vocabulary import MoveState, Package, Role
from tests.bookkeeping.world import Packages
from tests.builders import make_administration, make_draft, make_person, submit
from tests.cast import MakeMove
from tests.overview.people import logged_in, numbers, page_words

pytestmark = pytest.mark.django_db
OPEN = {"HX-Request": "true", "HX-Trigger": "refresh"}


def test_an_administrator_hears_which_requests_wait_for_their_consent(
    agent: User, administrator: User, auditor: User, packages: Packages
) -> None:
    link = packages.connection(Package.ACCOUNTVIEW)
    assert link.demand == BookkeepingConnection.Demand.API
    for _request in range(2):
        submit(make_draft(agent, administration=make_administration(link)), agent)
    # No request waits for this one, and the list shows it too.
    other = packages.connection(Package.ACCOUNTVIEW, "KANTOOR-B")
    home = logged_in(administrator).get("/?status=alle")

    sentence = "2 wachten op jouw toestemming bij een pakket 2 koppelingen zonder"
    assert sentence in page_words(home)
    way = "/koppelingen/?status=toestemming"
    assert f'href="{way}"' in home.content.decode()
    found = logged_in(administrator).get(way).context["rows"]
    assert {row.connection for row in found} == {link, other}
    assert "jouw toestemming" not in page_words(logged_in(auditor).get("/?status=alle"))


def test_who_borrowed_the_right_begins_with_what_waits_for_them(
    a_move: MakeMove, lead: User
) -> None:
    waiting = a_move(MoveState.AWAITING_APPROVAL)
    borrower = make_person("lener", Role.SUPPORT_AGENT)
    until = timezone.now() + timedelta(hours=1)
    lend_approval(borrower.pk, actor=actor_for(lead), ends_at=until, reason="Ziek")

    home = logged_in(borrower).get("/", follow=True)

    assert home.redirect_chain == [("/?status=wacht-op-mij", 302)]
    assert numbers(home) == [waiting.number]
    assert "Wacht op mij" in page_words(home)


def test_an_open_list_and_its_menu_hear_of_what_is_new(
    a_move: MakeMove, lead: User
) -> None:
    first = a_move(MoveState.COMPLETED)
    client = logged_in(lead)
    shown = client.get("/?status=alle").content.decode()
    assert 'hx-get="/?status=alle" hx-trigger="every 30s"' in shown
    move: Move = a_move(MoveState.AWAITING_APPROVAL)

    rows = client.get("/?status=alle", headers=OPEN)
    badges = client.get("/tellers/", headers={"HX-Request": "true"})

    assert numbers(rows) == [move.number, first.number]
    assert "1 wacht op jouw akkoord" in page_words(rows)
    assert "HX-Push-Url" not in rows
    assert page_words(badges) == "1 wachten op jou 1 wachten op jou"
