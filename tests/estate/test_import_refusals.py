"""A refused import tells every faulty line, and leaves everything as it was."""

import pytest
from django.contrib.auth.models import User

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Event,
)
from tests.estate.files import (
    BAKERY,
    LINK,
    OFFICE,
    bring_in,
    estate,
    faults_of,
)

pytestmark = pytest.mark.django_db
OFFICE_2 = {**OFFICE, "id": "o2", "office_code": "VKZ221", "name": "Zuid"}
LINK_2 = {**LINK, "id": "c2", "package_environment": "EX-ZUID"}
FLORIST = {**BAKERY, "id": "a2", "code": "412", "name": "Bloemist Voorbeeld"}


def counts() -> tuple[int, ...]:
    models = (Environment, BookkeepingConnection, Administration, Event)
    return tuple(model.objects.count() for model in models)


def test_every_faulty_line_of_every_file_is_told_at_once(administrator: User) -> None:
    files = estate(
        [{**OFFICE, "office_code": "VKN.104"}, {**OFFICE_2, "subscription": "GOLD"}],
        [{**LINK, "environment": "o3"}, {**LINK_2, "environment": "o2"}],
        [
            {**BAKERY, "kvk_number": "123"},
            {**FLORIST, "documents": "veel"},
            {**FLORIST, "id": "a3", "connection": "c9"},
        ],
    )

    assert faults_of(files, administrator) == [
        (
            "environments.csv, regel 2, office_code: Gebruik alleen letters en "
            "cijfers, zonder punt of spatie. Gebruik letters en cijfers, ten "
            "hoogste 100."
        ),
        (
            "environments.csv, regel 3, subscription: Waarde 'GOLD' is geen geldige "
            "keuze. Schrijf PREMIUM of TRIAL."
        ),
        (
            "connections.csv, regel 2, environment: “o3” bestaat niet. "
            "Zet het in zijn eigen bestand, of verbeter het id."
        ),
        (
            "administrations.csv, regel 2, kvk_number: Dit is geen KvK-nummer. "
            "Schrijf acht cijfers, of laat het leeg."
        ),
        (
            "administrations.csv, regel 3, documents: Dit is geen getal. "
            "Schrijf een heel getal, zoals 120."
        ),
        (
            "administrations.csv, regel 4, connection: “c9” bestaat niet. "
            "Zet het in zijn eigen bestand, of verbeter het id."
        ),
    ]
    assert counts() == (0, 0, 0, 0)


