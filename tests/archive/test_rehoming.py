"""An archive moves with its office: nothing lost, nothing twice, nothing half."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from adminmoves.access import WORKER, actor_for
from adminmoves.archive import cleaning, copying
from adminmoves.archive.keys import folder_after, key_in
from adminmoves.archive.presence import require_archive
from adminmoves.archive.store import Digest, archive_store
from adminmoves.errors import DomainError, LeaseLost, StepRefused
from adminmoves.execution import runner, takeover
from adminmoves.execution.actions import NOT_DONE, retry_move, settle_move, stop_move
from adminmoves.execution.lease import fenced, show_lease
from adminmoves.intake.draft.actions import reopen_move
from adminmoves.intake.withdrawal.actions import withdraw_move
from adminmoves.lifecycle import advance
from adminmoves.models import Attempt, CleanUp, Document, Event, Leftover, Move
from adminmoves.vocabulary import Action, MoveState, MoveType
from tests.archive.shelves import contents, files, fill, fill_with, write
from tests.builders import doubt, expire_lease, make_administration, run, start
from tests.cast import MakeMove

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.parametrize("store", ["folder", "bucket"], indirect=True),
]
S = MoveState
WITH_ARCHIVE = (MoveType.MOVE_ENVIRONMENT, MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MOST_DOCUMENTS", 4)


@pytest.fixture
def approved(a_move: MakeMove) -> Move:
    """To another office, with ten documents."""
    administration = make_administration()
    fill_with(administration, 10)
    return a_move(
        S.APPROVED, move_type=MoveType.MOVE_ENVIRONMENT, administration=administration
    )


def again(move: Move) -> Move:
    return Move.objects.get(pk=move.pk)


def archive_of(move: Move) -> list[bytes]:
    assert move.administration is not None
    return contents(move.administration)


def copies_made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """From where to where files are really copied from now on."""
    store, made = archive_store(), list[tuple[str, str]]()
    copy = store.copy

    def noted(source: str, target: str, expected: Digest) -> None:
        made.append((source, target))
        copy(source, target, expected)

    monkeypatch.setattr(store, "copy", noted)
    return made


def chunks_then(attempt: Attempt, count: int) -> None:
    """Carry out the first chunks, then stop as a killed worker does."""
    runner.prepare(attempt)
    move = Move.objects.select_related("to_environment").get(pk=attempt.move_id)
    require_archive()
    copying.open_folder(move)
    for _number in range(count):
        chunk = copying.next_chunk(move, attempt)
        assert chunk is not None
        copying.copy_files(move, chunk)
        with fenced(attempt):
            copying.enter(attempt, move, chunk)


@pytest.mark.parametrize("move_type", MoveType)
def test_every_document_is_there_afterwards_at_keys_of_its_own(
    move_type: MoveType, a_move: MakeMove
) -> None:
    administration = make_administration()
    fill_with(administration, 10)
    before, old = contents(administration), files()
    move = a_move(S.APPROVED, move_type=move_type, administration=administration)

    done = run(move)

    assert done.state == S.COMPLETED
    assert contents(administration) == before
    keys = set(administration.archive.values_list("storage_key", flat=True))
    if move_type in WITH_ARCHIVE:
        office = done.to_environment
        assert office is not None
        assert all(
            key.startswith(
                f"{office.public_id}/{administration.public_id}/{done.number}-1/"
            )
            for key in keys
        )
    else:
        assert keys == old


def test_counts_bytes_and_one_digest_are_on_the_record(approved: Move) -> None:
    before = b"".join(archive_of(approved))

    done = run(approved)

    attempt = done.attempts.get()
    event = Event.objects.get(move=done, code="MOVE_COMPLETED")
    assert event.params["archive"] == attempt.before_image["archive"]
    assert event.params["archive"]["documents"] == 10
    assert event.params["archive"]["bytes"] == len(before)
    assert (attempt.copied, attempt.copied_size) == (10, len(before))


def test_a_takeover_goes_on_at_the_chunk_where_it_was_left(
    approved: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = list(Document.objects.order_by("pk").values_list("storage_key", flat=True))
    chunks_then(start(approved), 2)
    expire_lease(approved)
    copied = copies_made(monkeypatch)

    taken = takeover.resume_expired("worker-2")
    assert taken is not None
    runner.execute(taken)

    assert [source for source, _target in copied] == keys[8:]
    assert again(approved).state == S.COMPLETED
    assert taken.takeovers == 0, "it got further, so the count began anew"


def test_files_without_their_rows_are_probed_and_not_copied_twice(
    approved: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = start(approved)
    runner.prepare(attempt)
    move = Move.objects.get(pk=approved.pk)
    require_archive()
    copying.open_folder(move)
    chunk = copying.next_chunk(move, attempt)
    assert chunk is not None
    copying.copy_files(move, chunk)
    first = key_in(folder_after(move, move.revision), chunk.documents[0].document)
    write(first, b"half")
    written = copies_made(monkeypatch)

    runner.execute(attempt)

    assert again(approved).state == S.COMPLETED
    assert written[0][1] == first, "what was half written is written again"
    assert len(written) == 7, "the other three of that chunk were there"


def test_a_damaged_document_stops_it_and_leaves_everything_as_it_was(
    approved: Move,
) -> None:
    administration = approved.administration
    assert administration is not None
    damaged = administration.archive.order_by("pk")[6]
    write(damaged.storage_key, b"something else")
    keys = list(administration.archive.values_list("storage_key", flat=True))

    failed = run(approved)

    assert failed.state == S.FAILED
    assert failed.reason == {"code": "archive_damaged", "file": damaged.storage_key}
    assert list(administration.archive.values_list("storage_key", flat=True)) == keys
    administration.refresh_from_db()
    assert administration.closed_by is None


def test_a_retry_uses_what_was_copied_and_still_true(
    approved: Move, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks_then(attempt := start(approved), 2)
    stop_move(approved.pk, actor=actor_for(lead), reason="Verkeerde avond.")
    runner.execute(attempt)
    assert again(approved).state == S.STOPPED
    written = copies_made(monkeypatch)

    retry_move(approved.pk, actor=actor_for(lead))
    done = run(approved)

    assert done.state == S.COMPLETED
    assert written == [], "all was copied before the wish was heard"
    assert [each.number for each in done.attempts.all()] == [1, 2]


def test_a_wish_to_stop_is_heeded_at_the_next_safe_point(
    approved: Move, lead: User
) -> None:
    chunks_then(attempt := start(approved), 1)
    stop_move(approved.pk, actor=actor_for(lead), reason="Verkeerde avond.")

    runner.execute(attempt)

    stopped = again(approved)
    assert stopped.state == S.STOPPED
    assert stopped.reason == {"code": "stopped_by_person", "who": "teamleider-1"}
    attempt.refresh_from_db()
    assert attempt.copied == 8, "one more chunk, then it was heard"
    assert Event.objects.filter(move=approved, code="RUN_STOP_ASKED").exists()


def test_what_does_not_run_cannot_be_stopped(approved: Move, lead: User) -> None:
    with pytest.raises(StepRefused):
        stop_move(approved.pk, actor=actor_for(lead), reason="Toch niet.")

    done = run(approved)

    with pytest.raises(StepRefused):
        stop_move(done.pk, actor=actor_for(lead), reason="Toch niet.")


def test_a_stop_needs_a_reason_and_is_asked_once(approved: Move, lead: User) -> None:
    start(approved)

    with pytest.raises(DomainError):
        stop_move(approved.pk, actor=actor_for(lead), reason=" ")
    stop_move(approved.pk, actor=actor_for(lead), reason="Verkeerde avond.")
    with pytest.raises(StepRefused):
        stop_move(approved.pk, actor=actor_for(lead), reason="Nog eens.")


def test_not_done_looks_at_every_file_anew(approved: Move, lead: User) -> None:
    chunks_then(start(approved), 2)
    copy = approved.document_copies.order_by("pk")[0]
    write(copy.storage_key, b"")
    doubt(approved)

    settle_move(
        approved.pk, actor=actor_for(lead), answer=NOT_DONE, reason="Schijf vervangen."
    )
    taken = takeover.resume_expired("worker-2")
    assert taken is not None
    runner.execute(taken)

    assert again(approved).state == S.COMPLETED
    assert all(
        archive_store().digest(document.storage_key) == (document.size, document.sha256)
        for document in Document.objects.all()
    )


def test_a_run_steps_aside_and_is_taken_up_without_a_word(
    approved: Move,
) -> None:
    attempt = start(approved)

    runner.execute(attempt, until=0)

    left = approved.attempts.get()
    assert (left.worker, left.copied) == ("", 4)
    assert takeover.resume_expired("worker-2") is None, "nobody died"
    taken = takeover.resume_yielded("worker-2")
    assert taken is not None
    runner.execute(taken)
    assert again(approved).state == S.COMPLETED
    assert not Event.objects.filter(code="RUN_TAKEN_OVER").exists()


def test_who_lost_the_lease_writes_no_chunk(approved: Move) -> None:
    late = start(approved)
    runner.prepare(late)
    expire_lease(approved)
    takeover.resume_expired("worker-2")

    with pytest.raises(LeaseLost), fenced(late):
        raise AssertionError

    runner.execute(late)

    assert approved.document_copies.count() == 0


def test_old_files_go_when_nothing_needs_them_any_more(
    approved: Move, settings: Settings
) -> None:
    old = files()
    settings.PORTAL_ARCHIVE_KEEP_HOURS = 1
    done = run(approved)

    assert cleaning.clean(5) == 0, "they are kept for an hour"
    CleanUp.objects.update(due_at=timezone.now())
    assert cleaning.clean(5) == 10

    assert not files() & old
    assert len(archive_of(done)) == 10
    job = CleanUp.objects.get()
    assert (job.files, job.removed) == (10, 10)
    assert job.done_at is not None
    assert not Leftover.objects.exists()
    assert not done.document_copies.exists()
    event = Event.objects.get(code="ARCHIVE_CLEANED")
    assert event.params == {"files": 10}


def test_copies_of_a_withdrawn_move_go_and_the_archive_stays(
    approved: Move, agent: User, lead: User
) -> None:
    before = archive_of(approved)
    chunks_then(attempt := start(approved), 2)
    runner.fail(attempt, {"code": "not_alone_at_place", "count": 2})

    withdraw_move(approved.pk, actor=actor_for(agent), reason="Niet meer nodig.")
    cleaning.clean(5)

    assert archive_of(approved) == before
    assert len(files()) == 10


@pytest.mark.parametrize("back_to_draft", [False, True])
def test_files_that_were_copied_but_not_written_down_go_too(
    approved: Move, agent: User, lead: User, back_to_draft: bool
) -> None:
    before, old = archive_of(approved), files()
    chunks_then(attempt := start(approved), 1)
    chunk = copying.next_chunk(approved, attempt)
    assert chunk is not None
    copying.copy_files(approved, chunk)
    runner.fail(attempt, {"code": "store_refused", "error": "No space left on device"})
    assert len(files()) == 18

    if back_to_draft:
        retry_move(approved.pk, actor=actor_for(lead))
        reason = {"code": "plan_changed"}
        advance(
            approved.pk, Action.REAPPROVE, actor=WORKER, facts=(reason,), params=reason
        )
        reopen_move(approved.pk, actor=actor_for(agent))
        assert again(approved).revision == 2
    withdraw_move(approved.pk, actor=actor_for(agent), reason="Niet meer nodig.")
    cleaning.clean(5)

    assert files() == old
    assert archive_of(approved) == before
    assert CleanUp.objects.count() == 1


def test_a_store_that_refuses_is_tried_again_later(
    approved: Move, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_ARCHIVE_KEEP_HOURS = 0
    run(approved)

    def refuse(_keys: list[str]) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(archive_store(), "remove", refuse)
    cleaning.clean(5)

    job = CleanUp.objects.get()
    assert (job.done_at, job.problem) == (None, "Permission denied")
    assert not cleaning.due().exists()
    monkeypatch.undo()
    CleanUp.objects.update(lease_until=None)
    assert cleaning.clean(5) == 10


# --- what the database holds, for every role


def test_a_closed_administration_receives_no_document(approved: Move) -> None:
    runner.prepare(start(approved))
    assert approved.administration is not None

    with pytest.raises(IntegrityError, match="closed for a move"), transaction.atomic():
        fill(approved.administration, b"late")


@pytest.mark.parametrize(
    "change",
    [{"sha256": "0" * 64}, {"size": F("size") + 1}, {"administration": None}],
    ids=lambda change: next(iter(change)),
)
def test_a_document_stays_what_it_is(change: dict[str, object], approved: Move) -> None:
    if "administration" in change:
        change = {"administration": make_administration()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(administration=approved.administration).update(**change)


def test_a_file_changes_place_only_to_the_checked_copy_of_a_running_move(
    approved: Move,
) -> None:
    chunks_then(start(approved), 1)
    copy = approved.document_copies.order_by("pk")[0]
    documents = Document.objects.filter(pk=copy.document_id)
    show_lease(uuid.uuid4())

    with pytest.raises(IntegrityError, match="running move"), transaction.atomic():
        documents.update(storage_key=copy.storage_key)
    with pytest.raises(IntegrityError, match="running move"), transaction.atomic():
        documents.update(storage_key="elsewhere")


def test_no_file_that_a_document_refers_to_is_listed_for_removal(
    approved: Move,
) -> None:
    job = CleanUp.objects.create(move=approved, due_at=timezone.now())
    document = Document.objects.all()[0]

    with pytest.raises(IntegrityError, match="refers to"), transaction.atomic():
        Leftover.objects.create(clean_up=job, storage_key=document.storage_key)
