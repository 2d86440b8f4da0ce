"""An import brings in what is new, changes what differs, and says what it did."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from adminmoves.access import actor_for
from adminmoves.errors import NotAllowed
from adminmoves.estate.importing import import_estate
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Event,
)
from adminmoves.vocabulary import EventCode
from tests.estate.files import BAKERY, LINK, OFFICE, bring_in, estate

pytestmark = pytest.mark.django_db


def facts(model: type, public_id: str, *names: str) -> tuple[object, ...]:
    row: tuple[object, ...] = model.objects.values_list(*names).get(  # type: ignore[attr-defined] # any model; the first event is there
        public_id=public_id
    )
    return row


def test_three_files_make_an_office_a_connection_and_an_administration(
    administrator: User,
) -> None:
    assert bring_in(estate(), administrator) == {
        "environments": (1, 0, 0),
        "connections": (1, 0, 0),
        "administrations": (1, 0, 0),
    }

    office = facts(
        Environment, "o1", "office_code", "subscription", "is_active", "mail_domain"
    )
    assert office == ("VKN104", "PREMIUM", True, "")
    connection = facts(
        BookkeepingConnection, "c1", "environment__public_id", "package", "demand"
    )
    assert connection == ("o1", "EXACT_ONLINE", "ATTESTATION")
    made = Administration.objects.get(public_id="a1")
    assert (made.connection.public_id, made.environment.public_id) == ("c1", "o1")
    assert (made.code, made.code_key, made.package) == ("0411", "411", "EXACT_ONLINE")
    assert made.mail_address == "vkn104.0411@mailtobasecone.com"
    assert (
        made.documents,
        made.documents_unprocessed,
        made.documents_awaiting_authorisation,
    ) == (12, 3, 1)
    assert made.documents_counted_at == datetime(2026, 11, 15, 23, tzinfo=UTC)


def test_the_same_files_again_change_nothing(administrator: User) -> None:
    bring_in(estate(), administrator)
    before = Event.objects.count()

    assert bring_in(estate(), administrator) == {
        "environments": (0, 0, 1),
        "connections": (0, 0, 1),
        "administrations": (0, 0, 1),
    }

    assert Event.objects.count() == before + 1
    assert Event.objects.first().code == EventCode.ESTATE_IMPORTED  # type: ignore[union-attr] # any model; the first event is there


def test_what_differs_is_changed_and_on_record(administrator: User) -> None:
    bring_in(estate(), administrator)

    files = estate(
        [{**OFFICE, "subscription": "trial"}],
        [{**LINK, "proof": "api"}],
        [{**BAKERY, "name": "Bakkerij Het Voorbeeld B.V.", "kvk_number": ""}],
    )
    bring_in(files, administrator)

    changed = Event.objects.exclude(code=EventCode.ESTATE_IMPORTED).filter(position=2)
    params_by_code = {event.code: event.params for event in changed}
    assert params_by_code == {
        EventCode.ENVIRONMENT_CHANGED: {
            "before": {"subscription": "PREMIUM"},
            "after": {"subscription": "TRIAL"},
        },
        EventCode.CONNECTION_CHANGED: {
            "before": {"demand": "ATTESTATION"},
            "after": {"demand": "API"},
        },
        EventCode.ADMINISTRATION_CHANGED: {
            "before": {"name": "Bakkerij Voorbeeld B.V.", "kvk_number": "90010037"},
            "after": {"name": "Bakkerij Het Voorbeeld B.V.", "kvk_number": ""},
        },
    }
    assert {event.actor_id for event in changed} == {administrator.pk}


def test_an_import_is_an_event_with_the_fingerprints_of_its_files(
    administrator: User,
) -> None:
    bring_in(estate(), administrator)

    event = Event.objects.get(code=EventCode.ESTATE_IMPORTED)
    assert event.subject == "environments.csv, connections.csv, administrations.csv"
    assert [len(file["sha256"]) for file in event.params["files"]] == [64, 64, 64]
    assert event.params["counts"]["administrations"] == {
        "new": 1,
        "changed": 0,
        "same": 0,
    }


def test_columns_that_are_left_out_leave_what_is_known(administrator: User) -> None:
    bring_in(estate(), administrator)
    short = {name: BAKERY[name] for name in ("id", "connection", "code", "name")}

    bring_in(estate(administrations=[{**short, "name": "Bakkerij Nu"}]), administrator)

    before = facts(Administration, "a1", "name", "kvk_number", "documents")
    assert before == ("Bakkerij Nu", "90010037", 12)


def test_a_spelling_with_the_same_key_is_corrected(administrator: User) -> None:
    bring_in(estate(), administrator)

    bring_in(estate(administrations=[{**BAKERY, "code": "411"}]), administrator)

    now = facts(Administration, "a1", "code", "code_key", "mail_address")
    assert now == ("411", "411", "vkn104.411@mailtobasecone.com")


def test_an_own_code_makes_the_address(administrator: User) -> None:
    bring_in(estate(), administrator)

    bring_in(estate(administrations=[{**BAKERY, "mail_code": "Bakker"}]), administrator)

    now = facts(Administration, "a1", "code", "mail_code", "mail_address")
    assert now == ("0411", "bakker", "vkn104.bakker@mailtobasecone.com")


def test_an_address_that_was_set_apart_stays(administrator: User) -> None:
    apart = {**BAKERY, "mail_address": "VKN104.oud@mailtobasecone.com"}
    bring_in(estate(administrations=[apart]), administrator)

    bring_in(estate(administrations=[{**BAKERY, "mail_code": "nieuw"}]), administrator)

    assert facts(Administration, "a1", "mail_address") == (
        "vkn104.oud@mailtobasecone.com",
    )


def test_an_older_count_does_not_replace_a_newer_one(administrator: User) -> None:
    newer = {**BAKERY, "documents": "40", "documents_counted_at": "2026-11-20T09:30"}
    bring_in(estate(administrations=[newer]), administrator)

    counts = bring_in(estate(), administrator)

    assert counts["administrations"] == (0, 0, 1)
    assert facts(Administration, "a1", "documents") == (40,)


def test_what_no_file_names_stays(administrator: User) -> None:
    florist = {**BAKERY, "id": "a2", "code": "412", "name": "Bloemist Voorbeeld"}
    bring_in(estate(administrations=[BAKERY, florist]), administrator)

    bring_in(estate(), administrator)

    ids = Administration.objects.order_by("public_id").values_list("public_id")
    assert list(ids) == [("a1",), ("a2",)]


@pytest.mark.parametrize("who", ["agent", "lead", "auditor"])
def test_only_an_administrator_imports(
    who: str, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        import_estate(estate(), actor=actor_for(person))

    assert not Environment.objects.exists()
    assert not Event.objects.exists()
