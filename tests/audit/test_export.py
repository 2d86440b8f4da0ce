"""The export: complete, harmless, with its own checksum, and itself on record."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import CharField, Func, Value
from django.test import Client
from psycopg2 import extensions

from adminmoves.access import MAY, SYSTEM
from adminmoves.audit import export, trail
from adminmoves.audit.export import COLUMNS, harmless
from adminmoves.models import Event, Move
from adminmoves.vocabulary import EventCode, MoveState, Right, Role
from tests.audit.conftest import logged_in
from tests.builders import make_move, make_person

pytestmark = pytest.mark.django_db


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def table(exported: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exported.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def approved(agent: User, lead: User) -> Move:
    return make_move(MoveState.APPROVED, agent=agent, lead=lead)


def test_the_file_holds_every_event_oldest_first(
    as_auditor: Client, approved: Move
) -> None:
    before = [
        str(pk) for pk in Event.objects.order_by("id").values_list("pk", flat=True)
    ]

    answer = as_auditor.post("/historie/export/", {"formaat": "csv"})

    head, *rows = table(content(answer))
    assert head == list(COLUMNS)
    assert [row[0] for row in rows[:-3]] == before
    assert rows[-2] == ["# rows", str(len(before))]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="historie-')


def test_the_checksum_is_that_of_all_above(as_auditor: Client, approved: Move) -> None:
    exported = content(as_auditor.post("/historie/export/", {"formaat": "csv"}))

    above, _mark, _rest = exported.partition(b"# filter")
    written = table(exported)[-1]
    assert written == ["# sha256 of all above", hashlib.sha256(above).hexdigest()]


def test_the_filters_hold_and_stand_in_the_file(
    as_auditor: Client, approved: Move
) -> None:
    answer = as_auditor.post(
        "/historie/export/", {"formaat": "csv", "gebeurtenis": "MOVE_APPROVED"}
    )

    rows = table(content(answer))
    assert [row[4] for row in rows[1:-3]] == ["MOVE_APPROVED"]
    assert json.loads(rows[-3][1]) == {"gebeurtenis": "MOVE_APPROVED"}


def test_json_lines_tell_the_same(as_auditor: Client, approved: Move) -> None:
    before = list(Event.objects.order_by("id").values_list("pk", flat=True))

    answer = as_auditor.post("/historie/export/", {"formaat": "jsonl"})

    *lines, last = content(answer).splitlines(keepends=True)
    assert [json.loads(line)["id"] for line in lines] == before
    assert json.loads(last) == {
        "filter": {},
        "rows": len(before),
        "sha256_of_above": hashlib.sha256(b"".join(lines)).hexdigest(),
    }


def test_exporting_is_an_event_of_its_own_before_the_first_row(
    as_auditor: Client, auditor: User, approved: Move
) -> None:
    answer = as_auditor.post(
        "/historie/export/", {"formaat": "csv", "q": "Bakkerij", "soort": "CHANGE_CODE"}
    )

    written = Event.objects.select_related("words").latest("id")
    assert written.code == EventCode.HISTORY_EXPORTED
    assert written.actor_id == auditor.pk
    assert written.params == {"filters": {"soort": "CHANGE_CODE"}, "format": "csv"}
    assert written.words.texts == {"q": "Bakkerij"}
    assert str(written.pk) not in [row[0] for row in table(content(answer))]


def test_a_formula_is_made_harmless_in_the_file(as_auditor: Client) -> None:
    line = trail.about_job(
        "x", EventCode.ESTATE_IMPORTED, subject="=HYPERLINK(1)", params={}
    )
    trail.record(SYSTEM, [line])

    exported = content(as_auditor.post("/historie/export/", {"formaat": "csv"}))

    assert table(exported)[1][list(COLUMNS).index("subject")] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", " =1"])
def test_what_a_spreadsheet_takes_for_a_formula_gets_a_quote(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "harmless_text"),
    [
        ("hallo,=1+1,x", "hallo,'=1+1,x"),
        ('hallo, "=1+1"', 'hallo, "\'=1+1"'),
        ("a;@SUM(A1)", "a;'@SUM(A1)"),
        ("a\t-1\n+2", "a\t'-1\n'+2"),
        ("\uff1d1", "'\uff1d1"),
        ("=1,=2", "'=1,'=2"),
        ("\t=1", "'\t'=1"),
        (",=1", ",'=1"),
        ("a,\n=1", "a,\n'=1"),
    ],
)
def test_wherever_a_spreadsheet_splits_no_formula_begins(
    text: str, harmless_text: str
) -> None:
    assert harmless(text) == harmless_text


@pytest.mark.parametrize(
    "text", ["a, b - c", "M-2026-00001", "VKN104.2041", "2026-11-24", "7", ""]
)
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {"WORKER", "SYSTEM"}]
)
def test_who_may_not_export_leaves_no_event(role: Role) -> None:
    client = logged_in(make_person("iemand", role))

    answer = client.post("/historie/export/", {"formaat": "csv"})

    allowed = role in MAY[Right.EXPORT_HISTORY]
    assert answer.status_code == (200 if allowed else 403)
    assert Event.objects.filter(code=EventCode.HISTORY_EXPORTED).exists() is allowed


def test_a_link_exports_nothing(as_auditor: Client) -> None:
    answer = as_auditor.get("/historie/export/")

    assert answer.status_code == 405
    assert not Event.objects.exists()


@pytest.fixture
def half_a_second(transactional_db: None) -> Iterator[None]:
    """So long may one statement take, outside of any transaction as in a page."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '500ms'")
    yield
    connection.close()


def test_it_may_take_longer_than_one_statement_may(
    half_a_second: None,
    monkeypatch: pytest.MonkeyPatch,
    owner: extensions.connection,
) -> None:
    """Numbers that no event has, before the oldest one, cost nothing."""
    with owner.cursor() as cursor:
        cursor.execute("SELECT setval('adminmoves_event_id_seq', 1000000000)")
    for number in range(20):
        trail.record(
            SYSTEM,
            [
                trail.about_job(
                    "x", EventCode.ESTATE_IMPORTED, subject=str(number), params={}
                )
            ],
        )
    monkeypatch.setattr(export, "CHUNK_EVENTS", 1)
    nap = Func(Value(0.05), function="pg_sleep", output_field=CharField())
    newest = Event.objects.latest("id").pk

    rows = list(export.rows(Event.objects.annotate(nap=nap), newest + 1))

    every = Event.objects.order_by("id").values_list("pk", flat=True)
    assert [row["id"] for row in rows] == list(every)


@pytest.mark.parametrize("piece", [1, 2, 3, 1000])
def test_no_event_is_lost_or_told_twice_where_two_pieces_meet(
    monkeypatch: pytest.MonkeyPatch, as_auditor: Client, approved: Move, piece: int
) -> None:
    before = list(Event.objects.order_by("id").values_list("pk", flat=True))
    monkeypatch.setattr(export, "CHUNK_EVENTS", piece)

    answer = as_auditor.post("/historie/export/", {"formaat": "jsonl"})

    *lines, _last = content(answer).splitlines()
    assert [json.loads(line)["id"] for line in lines] == before
