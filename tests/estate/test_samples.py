"""The sample estate shows every rule of a migration."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, F

from adminmoves.access import actor_for
from adminmoves.estate.importing import NamedFile
from adminmoves.estate.sheets import SHEETS
from adminmoves.intake.draft.actions import edit_draft, start_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
)
from adminmoves.rules.preflight import BLOCKING, WARNING, inspect
from adminmoves.rules.type_rules import CHECKS_BY_CODE
from adminmoves.vocabulary import MoveState, MoveType, Package
from tests.builders import PARTIES, make_move, warnings_of
from tests.estate.files import bring_in

pytestmark = pytest.mark.django_db
T = MoveType
SAMPLES = Path(settings.BASE_DIR) / "samples"


@pytest.fixture
def samples(administrator: User) -> dict[str, tuple[int, int, int]]:
    """The sample estate in the database; how many were new, changed and the same."""
    names = [f"{sheet.name}.csv" for sheet in SHEETS]
    files = [NamedFile(name, (SAMPLES / name).read_bytes()) for name in names]
    return bring_in(files, administrator)


def wish(
    agent: User,
    administration: str,
    intent: MoveType,
    connection: str = "",
    code: str = "",
) -> Move:
    """A complete draft on the sample estate."""
    row = Administration.objects.get(public_id=administration)
    wanted = (
        BookkeepingConnection.objects.get(public_id=connection)
        if connection
        else row.connection
    )
    answers: dict[str, Any] = {
        "administration": row,
        **PARTIES,
        "to_environment": wanted.environment,
        "to_connection": wanted,
        "to_code": code or row.code,
    }
    draft = start_draft(intent, actor=actor_for(agent))
    return edit_draft(draft.pk, answers, actor=actor_for(agent))


def test_the_samples_load_cleanly(samples: dict[str, tuple[int, int, int]]) -> None:
    assert samples == {
        "environments": (8, 0, 0),
        "connections": (24, 0, 0),
        "administrations": (80, 0, 0),
    }


def test_the_samples_have_what_the_rules_are_about(samples: object) -> None:
    offices, connections = Environment.objects, BookkeepingConnection.objects
    administration = Administration.objects

    assert offices.filter(subscription="TRIAL").count() == 1
    assert offices.filter(is_active=False).count() == 1
    assert offices.exclude(mail_domain="").count() == 1
    assert set(administration.values_list("package", flat=True)) == set(Package.values)
    assert set(connections.values_list("demand", flat=True)) == {"API", "ATTESTATION"}
    assert connections.filter(is_active=False).count() == 2
    same_package = connections.values("environment", "package").annotate(n=Count("pk"))
    assert same_package.filter(n__gt=1).count() >= 4
    assert administration.filter(code__startswith="0").count() >= 10
    assert administration.filter(code__regex=r"[a-z]").count() >= 10
    assert administration.filter(code__contains="-").count() >= 5
    assert administration.exclude(mail_code="").count() >= 5
    assert administration.filter(kvk_number="").count() >= 5
    assert administration.filter(documents_awaiting_authorisation__gt=0).count() >= 5
    assert administration.exclude(code_key=F("code")).count() >= 10


WISHES: dict[str, tuple[str, MoveType, str, str, str]] = {
    # check: administration, type, connection, code, outcome
    "target_environment": ("a001", T.MOVE_ENVIRONMENT, "vkn104-u4-2", "", BLOCKING),
    "target_subscription": ("a001", T.MOVE_ENVIRONMENT, "vkp900-u4", "", BLOCKING),
    "target_connection": ("a001", T.MOVE_ENVIRONMENT, "vkb512-u4", "", BLOCKING),
    "connection_differs": ("a001", T.RELINK_CONNECTION, "", "", BLOCKING),
    "code_given": ("a012", T.CHANGE_CODE, "", "0053", BLOCKING),
    "code_pattern": ("a010", T.CHANGE_CODE, "", "MVL411", BLOCKING),
    "code_in_address": ("a001", T.CHANGE_CODE, "", "BAKKERIJ-2041", WARNING),
    "type_fits": ("a001", T.CHANGE_CODE, "", "2041", BLOCKING),
    "place_free": ("a002", T.MOVE_ENVIRONMENT, "vkz221-u4-1", "", BLOCKING),
    "code_and_name": ("a004", T.MOVE_ENVIRONMENT, "vkz221-u4-2", "", BLOCKING),
    "address_free": ("a006", T.MOVE_ENVIRONMENT, "vkz221-tw-1", "", BLOCKING),
    "awaiting_authorisation": (
        "a008",
        T.MOVE_ENVIRONMENT,
        "vkz221-u4-1",
        "",
        BLOCKING,
    ),
    "unprocessed": ("a008", T.CHANGE_CODE, "", "MVL00126", WARNING),
    # Counted on a day that is over a week ago for whoever reads this.
    "count_age": ("a001", T.CHANGE_CODE, "", "MVL09001", WARNING),
    "self_service": ("a006", T.CHANGE_CODE, "", "NL2042", WARNING),
}


@pytest.mark.parametrize("check", WISHES)
def test_a_wish_on_the_samples_shows_the_check(
    check: str, samples: object, agent: User
) -> None:
    administration, intent, connection, code, outcome = WISHES[check]

    report = inspect(wish(agent, administration, intent, connection, code))

    found = {result.code: result.outcome for result in report.results}
    assert found[check] == outcome


def test_moves_on_the_samples_show_the_checks_about_other_moves(
    samples: object, agent: User, lead: User
) -> None:
    """One that is under way holds back another of the same books or place, and one
    that is done leaves an address that is inherited."""
    first = wish(agent, "a001", T.CHANGE_CODE, code="2045")
    submit_move(first.pk, actor=actor_for(agent), seen=warnings_of(first))
    left = Administration.objects.get(public_id="a023")
    make_move(
        MoveState.COMPLETED,
        agent=agent,
        lead=lead,
        administration=left,
        to_code="MVL09621",
    )

    again = inspect(wish(agent, "a001", T.CHANGE_CODE, code="2046"))
    rival = inspect(wish(agent, "a002", T.CHANGE_CODE, code="2045"))
    heir = inspect(wish(agent, "a002", T.CHANGE_CODE, code="MVL00621"))

    assert "no_other_move" in {result.code for result in again.of(BLOCKING)}
    assert "no_other_wish" in {result.code for result in rival.of(BLOCKING)}
    assert "address_inherited" in {result.code for result in heir.of(WARNING)}


def test_no_check_is_left_out_above() -> None:
    elsewhere = {
        "no_other_move",
        "no_other_wish",
        "address_inherited",
        # The form asks these of every request, whatever the estate.
        "moved_in_package",
        "requester",
        "consent",
        "client_informed",
        # No package has answered yet.
        "recognised",
        # The samples are imported, and nobody retires one of them.
        "in_use",
        # The form offers no connection of another package.
        "same_package",
    }

    assert set(WISHES) | elsewhere == set(CHECKS_BY_CODE)
