"""What was never counted is unknown: no page and no check calls it zero."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from adminmoves.access import actor_for
from adminmoves.audit.details import details
from adminmoves.audit.sentences import sentence
from adminmoves.errors import CheckRefused
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.models import Administration, Event, Move
from adminmoves.rules.preflight import inspect
from adminmoves.vocabulary import EventCode, MoveState, MoveType, Role
from tests.builders import (
    make_administration,
    make_draft,
    make_person,
    submit,
)
from tests.cast import MakeMove
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
S = MoveState
NONE_WAIT = {
    "documents": 7,
    "documents_unprocessed": 0,
    "documents_awaiting_authorisation": 0,
}


@pytest.fixture
def administration() -> Administration:
    return make_administration(documents=0, documents_counted_at=None)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/migraties/{move}/", "Documenten onbekend nooit geteld"),
        ("/aanvraag/{move}/", "Aantal documenten onbekend: nog nooit geteld."),
        ("/migraties/{move}/tellen/", "Documenten onbekend Niet verwerkt onbekend"),
        ("/administraties/{administration}/", "Documenten onbekend nooit geteld"),
    ],
)
def test_a_page_says_that_the_documents_were_never_counted(
    address: str, sentence: str, administration: Administration, agent: User
) -> None:
    move = make_draft(agent, administration=administration)

    path = address.format(move=move.number, administration=administration.public_id)
    page = page_words(logged_in(agent).get(path))

    assert sentence in page
    assert "0 documenten" not in page


def test_the_administrators_page_says_so_too(administration: Administration) -> None:
    client = logged_in(make_person("beheerder", Role.ADMINISTRATOR))

    page = page_words(
        client.get(f"/beheer/adminmoves/administration/{administration.pk}/change/")
    )

    assert "onbekend, nooit geteld" in page


def test_a_move_to_another_office_goes_on_once_the_documents_are_counted(
    administration: Administration, agent: User
) -> None:
    move = make_draft(agent, MoveType.MOVE_ENVIRONMENT, administration)
    with pytest.raises(CheckRefused):
        submit(move, agent)

    recount_documents(
        administration.pk, NONE_WAIT, actor=actor_for(agent), ticket="SUP-1"
    )

    assert submit(move, agent).state == S.AWAITING_BOOKKEEPING


@pytest.mark.parametrize(("language", "word"), [("nl", "onbekend"), ("en", "unknown")])
def test_history_says_that_the_count_before_was_unknown(
    language: str, word: str, administration: Administration, agent: User
) -> None:
    recount_documents(
        administration.pk, NONE_WAIT, actor=actor_for(agent), ticket="SUP-1"
    )

    event = Event.objects.get(code=EventCode.DOCUMENTS_RECOUNTED)
    with translation.override(language):
        text, facts = sentence(event), details(event)

    assert word in text
    assert {fact.before for fact in facts if fact.after in {"7", "0"}} == {word}


def test_a_planned_run_keeps_the_age_that_the_lead_saw(a_move: MakeMove) -> None:
    move = a_move(S.APPROVED)
    counted_at = timezone.now() - timedelta(days=9)
    Administration.objects.filter(pk=move.wanted.administration_id).update(
        documents_counted_at=counted_at
    )
    waits = Move.objects.get(pk=move.pk)
    assert [warning.message_key for warning in inspect(waits).warnings] == ["old"]

    waits.approved_at = counted_at + timedelta(days=1)

    assert inspect(waits).warnings == ()
