"""A file is no way to another place, and no way into a run or another's address."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from adminmoves.models import Administration, Event, Move
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import PARTIES, make_move
from tests.estate.files import BAKERY, LINK, bring_in, estate, faults_of

pytestmark = pytest.mark.django_db
LINK_2 = {**LINK, "id": "c2", "package_environment": "EX-ZUID"}
FLORIST = {**BAKERY, "id": "a2", "code": "412", "name": "Bloemist Voorbeeld"}


PLACES: dict[str, dict[str, str]] = {
    "another code": {"code": "999"},
    "another connection": {"connection": "c2"},
}


@pytest.mark.parametrize("wish", PLACES)
def test_another_place_takes_a_request(wish: str, administrator: User) -> None:
    bring_in(estate(connections=[LINK, LINK_2]), administrator)
    before = Administration.objects.values().get(), Event.objects.count()

    files = estate(
        connections=[LINK, LINK_2], administrations=[{**BAKERY, **PLACES[wish]}]
    )

    column = next(iter(PLACES[wish]))
    assert faults_of(files, administrator) == [
        (
            f"administrations.csv, regel 2, {column}: De administratie staat op een "
            "andere "
            "plek, met code 0411. Een plek verandert alleen door een migratie: "
            "doe een aanvraag."
        )
    ]
    assert (Administration.objects.values().get(), Event.objects.count()) == before


def test_an_old_file_does_not_bring_a_migrated_administration_back(
    administrator: User, agent: User, lead: User
) -> None:
    bring_in(estate(), administrator)
    bakery = Administration.objects.get(public_id="a1")
    make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=bakery,
        to_code="555",
    )

    faults = faults_of(estate(), administrator)

    assert [line.split(": ", 1)[0] for line in faults] == [
        "administrations.csv, regel 2, code"
    ]
    assert Administration.objects.get(public_id="a1").code == "555"


def test_an_administration_that_is_being_migrated_is_closed(
    administrator: User, agent: User, lead: User, close: Callable[[Move], None]
) -> None:
    bring_in(estate(), administrator)
    bakery = Administration.objects.get(public_id="a1")
    running = make_move(
        MoveState.RUNNING,
        agent=agent,
        lead=lead,
        move_type=MoveType.CHANGE_CODE,
        administration=bakery,
        **PARTIES,
    )
    close(running)

    assert faults_of(estate(), administrator) == []
    files = estate(administrations=[{**BAKERY, "name": "Anders"}])
    assert faults_of(files, administrator) == [
        (
            "administrations.csv, regel 2: De administratie is dicht terwijl ze "
            "gemigreerd wordt. Probeer het opnieuw als de migratie klaar is."
        )
    ]


def test_the_address_of_a_planned_move_is_not_given_to_another(
    administrator: User, agent: User, lead: User
) -> None:
    bring_in(estate(), administrator)
    bakery = Administration.objects.get(public_id="a1")
    move = make_move(
        MoveState.APPROVED,
        agent=agent,
        lead=lead,
        administration=bakery,
        to_code="555",
    )
    address = "vkn104.555@mailtobasecone.com"

    chosen = estate(administrations=[BAKERY, {**FLORIST, "mail_address": address}])
    own = estate(administrations=[{**BAKERY, "mail_address": address}])

    assert faults_of(chosen, administrator) == [
        (
            f"administrations.csv, regel 3, mail_address: {move.number} wil het "
            f"e-mailadres {address}. Kies een eigen code voor het adres, of laat die "
            "migratie eerst intrekken."
        )
    ]
    assert faults_of(own, administrator) == []


def test_an_address_of_another_in_the_past_is_not_given_away(
    administrator: User, agent: User, lead: User
) -> None:
    bring_in(estate(), administrator)
    bakery = Administration.objects.get(public_id="a1")
    make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=bakery,
        to_code="555",
    )
    old_address = "vkn104.0411@mailtobasecone.com"

    row = {**FLORIST, "mail_address": old_address}
    taken_over = {**FLORIST, "code": "0411"}

    bakery_now = {**BAKERY, "code": "555"}
    assert faults_of(estate(administrations=[bakery_now, row]), administrator) == [
        (
            "administrations.csv, regel 3, mail_address: Dit e-mailadres was van een "
            "andere administratie. Het blijft daarheen leiden. "
            "Kies een eigen code voor het adres."
        )
    ]
    assert (
        faults_of(estate(administrations=[bakery_now, taken_over]), administrator) == []
    )
