"""Whoever changes the record behind the trail's back is found, and the row is named.

The owner of the database does it here, with no trigger in the way.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import extensions

from adminmoves.access import actor_for
from adminmoves.approval.actions import reschedule_move
from adminmoves.approval.loans import end_loan, lend_approval
from adminmoves.approval.priority import NO_PRIORITY, Priority
from adminmoves.audit import chain, record
from adminmoves.evidence.files import require_folder
from adminmoves.intake.draft.actions import take_over_draft
from adminmoves.intake.recount.actions import recount_documents
from adminmoves.models import (
    Administration,
    ApprovalLoan,
    EvidenceFile,
    LoanEnd,
    Move,
    Proof,
    QueueSwitch,
)
from adminmoves.operations.actions import pause_queue, resume_queue
from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import (
    make_administration,
    make_draft,
    make_move,
    put_on_record,
    submit,
)
from tests.cast import MakeMove

pytestmark = pytest.mark.slow

Owner = extensions.connection
S = MoveState


@contextmanager
def behind_our_back(owner: Owner) -> Iterator[extensions.cursor]:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('ALTER TABLE %I DISABLE TRIGGER USER', relname),"
            " ';'), string_agg(format('ALTER TABLE %I ENABLE TRIGGER USER', relname),"
            " ';') FROM pg_class WHERE relname LIKE 'adminmoves%' AND relkind = 'r'"
        )
        [off, on] = cursor.fetchone() or []
        cursor.execute(off)
        try:
            yield cursor
        finally:
            cursor.execute(on)


@pytest.fixture
def completed(owner: Owner, agent: User, lead: User, other_lead: User) -> Move:
    """An administration on record, moved once; all of it as the trail tells."""
    administration = make_administration(kvk_number="12345678")
    put_on_record()
    move = make_move(S.COMPLETED, agent=agent, lead=lead, administration=administration)
    recount_documents(
        administration.pk,
        {
            "documents": 13,
            "documents_unprocessed": 1,
            "documents_awaiting_authorisation": 0,
        },
        actor=actor_for(agent),
        ticket="SUP-1",
    )
    assert kinds() == []
    return move


def kinds() -> list[tuple[str, str]]:
    return [(difference.kind, difference.table) for difference in record.differences()]


OTHER = "(SELECT id FROM auth_user WHERE username = 'teamleider-2')"
MOVE = "adminmoves_move"
BOOKS = "adminmoves_administration"
CHANGES = [
    (MOVE, f"approved_by_id = {OTHER}", "approver"),
    (MOVE, "approved_at = approved_at - interval '1 day'", "approved_at"),
    (MOVE, f"requested_by_id = {OTHER}", "requester"),
    (MOVE, "plan = plan || '{\"name\": \"Anders\"}'", "plan"),
    (MOVE, "not_before = now()", "not_before"),
    (MOVE, "urgent = true", "haste"),
    (MOVE, "outside_windows = true", "haste"),
    (MOVE, "plan_hash = repeat('0', 64)", "plan_hash"),
    (MOVE, "created_at = created_at - interval '1 year'", "number"),
    (MOVE, "created_at = created_at - interval '1 hour'", "created_at"),
    (MOVE, "from_code = 'ELDERS'", "origin"),
    (MOVE, "move_type = 'RELINK_CONNECTION'", "wanted"),
    (MOVE, "warnings_seen = '[{}]'", "warnings"),
    ("adminmoves_proof", f"attested_by_id = {OTHER}", "attester"),
    ("adminmoves_proof", "checked_at = checked_at - interval '1 second'", "checked_at"),
    ("adminmoves_proof", "moved_on = moved_on - 1", "moved_on"),
    ("adminmoves_proof", "overrules_package = true", "proof"),
    ("adminmoves_proofwords", "said_by = 'Iemand anders'", "words"),
    ("adminmoves_contributor", f"user_id = {OTHER}", "contributor_untold"),
    ("adminmoves_formerplace", "code = 'ELDERS'", "former"),
    ("adminmoves_formerplace", "mail_address = 'elders@voorbeeld.example'", "former"),
    ("adminmoves_attempt", "number = 7", "attempt_missing"),
    ("adminmoves_attempt", "outcome = 'FAILED'", "outcome"),
    ("adminmoves_effect", "undone = true WHERE step = 'VERIFY'", "effect_missing"),
    (BOOKS, "code = 'ELDERS'", "place"),
    (BOOKS, "code = 'ELDERS'", "fact code"),
    (BOOKS, "mail_address = 'elders@voorbeeld.example'", "fact mail_address"),
    (BOOKS, "name = 'Anders BV'", "fact name"),
    (BOOKS, "kvk_number = '87654321'", "fact kvk_number"),
    (BOOKS, "external_id = 'stil'", "fact external_id"),
    (BOOKS, "documents = 99", "fact documents"),
    ("auth_user", "last_name = 'Anders' WHERE username = 'teamleider-1'", "fact name"),
    ("auth_user", "username = 'anders' WHERE username = 'teamleider-1'",
     "fact username"),
    ("auth_user", "is_active = false WHERE username = 'teamleider-1'", "fact active"),
    ("auth_user", "last_login = now() WHERE username = 'teamleider-1'", "sign_in"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "kind"), CHANGES)
def test_a_changed_row_is_named(
    table: str, change: str, kind: str, owner: Owner, completed: Move
) -> None:
    with behind_our_back(owner) as cursor:
        # Foreign keys stand: what is tried is what they let through.
        cursor.execute(f"UPDATE {table} SET {change}")  # noqa: S608 - fixed text

    assert kind in {found for found, _table in kinds()}
    assert chain.verify().faults == ()


REMOVED = [
    ("adminmoves_contributor", "contributor_missing"),
    ("adminmoves_effect", "effect_missing"),
    ("adminmoves_formerplace", "former_missing"),
]


@pytest.mark.parametrize(("table", "kind"), REMOVED)
def test_a_removed_row_is_named(
    table: str, kind: str, owner: Owner, completed: Move
) -> None:
    with behind_our_back(owner) as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed text

    assert kind in {found for found, _table in kinds()}


def test_plan_and_fingerprint_changed_together_do_not_fit_the_event(
    owner: Owner, completed: Move
) -> None:
    with behind_our_back(owner) as cursor:
        cursor.execute(
            'UPDATE adminmoves_move SET plan = \'{"a": "b"}\', plan_hash ='
            " encode(sha256('{\"a\": \"b\"}'), 'hex')"
        )

    assert ("plan_hash", MOVE) in kinds()


@pytest.mark.parametrize(
    ("stream", "kind"),
    [("person", "subject_untold"), ("administration", "subject_untold")],
)
def test_a_whole_stream_that_went_with_its_head_is_missed(
    stream: str, kind: str, owner: Owner, completed: Move
) -> None:
    with behind_our_back(owner) as cursor:
        for table in ("eventwords", "event", "streamhead"):
            which = (
                "event_id IN (SELECT id FROM adminmoves_event WHERE stream = %s)"
                if table == "eventwords"
                else "stream = %s"
            )
            cursor.execute(f"DELETE FROM adminmoves_{table} WHERE {which}", [stream])  # noqa: S608 - names of ours

    assert kind in {found for found, _table in kinds()}
    assert chain.verify().faults == ()


def test_a_proof_that_no_event_tells_is_named(completed: Move, agent: User) -> None:
    """The app role may add one; the trail does not know it."""
    Proof.objects.create(
        move=completed,
        revision=1,
        connection_id=completed.wanted.connection_id,
        package=completed.package,
        code=completed.to_code,
        kind="ATTESTED",
        verdict="ATTESTED",
        attested_by=agent,
    )

    assert kinds() == [("proof_untold", "adminmoves_proof")]


@pytest.mark.parametrize(
    "change",
    ["name = 'Anders BV'", "documents = 99", "mail_address = 'elders@x.example'"],
)
def test_what_the_app_role_changes_without_an_event_is_named(
    change: str, completed: Move
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE adminmoves_administration SET {change}")  # noqa: S608 - fixed text

    name = change.partition(" ")[0]
    assert kinds() == [(f"fact {name}", BOOKS)]


def lent(lead: User, agent: User) -> None:
    until = timezone.now() + timedelta(hours=1)
    ApprovalLoan.objects.create(lender=lead, borrower=agent, ends_at=until)


def taken_back(lead: User, agent: User) -> None:
    loan = lend(lead, agent)
    LoanEnd.objects.create(loan=loan, ended_by=lead)


def lend(lead: User, agent: User) -> ApprovalLoan:
    until = timezone.now() + timedelta(hours=1)
    return lend_approval(
        agent.pk, actor=actor_for(lead), ends_at=until, reason="Vakantie."
    )


def paused(lead: User, agent: User) -> None:
    QueueSwitch.objects.update(
        paused_at=timezone.now(), paused_by=agent, reason="Stil."
    )


@pytest.mark.parametrize(
    ("change", "kind", "table"),
    [
        (lent, "loan_untold", "adminmoves_approvalloan"),
        (taken_back, "loan_untold", "adminmoves_loanend"),
        (paused, "paused", "adminmoves_queueswitch"),
    ],
)
def test_what_lets_people_approve_or_holds_the_queue_is_in_an_event(
    change: Callable[[User, User], None],
    kind: str,
    table: str,
    completed: Move,
    lead: User,
    agent: User,
) -> None:
    change(lead, agent)

    assert kinds() == [(kind, table)]


def test_rights_moments_and_pauses_on_the_record_leave_no_difference(
    owner: Owner, a_move: MakeMove, lead: User, agent: User
) -> None:
    actor = actor_for(lead)
    move = a_move(S.APPROVED)
    later = timezone.now() + timedelta(days=1)
    urgent, much_later = Priority(True, "Loonrun."), later + timedelta(hours=1)
    for moment, priority in ((later, urgent), (much_later, NO_PRIORITY)):
        move.refresh_from_db()
        reschedule_move(
            move.pk,
            actor=actor,
            seen=move.timing,
            not_before=moment,
            priority=priority,
        )
    end_loan(lend(lead, agent).pk, actor=actor)
    lend(lead, agent)
    pause_queue(actor=actor, reason="Onderhoud.")
    put_on_record()

    assert record.differences() == []

    resume_queue(actor=actor, reason="Klaar.")

    assert record.differences() == []


@pytest.mark.parametrize("state", [*S])
def test_every_way_through_the_machine_leaves_no_difference(
    state: MoveState, a_move: MakeMove, owner: Owner
) -> None:
    a_move(state)
    put_on_record()

    assert record.differences() == []


@pytest.mark.parametrize("kind", [*MoveType])
def test_every_type_leaves_no_difference(
    kind: MoveType, a_move: MakeMove, owner: Owner
) -> None:
    a_move(S.COMPLETED, move_type=kind)
    put_on_record()

    assert record.differences() == []


def test_a_draft_that_was_taken_over_leaves_no_difference(
    owner: Owner, agent: User, other_agent: User
) -> None:
    draft = make_draft(agent)
    take_over_draft(draft.pk, actor=actor_for(other_agent))
    submit(draft, other_agent)
    put_on_record()

    assert record.differences() == []


@pytest.fixture
def evidence(owner: Owner, a_move: MakeMove, agent: User) -> EvidenceFile:
    move = a_move(S.AWAITING_BOOKKEEPING)
    content = b"een bewijs"
    file = EvidenceFile.objects.create(
        move=move, name="bewijs.txt", content_type="text/plain", size=len(content),
        sha256="8d3ba4cd9b2b7cbd5b6f7d2a5a3c7d6a" * 2, uploaded_by=agent,
        file=ContentFile(content, "bewijs.txt"),
    )  # fmt: skip
    require_folder()
    put_on_record()
    return file


def test_a_file_that_is_not_what_was_uploaded_is_named(evidence: EvidenceFile) -> None:
    assert kinds() == [("file_changed", "adminmoves_evidencefile")]


def test_a_file_that_is_gone_is_named(evidence: EvidenceFile) -> None:
    Path(evidence.file.path).unlink()

    assert kinds() == [("file_missing", "adminmoves_evidencefile")]
    assert record.differences(with_files=False) == []


def test_a_name_that_leads_out_of_the_folder_is_named(
    evidence: EvidenceFile, owner: Owner
) -> None:
    with owner.cursor() as cursor:
        cursor.execute("ALTER TABLE adminmoves_evidencefile DISABLE TRIGGER USER")
        cursor.execute("UPDATE adminmoves_evidencefile SET file = '../x'")
        cursor.execute("ALTER TABLE adminmoves_evidencefile ENABLE TRIGGER USER")

    assert kinds() == [("file_missing", "adminmoves_evidencefile")]


@pytest.mark.parametrize(
    ("language", "words", "ending"),
    [
        (
            "en",
            "has another “name” than was written",
            "1 rows are not as the trail tells",
        ),
        (
            "nl",
            "heeft een andere “name” dan is opgeschreven",
            "1 rijen zijn niet zoals de geschiedenis vertelt",
        ),
    ],
)
def test_the_command_names_row_and_event_in_the_language_asked_for(
    language: str, words: str, ending: str, completed: Move
) -> None:
    Administration.objects.update(name="Anders BV")
    out = io.StringIO()

    with pytest.raises(CommandError, match=ending):
        call_command("verify_audit", language=language, stdout=out)

    [line] = out.getvalue().splitlines()
    assert line.startswith("adminmoves_administration ")
    assert words in line
    assert "(event " in line or "(gebeurtenis " in line


def test_every_kind_has_its_sentence() -> None:
    text = "".join(
        (record.FOLDER / f"{name}.sql").read_text("utf-8")
        for name in record.comparisons()
    )

    missing = [
        kind
        for kind in record.KINDS
        if f"'{kind}'" not in text and not kind.startswith("file_")
    ]
    assert missing == []
