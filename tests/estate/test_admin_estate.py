"""Offices, connections and administrations kept by hand: on record, never moved."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Event,
    Move,
)
from adminmoves.vocabulary import EventCode, MoveState, Package
from tests.builders import (
    make_administration,
    make_connection,
    make_environment,
    make_move,
)
from tests.estate.admin import actor_and_change, add, address, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def of(public_id: str) -> Administration:
    return Administration.objects.get(public_id=public_id)


def test_a_new_office_is_on_record(keeper: Client) -> None:
    answers = {
        "office_code": "VKN900",
        "name": "Voorbeeldkantoor",
        "subscription": "PREMIUM",
        "is_active": True,
        "mail_domain": "Mail.Voorbeeld.example",
    }

    assert add(keeper, Environment, **answers) == {}

    made = Environment.objects.get()
    assert made.mail_domain == "mail.voorbeeld.example"
    event = Event.objects.get(code=EventCode.ENVIRONMENT_CHANGED)
    assert event.stream_id == made.public_id
    after = {
        "public_id": made.public_id,
        **answers,
        "mail_domain": "mail.voorbeeld.example",
    }
    assert actor_and_change(event) == ("beheerder-1", {}, after)


def test_a_change_is_on_record_and_saving_without_one_is_not(keeper: Client) -> None:
    office = make_environment(name="Noord")

    assert change(keeper, office) == {}
    assert not Event.objects.exists()
    assert change(keeper, office, name="Zuid") == {}

    assert actor_and_change(Event.objects.get()) == (
        "beheerder-1",
        {"name": "Noord"},
        {"name": "Zuid"},
    )


def test_a_taken_office_code_is_an_error_at_the_field(keeper: Client) -> None:
    make_environment(office_code="VKN104")
    office = make_environment(office_code="VKZ221")

    errors = change(keeper, office, office_code="vkn104")

    assert errors == {
        "office_code": [
            (
                "Een ander kantoor heeft deze code. "
                "Hoofdletters maken geen verschil. Kies een andere code."
            )
        ]
    }
    assert not Event.objects.exists()


def test_an_office_in_use_keeps_its_code(keeper: Client) -> None:
    office = make_administration().environment

    errors = change(keeper, office, office_code="VKX1")

    assert errors == {
        "office_code": [
            (
                "Het kantoor is in gebruik en houdt zijn code. "
                "Elk adres hangt eraan. Maak liever een nieuw kantoor."
            )
        ]
    }
    assert Environment.objects.get(pk=office.pk).office_code == office.office_code


def test_a_connection_in_use_keeps_its_office_package_and_licence(
    keeper: Client,
) -> None:
    connection = make_administration().connection
    before = BookkeepingConnection.objects.filter(pk=connection.pk).values().get()

    for answers in (
        {"environment": make_environment().pk},
        {"package": Package.TWINFIELD, "base_url": ""},
        {"package_environment": "LIC-ANDERS"},
    ):
        assert change(keeper, connection, **answers) == {
            "package_environment": [
                (
                    "De koppeling is in gebruik en houdt haar kantoor, pakket en "
                    "licentie. "
                    "Maak een nieuwe koppeling en migreer de administraties daarheen."
                )
            ]
        }

    assert (
        BookkeepingConnection.objects.filter(pk=connection.pk).values().get() == before
    )


def test_a_connection_that_a_request_wants_stays_too(
    keeper: Client, agent: User, lead: User
) -> None:
    move = make_move(
        MoveState.AWAITING_APPROVAL,
        agent=agent,
        lead=lead,
        move_type="MOVE_ENVIRONMENT",  # type: ignore[arg-type] # its text is the value
    )
    assert move.to_connection is not None

    errors = change(keeper, move.to_connection, package_environment="LIC-ANDERS")

    assert list(errors) == ["package_environment"]


def test_a_new_administration_gets_its_place_from_its_connection(
    keeper: Client,
) -> None:
    connection = make_connection(make_environment(office_code="VKN104"))

    errors = add(
        keeper,
        Administration,
        connection=connection,
        code="MVL00124",
        name="Bakkerij Voorbeeld B.V.",
        documents="4",
        documents_unprocessed="0",
        documents_awaiting_authorisation="0",
    )

    assert errors == {}
    made = Administration.objects.get()
    assert (made.environment, made.package) == (
        connection.environment,
        connection.package,
    )
    assert made.mail_address == "vkn104.mvl00124@mailtobasecone.com"
    assert made.documents_counted_at == made.at_place_since
    event = Event.objects.get(code=EventCode.ADMINISTRATION_CHANGED)
    assert event.params["before"] == {}
    assert event.params["after"]["connection"] == connection.public_id


@pytest.mark.parametrize("wish", ["environment", "connection", "package"])
def test_a_place_is_not_among_the_answers(wish: str, keeper: Client) -> None:
    administration = make_administration()
    other = make_connection(package=Package.TWINFIELD)
    before = Administration.objects.filter(pk=administration.pk).values().get()
    answers = {
        "environment": other.environment.pk,
        "connection": other.pk,
        "package": other.package,
    }

    assert change(keeper, administration, **{wish: answers[wish]}) == {}

    assert Administration.objects.filter(pk=administration.pk).values().get() == before
    assert not Event.objects.exists()


def test_another_code_takes_a_request(keeper: Client) -> None:
    administration = make_administration(code="2041")

    errors = change(keeper, administration, code="2042")

    assert errors == {
        "code": [
            (
                "De administratie staat op een andere plek. "
                "Een plek verandert alleen door een migratie: doe een aanvraag."
            )
        ]
    }
    assert of(administration.public_id).code == "2041"


def test_a_spelling_with_the_same_key_is_corrected_and_the_address_follows(
    keeper: Client,
) -> None:
    connection = make_connection(
        make_environment(office_code="VKN104"), package=Package.EXACT_ONLINE
    )
    administration = make_administration(connection, code="0411")

    assert change(keeper, administration, code="411") == {}

    now = of(administration.public_id)
    assert (now.code, now.mail_address) == ("411", "vkn104.411@mailtobasecone.com")
    assert actor_and_change(Event.objects.get()) == (
        "beheerder-1",
        {"code": "0411", "mail_address": "vkn104.0411@mailtobasecone.com"},
        {"code": "411", "mail_address": "vkn104.411@mailtobasecone.com"},
    )


def test_a_taken_address_and_a_bad_number_are_told_at_once(keeper: Client) -> None:
    office = make_environment(office_code="VKN104")
    other = make_administration(make_connection(office), code="bakker")
    administration = make_administration(make_connection(office))

    assert change(keeper, administration, kvk_number="12", mail_code="a b") == {
        "kvk_number": [
            "Dit is geen KvK-nummer. Schrijf acht cijfers, of laat het leeg."
        ],
        "mail_code": [
            (
                "Dit kan niet in een adres staan. Gebruik ten hoogste 10 letters, "
                "cijfers "
                "en streepjes, of laat het leeg."
            )
        ],
    }
    assert change(keeper, administration, mail_code="bakker") == {
        "mail_address": [
            (
                f"{other.name} (VKN104.bakker) heeft het e-mailadres "
                "vkn104.bakker@mailtobasecone.com. "
                "Geef een van de twee een eigen code voor het adres."
            )
        ]
    }


def test_a_former_address_of_another_is_not_given_away(
    keeper: Client, agent: User, lead: User
) -> None:
    office = make_environment(office_code="VKN104")
    moved = make_administration(make_connection(office), code="2041")
    make_move(MoveState.COMPLETED, agent=agent, lead=lead, administration=moved)
    administration = make_administration(make_connection(office))

    errors = change(keeper, administration, mail_code="2041")

    assert errors == {
        "mail_address": [
            (
                "Dit e-mailadres was van een andere administratie. "
                "Het blijft daarheen leiden. Kies een eigen code voor het adres."
            )
        ]
    }


@pytest.mark.parametrize("state", [MoveState.AWAITING_BOOKKEEPING, MoveState.APPROVED])
def test_the_address_of_a_planned_move_is_not_given_to_another(
    state: MoveState, keeper: Client, agent: User, lead: User
) -> None:
    office = make_environment(office_code="VKN104")
    moving, administration = (
        make_administration(make_connection(office)) for _ in range(2)
    )
    move = make_move(
        state, agent=agent, lead=lead, administration=moving, to_code="2041"
    )

    errors = change(keeper, administration, mail_code="2041")

    assert errors == {
        "mail_address": [
            (
                f"{move.number} wil het e-mailadres vkn104.2041@mailtobasecone.com. "
                "Kies een eigen code voor het adres, of laat die migratie eerst "
                "intrekken."
            )
        ]
    }
    assert change(keeper, moving, mail_code="2041") == {}


@pytest.mark.django_db(transaction=True)
def test_an_administration_that_is_being_migrated_is_closed(
    keeper: Client, agent: User, lead: User, close: Callable[[Move], None]
) -> None:
    administration = make_administration()
    running = make_move(
        MoveState.RUNNING, agent=agent, lead=lead, administration=administration
    )
    close(running)

    errors = change(keeper, of(administration.public_id), name="Anders")

    assert errors == {
        "__all__": [
            (
                "De administratie is dicht terwijl ze gemigreerd wordt. "
                "Probeer het opnieuw als de migratie klaar is."
            )
        ]
    }
    assert of(administration.public_id).name == administration.name


def test_a_refusal_keeps_what_was_typed(keeper: Client) -> None:
    administration = make_administration(code="2041")
    url = address(Administration, "change", administration.pk)

    page = keeper.post(url, {"code": "9", "name": "Nieuwe naam"}).content.decode()

    assert 'value="Nieuwe naam"' in page
