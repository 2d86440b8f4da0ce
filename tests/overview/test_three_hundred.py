"""A page costs at most eight queries, with three rows and with three hundred.

Each page's own test holds the number for few rows; here it is held for many.
"""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg2 import extensions

from adminmoves.models import FormerPlace
from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove
from tests.estate.test_large import make_estate
from tests.overview.people import logged_in

pytestmark = pytest.mark.slow

S = MoveState
MOST = 8
READS_HISTORY = ("lead", "auditor", "administrator")
EVERYBODY = ("agent", *READS_HISTORY)
PAGES = {
    "/?status=alle": EVERYBODY,
    "/?status=alle&kantoor={office}": EVERYBODY,
    "/?status=alle&q={code}": EVERYBODY,
    "/?status=alle&q={address}": EVERYBODY,
    "/administraties/": EVERYBODY,
    "/administraties/?q={code}": EVERYBODY,
    "/zoeken/?q={code}": EVERYBODY,
    "/zoeken/?q={address}": EVERYBODY,
    "/migraties/{completed}/": EVERYBODY,
    "/historie/": READS_HISTORY,
    "/historie/?q={code}": READS_HISTORY,
}


def queries(user: User, path: str) -> int:
    client = logged_in(user)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.django_db(transaction=True)
def test_no_page_costs_more_than_eight_queries_with_three_hundred_rows(
    owner: extensions.connection,
    database_name: str,
    agent: User,
    lead: User,
    auditor: User,
    administrator: User,
) -> None:
    made = make_estate(database_name)
    assert made.returncode == 0, made.stderr
    people = {
        "agent": agent,
        "lead": lead,
        "auditor": auditor,
        "administrator": administrator,
    }
    left = FormerPlace.objects.latest("pk")
    places = {
        "office": left.office_code,
        "code": left.code,
        "address": left.mail_address,
        "completed": left.move.number,
    }

    costs = {
        (who, path): queries(people[who], path.format(**places))
        for path, readers in PAGES.items()
        for who in readers
    }

    assert {page: cost for page, cost in costs.items() if cost > MOST} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state",
    [S.DRAFT, S.COMPLETED, S.IN_DOUBT, S.REJECTED, S.WITHDRAWN],
)
def test_the_page_of_a_move_costs_no_more_for_any_reader(
    state: MoveState, agent: User, lead: User, auditor: User, a_move: MakeMove
) -> None:
    path = f"/migraties/{a_move(state).number}/"

    costs = {user.username: queries(user, path) for user in (agent, lead, auditor)}

    assert {who: cost for who, cost in costs.items() if cost > MOST} == {}
