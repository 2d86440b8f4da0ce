"""What was approved, on what, stays on the move's page and in the history."""

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.approval.actions import reject_move
from adminmoves.evidence.files import store_file
from adminmoves.evidence.records import Attestation, attest
from adminmoves.models import Event, Move
from adminmoves.overview.move.actions import comment
from adminmoves.vocabulary import EventCode, MoveType, Role
from tests.builders import (
    PARTIES,
    approve,
    make_administration,
    make_draft,
    make_person,
    run,
    submit,
)

pytestmark = pytest.mark.django_db
R = Role
Read = Callable[[Client, EventCode], str]
MAIL = b"From: super@zuid.example\r\nSubject: Verplaatst\r\n\r\nHet staat er.\r\n"


def words_of(answer: Any) -> str:
    whole = answer.content.decode().replace("<wbr>", "")
    text = re.sub(r"<[^>]+>", " ", whole)
    return re.sub(r"\s+", " ", html.unescape(text))


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "evidence"


@pytest.fixture
def attested(agent: User) -> Move:
    """A request that waits for approval, on an attestation with a file."""
    administration = make_administration(name="Bakkerij Voorbeeld B.V.")
    kind = MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE
    move = submit(make_draft(agent, kind, administration=administration), agent)
    actor = actor_for(agent)
    file = store_file(move, SimpleUploadedFile("zuid.eml", MAIL), actor=actor)
    attestation = Attestation("Supergebruiker Zuid", date(2026, 11, 1), evidence=file)
    attest(move.pk, actor=actor, attestation=attestation)
    return Move.objects.get(pk=move.pk)


@pytest.fixture
def completed(attested: Move, lead: User) -> Move:
    approve(attested, lead)
    return run(attested)


SAID = {
    "nl": ("Het plan zoals het akkoord kreeg", "waren in orde bij het akkoord"),
    "en": ("The plan as approved", "passed at approval"),
}


def test_a_completed_move_shows_for_ever_what_was_approved(
    client: Client, completed: Move
) -> None:
    plan = completed.plan
    file = f"/bewijs/{completed.evidence.get().public_id}/"
    places = [
        f"{place['office']}.{place['code']} ({place['licence']})"
        for place in (plan["from"], plan["to"])
    ]
    texts = [
        *places,
        f"{plan['from_address']} {plan['to_address']}",
        "zuid.eml",
        "Supergebruiker Zuid",
        PARTIES["requester_name"],
        PARTIES["consent_name"],
    ]
    for role in (R.SUPPORT_AGENT, R.TEAM_LEAD, R.AUDITOR, R.ADMINISTRATOR):
        client.force_login(make_person(f"lezer-{role}", role))
        may_read = role != R.ADMINISTRATOR
        for language, words in SAID.items():
            client.cookies["taal"] = language

            answer = client.get(f"/migraties/{completed}/")

            page = words_of(answer)
            assert [text for text in (*words, *texts) if text not in page] == []
            assert (f'href="{file}"' in answer.content.decode()) == may_read
        assert client.get(file).status_code == (200 if may_read else 403)


def test_a_rejected_request_keeps_its_proof(
    client: Client, attested: Move, lead: User, auditor: User
) -> None:
    reject_move(attested.pk, actor=actor_for(lead), reason="Nee")
    client.force_login(auditor)

    page = client.get(f"/migraties/{attested}/").content.decode()

    assert f"/bewijs/{attested.evidence.get().public_id}/" in page


def test_the_timeline_tells_a_run_in_its_order_and_comments_as_written(
    client: Client, completed: Move, agent: User
) -> None:
    comment(completed.pk, actor=actor_for(agent), text=f"Eerst\nen dan {completed}")
    client.force_login(agent)

    answer = client.get(f"/migraties/{completed}/")

    page = words_of(answer).partition("Tijdlijn")[2]
    sentences = ("rondde de migratie af", "verplaatste de administratie", "begon met")
    places = [page.index(words) for words in sentences]
    assert places == sorted(places)
    link = f'<a class="nw" href="/migraties/{completed}/">{completed}</a>'
    assert f"“Eerst<br>en dan {link}”" in answer.content.decode()


def history(client: Client, code: EventCode) -> str:
    return words_of(client.get("/historie/", {"gebeurtenis": code}))


def export(client: Client, code: EventCode) -> str:
    answer = client.post("/historie/export/", {"formaat": "csv", "gebeurtenis": code})
    exported = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined] # it streams
    head, row, *_rest = csv.reader(io.StringIO(exported), delimiter=";")
    return row[head.index("details")]


@pytest.mark.parametrize("read", [history, export])
def test_the_history_names_what_was_approved(
    client: Client, completed: Move, auditor: User, read: Read
) -> None:
    client.force_login(auditor)
    plan = completed.plan
    event = Event.objects.get(code=EventCode.MOVE_APPROVED)

    rows = read(client, EventCode.MOVE_APPROVED)

    for place in (plan["from"], plan["to"]):
        assert f"{place['office']}.{place['code']} ({place['licence']})" in rows
    assert "Bakkerij Voorbeeld B.V." in rows
    assert "verklaard" in rows
    assert "Controles in orde" in rows
    assert event.params["plan"] == plan


@pytest.mark.parametrize("read", [history, export])
def test_the_history_names_where_an_administration_went(
    client: Client, completed: Move, auditor: User, read: Read
) -> None:
    client.force_login(auditor)

    text = read(client, EventCode.ADMINISTRATION_MOVED)

    for place in (completed.plan["from"], completed.plan["to"]):
        assert f"{place['office']}.{place['code']} ({place['licence']})" in text
    assert "Nummer van de migratie" in text
    assert "connection_id" not in text
