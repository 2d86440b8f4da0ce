"""Evidence that was changed or lost on the disk is never taken for genuine."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from adminmoves.access import actor_for
from adminmoves.archive.durable import DurableStorage
from adminmoves.archive.marks import MARK
from adminmoves.evidence.files import store_file, trouble_with
from adminmoves.evidence.records import Attestation, attest
from adminmoves.execution import claim
from adminmoves.models import Event, EvidenceFile, Move, Parties, StoreMark
from adminmoves.vocabulary import FileTrouble, MoveState
from tests.builders import approve, as_read, make_draft, submit
from tests.cast import MakeMove
from tests.overview.people import logged_in, page_words

pytestmark = pytest.mark.django_db
S = MoveState
CONTENT = b"It was moved on Monday."
Harm = Callable[[Path], object]
HARMS: dict[str, Harm] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "as long": lambda path: path.write_bytes(CONTENT.replace(b"Monday", b"Friday")),
    "longer": lambda path: path.write_bytes(CONTENT + b" Really."),
}
harmed = pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "evidence"
    return tmp_path / "evidence"


@pytest.fixture
def evidence_file(a_move: MakeMove, agent: User) -> EvidenceFile:
    """Of a move that waits for approval, attested with it."""
    move = a_move(S.AWAITING_BOOKKEEPING)
    upload = SimpleUploadedFile("mail.txt", CONTENT)
    file = store_file(move, upload, actor=actor_for(agent))
    said_so = Attestation("Jansen", date(2026, 11, 1), evidence=file)
    attest(move.pk, actor=actor_for(agent), attestation=said_so)
    return file


def path_of(evidence_file: EvidenceFile) -> Path:
    return Path(evidence_file.file.path)


def ask_for(evidence_file: EvidenceFile, reader: User) -> Any:
    return logged_in(reader).get(
        reverse("moves:evidence", args=[evidence_file.public_id])
    )


def troubles() -> list[dict[str, str]]:
    events = Event.objects.filter(code="EVIDENCE_DIFFERS").order_by("pk")
    return list(events.values_list("params", flat=True))


def test_what_was_given_is_what_comes_back(
    evidence_file: EvidenceFile, auditor: User
) -> None:
    answer = ask_for(evidence_file, auditor)

    assert b"".join(answer.streaming_content) == CONTENT
    assert trouble_with(evidence_file) is None
    assert troubles() == []


@harmed
def test_it_is_not_shown_and_the_page_says_why(
    harm: Harm, evidence_file: EvidenceFile, auditor: User
) -> None:
    harm(path_of(evidence_file))

    answer = ask_for(evidence_file, auditor)
    ask_for(evidence_file, auditor)

    assert answer.status_code == 409
    assert "mail.txt" in page_words(answer)
    assert "bewijst niets" in page_words(answer)
    (params,) = troubles()
    expected = FileTrouble.MISSING if harm is Path.unlink else FileTrouble.CHANGED
    assert params == {"file": evidence_file.public_id, "trouble": expected}
    assert trouble_with(evidence_file) == expected


@harmed
def test_nobody_approves_on_it(
    harm: Harm, evidence_file: EvidenceFile, lead: User
) -> None:
    harm(path_of(evidence_file))
    move = Move.objects.get(pk=evidence_file.move_id)

    with pytest.raises(Exception, match=r"mail\.txt"):
        approve(move, lead)

    move.refresh_from_db()
    assert move.state == S.AWAITING_APPROVAL
    assert len(troubles()) == 1


def test_it_counts_again_when_it_was_restored(
    evidence_file: EvidenceFile, lead: User
) -> None:
    path_of(evidence_file).write_bytes(b"")
    path_of(evidence_file).write_bytes(CONTENT)

    approve(Move.objects.get(pk=evidence_file.move_id), lead)

    assert Move.objects.get(pk=evidence_file.move_id).state == S.APPROVED


@harmed
def test_nothing_starts_on_it_and_its_proof_is_taken_back(
    harm: Harm, evidence_file: EvidenceFile, lead: User
) -> None:
    move = approve(Move.objects.get(pk=evidence_file.move_id), lead)
    harm(path_of(evidence_file))

    assert claim.start(move.pk, "worker-1") is None

    move.refresh_from_db()
    assert (move.state, move.reason["code"]) == (
        S.AWAITING_BOOKKEEPING,
        "evidence_changed",
    )
    page = page_words(logged_in(lead).get(f"/migraties/{move.number}/"))
    assert "het bestand met bewijs is niet meer wat er is toegevoegd" in page


def test_a_start_waits_while_its_folder_is_away(
    evidence_file: EvidenceFile, folder: Path, lead: User
) -> None:
    move = approve(Move.objects.get(pk=evidence_file.move_id), lead)
    moved_to = folder.rename(folder.with_name("kept"))

    assert claim.start(move.pk, "worker-1") is None
    move.refresh_from_db()
    assert (move.state, move.reason["code"]) == (S.APPROVED, "evidence_away")

    moved_to.rename(folder)
    assert claim.start(move.pk, "worker-1") is not None


@harmed
def test_no_draft_is_submitted_on_it(harm: Harm, a_move: MakeMove, agent: User) -> None:
    draft = make_draft(agent)
    upload = SimpleUploadedFile("mail.txt", CONTENT)
    file = store_file(draft, upload, actor=actor_for(agent))
    said_so = {"moved_said_by": "Jansen", "moved_on": date(2026, 11, 1)}
    Parties.objects.filter(move=draft).update(moved_evidence=file, **said_so)
    harm(path_of(file))

    with pytest.raises(Exception, match=r"mail\.txt"):
        submit(draft, agent)

    assert Move.objects.get(pk=draft.pk).state == S.DRAFT


# --- the whole folder away


@pytest.fixture
def away(evidence_file: EvidenceFile, folder: Path) -> Path:
    moved_to = folder.with_name("kept")
    folder.rename(moved_to)
    return moved_to


@pytest.mark.parametrize("instead", [None, "empty", "another's"])
def test_while_the_folder_is_away_nothing_is_called_missing(
    instead: str | None,
    evidence_file: EvidenceFile,
    away: Path,
    folder: Path,
    lead: User,
) -> None:
    if instead:
        folder.mkdir()
    if instead == "another's":
        (folder / MARK).write_text("7b8c1c1e-0000-4000-8000-000000000000")

    answer = ask_for(evidence_file, lead)
    with pytest.raises(Exception, match="niet bereikbaar"):
        approve(Move.objects.get(pk=evidence_file.move_id), lead)

    assert answer.status_code == 409
    assert "De map met bewijs is nu niet bereikbaar" in page_words(answer)
    assert troubles() == []


def test_no_file_is_taken_meanwhile_and_what_was_typed_stays(
    away: Path, folder: Path, a_move: MakeMove, agent: User
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    page = reverse("moves:attest", args=[move.number])
    sent = {
        **as_read(move, said_by="Mevrouw Bakker", moved_on="2026-11-01"),
        "file": SimpleUploadedFile("mail.txt", CONTENT),
    }

    answer = logged_in(agent).post(page, sent)

    assert answer.status_code == 200
    assert "De map met bewijs is nu niet bereikbaar" in page_words(answer)
    assert "Mevrouw Bakker" in answer.content.decode()
    assert not folder.exists(), "nothing is made where a folder was"


def test_no_file_stays_where_the_folder_went_away_right_after_it_was_seen(
    a_move: MakeMove,
    agent: User,
    evidence_file: EvidenceFile,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def goes_away(_store: DurableStorage, name: str, **_given: object) -> str:
        folder.rename(folder.with_name("elsewhere"))
        folder.mkdir()
        return name

    move = a_move(S.AWAITING_BOOKKEEPING)
    monkeypatch.setattr(DurableStorage, "get_available_name", goes_away)
    page = reverse("moves:attest", args=[move.number])
    sent = {
        **as_read(move, said_by="Mevrouw Bakker", moved_on="2026-11-01"),
        "file": SimpleUploadedFile("mail.txt", CONTENT),
    }

    answer = logged_in(agent).post(page, sent)

    assert "De map met bewijs is nu niet bereikbaar" in page_words(answer)
    assert list(EvidenceFile.objects.all()) == [evidence_file]
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_disk_that_is_full_is_told_at_the_field(
    a_move: MakeMove, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> str:
        raise OSError(28, "No space left on device")

    move = a_move(S.AWAITING_BOOKKEEPING)
    monkeypatch.setattr(DurableStorage, "_save", full)
    page = reverse("moves:attest", args=[move.number])
    sent = {
        **as_read(move, said_by="Mevrouw Bakker", moved_on="2026-11-01"),
        "file": SimpleUploadedFile("mail.txt", CONTENT),
    }

    answer = logged_in(agent).post(page, sent)

    assert "No space left on device" in page_words(answer)
    assert "Mevrouw Bakker" in answer.content.decode()
    assert not EvidenceFile.objects.exists()


def test_the_folder_is_marked_once(evidence_file: EvidenceFile, folder: Path) -> None:
    mark = StoreMark.objects.get(pk="EVIDENCE").mark

    assert (folder / MARK).read_text() == str(mark)
