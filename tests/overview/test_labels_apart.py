"""Two connections that read the same are shown with what tells them apart."""

import pytest
from django.contrib.auth.models import User

from adminmoves.detail.comparison import diff_of
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import MoveType, Role
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    make_environment,
    make_person,
)
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
T = MoveType
PAIRS = {
    "EXACT_ONLINE": ({"country": "NL"}, {"country": "BE"}),
    "UNIT4": (
        {"base_url": "https://een.example/api"},
        {"base_url": "https://twee.example/api"},
    ),
}
LABELS = {
    "EXACT_ONLINE": ("OOST-1 (NL)", "OOST-1 (BE)"),
    "UNIT4": ("OOST-1 (een.example/api)", "OOST-1 (twee.example/api)"),
}


@pytest.fixture(params=PAIRS)
def twins(request: pytest.FixtureRequest) -> list[BookkeepingConnection]:
    office = make_environment()
    return [
        make_connection(
            office, package=request.param, package_environment="OOST-1", **facts
        )
        for facts in PAIRS[request.param]
    ]


def test_pages_show_which_of_the_two_it_is(
    twins: list[BookkeepingConnection], agent: User
) -> None:
    one, other = twins
    now, then = LABELS[one.package]
    move = make_draft(
        agent,
        T.RELINK_CONNECTION,
        make_administration(one),
        to_environment=other.environment,
        to_connection=other,
    )
    client = logged_in(agent)

    labels = {
        path: {label for label in (now, then) if label in page_words(client.get(path))}
        for path in (
            "/administraties/",
            f"/migraties/{move.number}/",
            f"/aanvraag/{move.number}/",
        )
    }

    assert labels == {path: {now, then} for path in labels} | {
        "/administraties/": {now}
    }
    diff = diff_of(move)
    assert diff is not None
    assert [row.changes for row in diff.rows] == [False, False, False, True]


def test_the_administrators_lists_show_it_too(
    twins: list[BookkeepingConnection],
) -> None:
    for link in twins:
        make_administration(link)
    client = logged_in(make_person("beheerder", Role.ADMINISTRATOR))

    page = page_words(client.get("/beheer/adminmoves/administration/"))

    assert all(label in page for label in LABELS[twins[0].package])


def test_the_same_licence_at_two_offices_is_told_with_its_office(agent: User) -> None:
    here = make_connection(package_environment="GEDEELD-1")
    there = make_connection(package_environment="GEDEELD-1")
    move = make_draft(
        agent,
        T.MOVE_ENVIRONMENT,
        make_administration(here),
        to_environment=there.environment,
        to_connection=there,
    )

    diff = diff_of(move)

    assert diff is not None
    row = diff.rows[-1]
    assert row.now.startswith(f"{here.environment.office_code} · ")
    assert row.then.startswith(f"{there.environment.office_code} · ")
