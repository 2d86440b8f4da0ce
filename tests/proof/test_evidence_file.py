"""Which files are kept as evidence, and who gets them back."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adminmoves.models import EvidenceFile, Move
from adminmoves.vocabulary import MoveState, Role
from tests.builders import make_draft, make_person
from tests.cast import MakeMove
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
MAIL = b"From: super@noord.example\r\nSubject: Verplaatst\r\n\r\nHet is gedaan.\r\n"
TEXT = "Het is gedaan. Café \u20ac 10".encode()
PAGE = b"<html><script>alert(1)</script></html>"
PROGRAM = b"MZ\x90\x00\x03" + bytes(40)

TAKEN = [
    ("brief.pdf", PDF, "application/pdf"),
    ("scherm.PNG", PNG, "image/png"),
    ("foto.jpeg", JPEG, "image/jpeg"),
    ("foto.jpg", JPEG, "image/jpeg"),
    ("mail.eml", MAIL, "message/rfc822"),
    ("notitie.txt", TEXT, "text/plain"),
    ("notitie.txt", "Caf\xe9".encode("cp1252"), "text/plain"),
]
REFUSED = [
    ("programma.exe", PROGRAM),
    ("pagina.html", PAGE),
    ("tekening.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("verkleed.pdf", PROGRAM),
    ("verkleed.png", PAGE),
    ("verkleed.jpg", PNG),
    ("verkleed.txt", PROGRAM),
    ("verkleed.eml", TEXT),
    ("geen-achtervoegsel", PDF),
    ("dubbel.pdf.exe", PDF),
]
SAID = {"moved_said_by": "Supergebruiker Noord", "moved_on": "2026-11-20"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def send(client: Client, move: Move, name: str, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile(name, content, content_type="application/octet-stream")
    return client.post(url(move), as_sent(move, **SAID, moved_file=file, **more))


@pytest.mark.parametrize(
    ("name", "content", "content_type"), TAKEN, ids=[one[2] for one in TAKEN]
)
def test_a_file_that_is_what_it_says_is_kept(
    name: str, content: bytes, content_type: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    answer = send(as_agent, move, name, content)

    kept = EvidenceFile.objects.get()
    assert answer["Location"] == url(move, "nalezen/")
    assert Move.objects.get(pk=move.pk).parties.moved_evidence == kept
    assert (kept.name, kept.content_type, kept.size) == (
        name,
        content_type,
        len(content),
    )
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.uploaded_by == agent
    assert Path(kept.file.path).read_bytes() == content


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=[r[0] for r in REFUSED])
def test_a_file_that_is_something_else_is_refused_in_words(
    name: str, content: bytes, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    page = send(as_agent, move, name, content)

    assert errors_of(page)["moved_file"] == (
        "Dit bestand kan niet. Kies een pdf, png, jpeg, e-mail (.eml) of tekstbestand "
        "(.txt)."
    )
    assert not EvidenceFile.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*"))


def test_a_file_that_is_too_large_is_refused_in_words(
    as_agent: Client, agent: User, settings: Any
) -> None:
    settings.PORTAL_EVIDENCE_MAX_MB = 1
    move = make_draft(agent)

    page = send(as_agent, move, "groot.pdf", PDF + bytes(1024 * 1024))

    assert (
        errors_of(page)["moved_file"]
        == "Dit bestand is te groot. Kies er een van hoogstens 1 MB."
    )
    assert not EvidenceFile.objects.exists()


def test_a_name_leads_nowhere(as_agent: Client, agent: User, tmp_path: Path) -> None:
    move = make_draft(agent)

    send(as_agent, move, '..\\..\\web"<x>root.txt', TEXT)

    kept = EvidenceFile.objects.get()
    assert kept.name == "webxroot.txt"
    assert kept.file.name == f"evidence/{move.pk}/{kept.public_id}"
    assert Path(kept.file.path).is_relative_to(tmp_path)


def test_the_file_is_given_back_to_save_and_never_to_run(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    send(as_agent, move, "notitie.txt", PAGE)
    kept = EvidenceFile.objects.get()

    answer = as_agent.get(f"/bewijs/{kept.public_id}/")

    assert b"".join(answer.streaming_content) == PAGE  # type: ignore[attr-defined] # it streams
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == 'attachment; filename="notitie.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SUPPORT_AGENT, 200),
        (Role.TEAM_LEAD, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 403),
        (None, 403),
    ],
)
def test_only_who_may_read_evidence_gets_it(
    role: Role | None, status: int, client: Client, agent: User
) -> None:
    client.force_login(agent)
    send(client, make_draft(agent), "brief.pdf", PDF)
    kept = EvidenceFile.objects.get()
    client.force_login(make_person("lezer", role))

    answer = client.get(f"/bewijs/{kept.public_id}/")
    answer.close()

    assert answer.status_code == status


def test_before_log_in_there_is_no_evidence(client: Client, agent: User) -> None:
    client.force_login(agent)
    send(client, make_draft(agent), "brief.pdf", PDF)
    kept = EvidenceFile.objects.get()
    client.logout()

    answer = client.get(f"/bewijs/{kept.public_id}/")

    assert answer["Location"] == f"/inloggen/?next=/bewijs/{kept.public_id}/"


@pytest.mark.parametrize("public_id", ["bestaatniet", "..%2F..%2Fetc%2Fpasswd"])
def test_no_other_file_can_be_named(public_id: str, as_agent: Client) -> None:
    assert as_agent.get(f"/bewijs/{public_id}/").status_code == 404


def test_a_file_can_be_left_out_again(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)
    send(as_agent, move, "brief.pdf", PDF, moved_ticket="SUP-9")
    move = Move.objects.get(pk=move.pk)

    as_agent.post(url(move), as_sent(move, drop_file="on"))

    assert Move.objects.get(pk=move.pk).parties.moved_evidence is None


def test_a_colleague_adds_no_file_to_a_draft(
    as_agent: Client, other_agent: User
) -> None:
    move = make_draft(other_agent)

    answer = send(as_agent, move, "brief.pdf", PDF)

    assert answer.status_code == 403
    assert not EvidenceFile.objects.exists()


def test_the_kept_file_becomes_the_proof(as_agent: Client, agent: User) -> None:
    move = make_draft(agent)
    send(as_agent, move, "brief.pdf", PDF)

    as_agent.post(url(move, "nalezen/"))

    kept = Move.objects.get(pk=move.pk)
    assert kept.state == MoveState.AWAITING_APPROVAL
    assert kept.proof is not None
    assert kept.proof.evidence == EvidenceFile.objects.get()
    assert kept.proof.moved_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        (
            {"moved_said_by": "Iemand"},
            {
                "moved_on": "Vul in sinds wanneer de administratie daar staat.",
                "moved_ticket": "Vul een ticketnummer in, of voeg een bestand toe.",
            },
        ),
        (
            {"moved_ticket": "SUP-1"},
            {
                "moved_said_by": "Vul in wie het zegt.",
                "moved_on": "Vul in sinds wanneer de administratie daar staat.",
            },
        ),
        (
            {**SAID, "moved_on": "2099-01-01", "moved_ticket": "SUP-1"},
            {"moved_on": "Kies vandaag of een dag ervoor."},
        ),
    ],
)
def test_half_an_attestation_says_what_is_missing(
    said: dict[str, str], errors: dict[str, Any], as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    empty = {"moved_said_by": "", "moved_on": "", "moved_ticket": ""}

    page = as_agent.post(url(move), as_sent(move, **{**empty, **said}))

    assert errors_of(page) == errors


def test_a_submitted_move_gets_no_file(as_agent: Client, a_move: MakeMove) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL)

    answer = send(as_agent, move, "brief.pdf", PDF)

    assert answer.status_code == 409
    assert not EvidenceFile.objects.exists()
