"""Which files are kept as evidence, and who gets them back."""

import hashlib
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from adminmoves.access import actor_for
from adminmoves.errors import ChangedMeanwhile, NotAllowed
from adminmoves.evidence.file_kinds import kind_of
from adminmoves.evidence.files import store_file
from adminmoves.intake.draft.actions import edit_draft
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

MSG = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
OUTLOOK = MSG + "__properties_version1.0".encode("utf-16-le") + bytes(100)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"

TAKEN = [
    ("brief.pdf", PDF, "application/pdf"),
    ("merk.pdf", b"\xef\xbb\xbf" + PDF, "application/pdf"),
    ("leeg-ervoor.pdf", b"\r\n  \t\n" + PDF, "application/pdf"),
    ("scherm.PNG", PNG, "image/png"),
    ("foto.jpeg", JPEG, "image/jpeg"),
    ("foto.jpg", JPEG, "image/jpeg"),
    ("foto.jfif", JPEG, "image/jpeg"),
    ("foto.HEIC", HEIC, "image/heic"),
    ("scan.tif", b"II*\0" + bytes(20), "image/tiff"),
    ("scan.tiff", b"MM\0*" + bytes(20), "image/tiff"),
    ("mail.eml", MAIL, "message/rfc822"),
    ("outlook.msg", OUTLOOK, "application/vnd.ms-outlook"),
    ("notitie.txt", TEXT, "text/plain"),
    ("cp1252.txt", "Caf\xe9".encode("cp1252"), "text/plain"),
    ("utf-16.txt", "Het is gedaan.".encode("utf-16"), "text/plain"),
]
ACCEPTED = [
    ("afdruk.pdf", b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF),
    ("kopregel.pdf", b"Content-Type: application/pdf\r\n\r\n" + PDF),
    ("dos.txt", TEXT + b"\r\n\x1a"),
    ("groot.tif", b"II+\0\x08\0" + bytes(20)),
    ("groot.tiff", b"MM\0+\0\x08" + bytes(20)),
    ("mail.eml", MAIL.decode().encode("utf-16")),
    ("mail.eml", b"\xfe\xff" + MAIL.decode().encode("utf-16-be")),
]
NOT_ACCEPTED = [
    ("pagina.pdf", b"<html>" + PDF),
    ("programma.pdf", PROGRAM + PDF),
    ("ver.pdf", b" " * 70000 + b"a" * 2000 + PDF),
    ("midden.txt", b"Het is\x1agedaan"),
    ("tekst.eml", "Het is gedaan.".encode("utf-16")),
]
MAILS = [
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n',
    b"From - Mon Nov 30 09:12:44 2026\nX-Mozilla-Status: 0001\n" + MAIL,
    b"From super@noord.example Mon Nov 30 09:12:44 2026\r\n" + MAIL,
    b"\xef\xbb\xbf" + MAIL,
    b"\r\n\r\n" + MAIL,
    b"ARC-Seal: i=1; a=rsa-sha256;\r\n\td=noord.example\r\n" + MAIL,
    b"Thread-Topic: x\nMIME-Version: 1.0\n\n\x80\x00 attached",
    b"Subject: Caf\xe9\r\nDate: Mon, 30 Nov 2026\r\n\r\n",
    MAIL[:40],
]
NO_MAILS = [TEXT, PAGE, b"Beste collega,\n\nTo: wie dan ook", b"To \n x", b"Hallo: jij"]
REFUSED = [
    ("programma.exe", PROGRAM, "Dit soort bestand kan niet."),
    ("pagina.html", PAGE, "als pdf"),
    ("brief.docx", b"PK\x03\x04", "als pdf"),
    ("oud.doc", MSG, "als pdf"),
    ("alles.zip", b"PK\x03\x04", "Pak dit bestand uit"),
    ("tekening.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "als png of jpeg"),
    ("plaatje.webp", b"RIFF", "als png of jpeg"),
    ("verkleed.pdf", PROGRAM, "eindigt op .pdf, maar wat erin zit is geen PDF"),
    ("verkleed.png", PAGE, "eindigt op .png"),
    ("verkleed.jpg", PNG, "maar het bestand is een PNG. Geef het een naam"),
    ("iphone.jpg", HEIC, "een naam die eindigt op .heic, en kies het opnieuw"),
    ("verkleed.heic", JPEG, "eindigt op .heic"),
    ("verkleed.msg", MSG, "eindigt op .msg"),
    ("verkleed.txt", PROGRAM, "eindigt op .txt"),
    ("verkleed.eml", TEXT, "eindigt op .eml"),
    ("geen-achtervoegsel", PDF, "Dit soort bestand kan niet."),
    ("dubbel.pdf.exe", PDF, "Dit soort bestand kan niet."),
]
NAMES = {
    "<>.pdf": "bestand.pdf",
    '".pdf': "bestand.pdf",
    ".pdf": "bestand.pdf",
    "...pdf": "bestand.pdf",
    " . .pdf": "bestand.pdf",
    "a\u202efdp.pdf": "afdp.pdf",
    "a\0b.pdf": "ab.pdf",
    "a\r\nX: y.pdf": "aX y.pdf",
    "CON.pdf": "_CON.pdf",
    "lpt1.x.pdf": "_lpt1.x.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\map\\brief.pdf": "brief.pdf",
    "a:b|c?d*e.pdf": "abcde.pdf",
    "x" * 300 + ".pdf": "x" * 100 + ".pdf",
    "\N{DOG FACE}" * 90 + ".pdf": "\N{DOG FACE}" * 25 + ".pdf",
    "Cafe\u0301.PDF": "Café.PDF",
    "brief.pdf ": "brief.pdf",
}
ANSWERS = {"moved_said_by": "Supergebruiker Noord", "moved_on": "2026-11-20"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def send(client: Client, move: Move, name: str, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile(name, content, content_type="application/octet-stream")
    return client.post(url(move), as_sent(move, **ANSWERS, moved_file=file, **more))


@pytest.mark.parametrize(
    ("name", "content", "content_type"), TAKEN, ids=[row[0] for row in TAKEN]
)
def test_a_file_that_is_what_it_says_is_kept(
    name: str, content: bytes, content_type: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    answer = send(as_agent, move, name, content)

    file = EvidenceFile.objects.get()
    assert answer["Location"] == url(move, "nalezen/")
    assert Move.objects.get(pk=move.pk).parties.moved_evidence == file
    assert (file.name, file.content_type, file.size) == (
        name,
        content_type,
        len(content),
    )
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.uploaded_by == agent
    assert Path(file.file.path).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content"), ACCEPTED, ids=[str(row[1][:12]) for row in ACCEPTED]
)
def test_what_machines_write_around_a_file_does_not_count(
    name: str, content: bytes
) -> None:
    assert kind_of(name, content)


@pytest.mark.parametrize(
    ("name", "content"), NOT_ACCEPTED, ids=[row[0] for row in NOT_ACCEPTED]
)
def test_a_file_that_holds_another_somewhere_is_not_that_one(
    name: str, content: bytes
) -> None:
    assert kind_of(name, content) is None


@pytest.mark.parametrize(
    ("name", "content", "why"), REFUSED, ids=[r[0] for r in REFUSED]
)
def test_a_file_that_is_something_else_is_refused_in_words(
    name: str, content: bytes, why: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    page = send(as_agent, move, name, content)

    assert why in errors_of(page)["moved_file"]
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

    file = EvidenceFile.objects.get()
    assert file.name == "webxroot.txt"
    assert file.file.name == f"evidence/{move.pk}/{file.public_id}"
    assert Path(file.file.path).is_relative_to(tmp_path)


def test_the_file_is_given_back_to_save_and_never_to_run(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    send(as_agent, move, "notitie.txt", PAGE)
    file = EvidenceFile.objects.get()

    answer = as_agent.get(f"/bewijs/{file.public_id}/")

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
    file = EvidenceFile.objects.get()
    client.force_login(make_person("lezer", role))

    answer = client.get(f"/bewijs/{file.public_id}/")
    answer.close()

    assert answer.status_code == status


def test_before_log_in_there_is_no_evidence(client: Client, agent: User) -> None:
    client.force_login(agent)
    send(client, make_draft(agent), "brief.pdf", PDF)
    file = EvidenceFile.objects.get()
    client.logout()

    answer = client.get(f"/bewijs/{file.public_id}/")

    assert answer["Location"] == f"/inloggen/?next=/bewijs/{file.public_id}/"


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

    version = Move.objects.get(pk=move.pk).draft_version
    as_agent.post(url(move, "nalezen/"), {"version": version})

    stored = Move.objects.get(pk=move.pk)
    assert stored.state == MoveState.AWAITING_APPROVAL
    assert stored.proof is not None
    assert stored.proof.evidence == EvidenceFile.objects.get()
    assert stored.proof.moved_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        (
            # The ticket of the requester serves here, too.
            {"moved_said_by": "Iemand"},
            {"moved_on": "Vul in sinds wanneer de administratie daar staat."},
        ),
        (
            {**ANSWERS, "requester_ticket": ""},
            {
                "requester_ticket": "Vul het nummer van het ticket in.",
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
            {**ANSWERS, "moved_on": "2099-01-01", "moved_ticket": "SUP-1"},
            {"moved_on": "Kies vandaag of een dag ervoor."},
        ),
    ],
)
def test_half_an_attestation_says_what_is_missing(
    answers: dict[str, str], errors: dict[str, Any], as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    empty = {"moved_said_by": "", "moved_on": "", "moved_ticket": ""}

    page = as_agent.post(url(move), as_sent(move, **{**empty, **answers}))

    assert errors_of(page) == errors


def test_an_approved_move_gets_no_file(as_agent: Client, a_move: MakeMove) -> None:
    move = a_move(MoveState.APPROVED)

    answer = send(as_agent, move, "brief.pdf", PDF)

    assert answer.status_code == 409
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize("content", MAILS)
def test_a_mail_is_known_by_its_fields_whatever_wrote_it(content: bytes) -> None:
    assert kind_of("mail.eml", content) is not None


@pytest.mark.parametrize("content", NO_MAILS)
def test_what_has_no_fields_is_no_mail(content: bytes) -> None:
    assert kind_of("mail.eml", content) is None


@pytest.mark.parametrize(("name", "plain"), NAMES.items())
def test_an_odd_name_is_stored_as_a_plain_one(
    name: str, plain: str, agent: User, client: Client
) -> None:
    upload = SimpleUploadedFile("naam", PDF)
    # As another program sends it: Django's own would clean it here.
    upload.__dict__["_name"] = name

    file = store_file(make_draft(agent), upload, actor=actor_for(agent))

    client.force_login(agent)
    answer = client.get(f"/bewijs/{file.public_id}/")
    answer.close()
    assert file.name == plain
    assert answer["Content-Disposition"].startswith("attachment; filename")


def test_an_odd_name_in_the_table_is_told_plainly(
    as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)
    EvidenceFile.objects.create(
        public_id="oud",
        move=move,
        name='a"\r\nX-Odd: 1.txt',
        content_type="text/plain",
        size=1,
        sha256=hashlib.sha256(b"x").hexdigest(),
        file=ContentFile(b"x", "x"),
        uploaded_by=agent,
    )

    answer = as_agent.get("/bewijs/oud/")
    answer.close()

    assert answer["Content-Disposition"] == 'attachment; filename="aX-Odd 1.txt"'


def test_a_large_text_is_judged_at_once() -> None:
    content = b"Het is gedaan.\r\n" * 650_000

    begun = time.process_time()
    found = kind_of("groot.txt", content)

    assert found is not None
    assert time.process_time() - begun < 0.5


def test_what_a_request_holds_is_bounded_and_told_at_the_field(
    as_agent: Client, agent: User, settings: Any
) -> None:
    settings.PORTAL_EVIDENCE_PER_MOVE_MB = 1
    move = make_draft(agent)
    half = 600 * 1024
    send(as_agent, move, "een.pdf", PDF + bytes(half))
    send(as_agent, move, "een.pdf", PDF + bytes(half))

    page = send(as_agent, move, "twee.pdf", PDF + b"2" * half)

    assert "staat al 1 MB aan bestanden" in errors_of(page)["moved_file"]
    assert EvidenceFile.objects.get().name == "een.pdf"


def test_a_file_of_an_older_page_or_a_colleagues_draft_is_not_stored(
    as_agent: Client, agent: User, other_agent: User
) -> None:
    move, theirs = make_draft(agent), make_draft(other_agent)
    file = SimpleUploadedFile("brief.pdf", PDF)

    with pytest.raises(ChangedMeanwhile):
        edit_draft(move.pk, {}, actor=actor_for(agent), version=0, upload=file)
    with pytest.raises(NotAllowed):
        edit_draft(theirs.pk, {}, actor=actor_for(agent), upload=file)

    assert not EvidenceFile.objects.exists()
    assert not [*Path(settings.MEDIA_ROOT).rglob("*.pdf")]


def test_what_a_person_sends_in_a_day_is_bounded(
    as_agent: Client, agent: User, settings: Any
) -> None:
    settings.PORTAL_EVIDENCE_PER_DAY_MB = 1
    send(as_agent, make_draft(agent), "een.pdf", PDF + bytes(600 * 1024))
    move = make_draft(agent)

    page = send(as_agent, move, "twee.pdf", PDF + bytes(600 * 1024))

    assert "binnen een dag 1 MB" in errors_of(page)["moved_file"]
    assert EvidenceFile.objects.count() == 1


def test_a_file_for_what_waits_is_an_answer_that_reopens_it(
    as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(MoveState.AWAITING_BOOKKEEPING)

    send(as_agent, move, "brief.pdf", PDF)

    stored = Move.objects.get(pk=move.pk)
    assert (stored.state, stored.parties.moved_evidence) == (
        MoveState.DRAFT,
        EvidenceFile.objects.get(),
    )