FAULTY: dict[str, tuple[dict[str, str], str]] = {
    "an empty name": ({"name": ""}, "name: De cel is leeg. Schrijf 1 tot 200 tekens."),
    "a code with a space": (
        {"code": "04 11"},
        (
            "code: Laat spaties weg. Een code heeft er geen. "
            "Schrijf de code zoals het pakket, zonder spaties."
        ),
    ),
    "an own code that cannot be in an address": (
        {"mail_code": "a.b"},
        (
            "mail_code: Dit kan niet in een adres staan. "
            "Gebruik ten hoogste 10 letters, cijfers en streepjes, of laat het leeg."
        ),
    ),
    "an address without an at-sign": (
        {"mail_address": "vkn104.411"},
        (
            "mail_address: Dit is geen adres. "
            "Schrijf het hele adres, of laat het leeg: het volgt de code."
        ),
    ),
    "a day that does not exist": (
        {"documents_counted_at": "2026-02-30"},
        (
            "documents_counted_at: Deze dag of tijd bestaat niet. "
            "Schrijf een dag of moment, zoals 2026-11-20 of 2026-11-20T09:30."
        ),
    ),
    "counts without a moment": (
        {"documents_counted_at": ""},
        (
            "documents_counted_at: Er staan aantallen zonder moment. "
            "Schrijf wanneer ze geteld zijn."
        ),
    ),
    "more waiting than there are": (
        {"documents_awaiting_authorisation": "13"},
        "documents: Een deel heeft meer documenten dan het geheel. Tel opnieuw.",
    ),
    "an id with a slash": (
        {"id": "a/1"},
        (
            "id: Dit is geen id. "
            "Gebruik ten hoogste 40 letters, cijfers en streepjes; het verandert nooit."
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_cell_is_told_with_its_remedy(fault: str, administrator: User) -> None:
    cells, sentence = FAULTY[fault]

    files = estate(administrations=[{**BAKERY, **cells}])

    assert faults_of(files, administrator) == [
        f"administrations.csv, regel 2, {sentence}"
    ]


def test_what_the_database_refuses_is_told_by_its_line(administrator: User) -> None:
    files = estate(
        [OFFICE, {**OFFICE_2, "office_code": "vkn104"}],
        [LINK, {**LINK_2, "package_environment": "ex-noord"}],
        [
            BAKERY,
            {**FLORIST, "code": "411"},
            {**FLORIST, "id": "a3", "mail_code": "0411"},
            {**FLORIST, "id": "a4", "code": "999", "name": "Garage Voorbeeld"},
        ],
    )

    assert faults_of(files, administrator) == [
        (
            "environments.csv, regel 3, office_code: Een ander kantoor heeft deze "
            "code. Dat is VKN104 Voorbeeldkantoor Noord, id o1. "
            "Hoofdletters maken geen verschil. Kies een andere code."
        ),
        (
            "connections.csv, regel 3, package_environment: Het kantoor heeft deze "
            "koppeling al. Dat is Exact Online EX-NOORD (NL), id c1. "
            "Gebruik die, of kies een andere licentie of organisatie."
        ),
        (
            "administrations.csv, regel 3, code: Een andere administratie heeft "
            "deze code "
            "bij deze koppeling. Dat is Bakkerij Voorbeeld B.V. (VKN104.0411), id a1. "
            "Twee worden nooit samengevoegd. "
            "Controleer de code in het pakket. Was de andere een vergissing, laat die "
            "dan op de eigen pagina uit gebruik nemen."
        ),
        (
            "administrations.csv, regel 4, mail_address: Bakkerij Voorbeeld B.V. "
            "(VKN104.0411) heeft het e-mailadres vkn104.0411@mailtobasecone.com. "
            "Geef een van de twee een eigen code voor het adres."
        ),
    ]
    assert counts() == (0, 0, 0, 0)


def test_an_id_that_comes_twice_is_told(administrator: User) -> None:
    files = estate(administrations=[BAKERY, {**FLORIST, "id": "a1"}])

    assert faults_of(files, administrator) == [
        (
            "administrations.csv, regel 3, id: Regel 2 heeft dit id ook. "
            "Geef elk een eigen id, of houd één regel over."
        )
    ]


def test_a_connection_in_use_keeps_its_office_and_licence(administrator: User) -> None:
    bring_in(estate([OFFICE, OFFICE_2]), administrator)

    for change in ({"environment": "o2"}, {"package_environment": "EX-ANDERS"}):
        files = estate([OFFICE, OFFICE_2], [{**LINK, **change}])
        assert faults_of(files, administrator)[:1] == [
            (
                "connections.csv, regel 2, package_environment: De koppeling is in "
                "gebruik "
                "en houdt haar kantoor, pakket en licentie. Maak een nieuwe "
                "koppeling en "
                "migreer de administraties daarheen."
            )
        ]


def test_an_office_in_use_keeps_its_code(administrator: User) -> None:
    bring_in(estate(), administrator)

    files = estate([{**OFFICE, "office_code": "VKN105"}])

    assert faults_of(files, administrator) == [
        (
            "environments.csv, regel 2, office_code: Het kantoor is in gebruik en "
            "houdt "
            "zijn code. Elk adres hangt eraan. Maak liever een nieuw kantoor."
        )
    ]
