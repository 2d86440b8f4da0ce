"""Moments at the edge of the calendar: told at every door, held by the database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from adminmoves.audit.sentences import SHOWN
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.models import Administration, ApprovalLoan, Freeze, Move
from adminmoves.rules.plan import make_plan
from adminmoves.rules.reasons import tell
from adminmoves.templatetags import moments
from adminmoves.vocabulary import MoveState, MoveType, Role
from tests.builders import as_read, make_draft, make_person, warnings_of
from tests.cast import MakeMove
from tests.edges.test_files import warned
from tests.estate.admin import add
from tests.estate.files import BAKERY, estate, faults_of
from tests.intake.pages import as_sent, errors_of, url

pytestmark = pytest.mark.django_db
S = MoveState

NO_DAYS = [
    *("0001-01-01", "0026-11-30", "1899-12-31", "2009-12-31"),
    *("2062-11-30", "2200-01-01", "9999-12-31"),
]
NO_MOMENTS = [
    *(f"{day}T10:00" for day in NO_DAYS),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31 23:59"),
    *("2026-02-30T10:00", "2026-11-30T25:00", "10000-01-01T00:00", "ooit"),
]


@pytest.fixture
def as_agent(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def as_lead(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


@pytest.fixture
def as_keeper(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def in_days(count: int) -> str:
    return f"{timezone.localtime() + timedelta(days=count):%Y-%m-%dT%H:%M}"


def written(moment: str | int) -> str:
    """As it is; a number is days from now. The name of a test holds no clock."""
    return in_days(moment) if isinstance(moment, int) else moment


def last_sunday(month: int) -> date:
    """The day of the next change of the clock in that month."""
    today = timezone.localdate()
    year = today.year + (today >= date(today.year, month, 24))
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


# --- each door


@pytest.mark.parametrize("count", [*NO_DAYS, *NO_MOMENTS, 2])
def test_a_count_is_not_taken_from_such_a_moment(
    count: str | int, administrator: User
) -> None:
    files = estate(administrations=[{**BAKERY, "documents_counted_at": written(count)}])

    [fault] = faults_of(files, administrator)

    assert fault.startswith("administrations.csv, regel 2, documents_counted_at: ")
    assert fault.endswith(
        "Schrijf een dag of moment, zoals 2026-11-20 of 2026-11-20T09:30."
    )
    assert not Administration.objects.exists()


@pytest.mark.parametrize("field", ["consent_on", "moved_on"])
def test_a_day_in_a_mistyped_year_is_asked_about(field: str) -> None:
    day = AnswersForm.base_fields[field]
    today = timezone.localdate()

    sentences = []
    for years in (20, 10, 6):
        with pytest.raises(ValidationError) as refused:
            day.clean(f"01-{today.month:02}-{today.year - years}")
        sentences.extend(refused.value.messages)

    assert (
        sentences[0]
        == f"Het jaar {today.year - 20} kan niet kloppen. Controleer het jaar."
    )
    assert sentences[1].startswith("Dat is lang geleden. Controleer het jaar: ")
    assert day.clean(f"{today - timedelta(days=400)}")


def test_an_old_count_is_taken_and_told(administrator: User) -> None:
    old = [{**BAKERY, "documents_counted_at": "2016-11-20"}]

    warnings = warned(estate(administrations=old), administrator)

    [line] = warnings
    assert line == (
        "administrations.csv, regel 2, documents_counted_at: Dit is geteld in 2016. "
        "Controleer het jaar. Klopt het, laat dan opnieuw tellen."
    )
    assert warned(estate(administrations=old), administrator) == []


@pytest.mark.parametrize("moment", [*NO_MOMENTS, 368])
def test_a_draft_takes_no_such_moment_of_ones_own(
    moment: str | int, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent)

    sent = written(moment)

    page = as_agent.post(url(move), as_sent(move, when="own", own_moment=sent))

    assert list(errors_of(page)) == ["own_moment"]
    assert f'value="{sent}"' in page.content.decode()


@pytest.mark.parametrize("field", ["consent_on", "moved_on"])
@pytest.mark.parametrize("day", NO_DAYS)
def test_a_draft_takes_no_such_day(
    field: str, day: str, as_agent: Client, agent: User
) -> None:
    move = make_draft(agent, MoveType.MOVE_ENVIRONMENT)
    statement = {"moved_said_by": "Supergebruiker", "moved_ticket": "SUP-1"}

    page = as_agent.post(url(move), as_sent(move, **{**statement, field: day}))

    errors = errors_of(page)[field]
    assert errors.startswith((f"Het jaar {day[:4]} kan niet kloppen.", "Kies vandaag"))


@pytest.mark.parametrize("day", NO_DAYS)
def test_an_attestation_takes_no_such_day(
    day: str, as_agent: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_BOOKKEEPING)
    statement = {"said_by": "Supergebruiker", "ticket": "SUP-1", "moved_on": day}

    page = as_agent.post(f"/migraties/{move.number}/verklaring/", statement)

    assert list(errors_of(page)) == ["moved_on"]


@pytest.mark.parametrize("moment", [*NO_MOMENTS, 368])
def test_an_approval_takes_no_such_moment(
    moment: str | int, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.AWAITING_APPROVAL)
    answers = {
        **as_read(move, when="moment", moment=written(moment)),
        "plan_hash": make_plan(move).hash,
    }

    page = as_lead.post(
        f"/migraties/{move.number}/akkoord/",
        {**answers, "seen": sorted(warnings_of(move))},
    )

    assert page.status_code < 500
    assert Move.objects.get(pk=move.pk).state == S.AWAITING_APPROVAL


@pytest.mark.parametrize("moment", [*NO_MOMENTS, 368])
def test_another_moment_is_none_of_these(
    moment: str | int, as_lead: Client, a_move: MakeMove
) -> None:
    move = a_move(S.APPROVED)

    page = as_lead.post(
        f"/migraties/{move.number}/ander-moment/",
        {"when": "moment", "moment": written(moment)},
    )

    assert page.status_code in {200, 302, 409}
    assert Move.objects.get(pk=move.pk).not_before is None


@pytest.mark.parametrize("moment", [*NO_MOMENTS, 368])
def test_a_right_is_not_lent_until_such_a_moment(
    moment: str | int, as_lead: Client, agent: User
) -> None:
    answers = {"borrower": agent.pk, "until": written(moment), "reason": "Vakantie"}

    page = as_lead.post("/akkoord/uitlenen/", answers)

    assert list(page.context["form"].errors) == ["until"]
    assert not ApprovalLoan.objects.exists()


@pytest.mark.parametrize("moment", [*NO_MOMENTS, -400, 800])
def test_a_freeze_begins_at_no_such_moment(
    moment: str | int, as_keeper: Client
) -> None:
    errors = add(
        as_keeper, Freeze, name="Jaarwerk", starts_at=written(moment), ends_at=""
    )

    assert list(errors) == ["starts_at"]
    assert not Freeze.objects.exists()


@pytest.mark.parametrize("moment", [*NO_MOMENTS, -1, 800])
def test_a_freeze_ends_at_no_such_moment(moment: str | int, as_keeper: Client) -> None:
    errors = add(
        as_keeper,
        Freeze,
        name="Jaarwerk",
        starts_at=in_days(-2),
        ends_at=written(moment),
    )

    assert list(errors) == ["ends_at"]
    assert not Freeze.objects.exists()


@pytest.mark.parametrize("name", ["van", "tot"])
@pytest.mark.parametrize("day", NO_DAYS)
def test_the_history_is_asked_for_any_day(name: str, day: str, client: Client) -> None:
    client.force_login(make_person("auditor", Role.AUDITOR))

    assert client.get("/historie/", {name: day}).status_code == 200
    file = client.post("/historie/export/", {name: day})
    assert b"".join(file.streaming_content)  # type: ignore[attr-defined] # a download


# --- the clock that changes


def test_a_time_that_the_clock_skips_is_told_with_another(
    as_agent: Client, agent: User
) -> None:
    day = last_sunday(3)
    move = make_draft(agent)

    page = as_agent.post(
        url(move), as_sent(move, when="own", own_moment=f"{day}T02:30")
    )

    assert errors_of(page) == {
        "own_moment": (
            f"Op {day.day} maart {day.year} gaat de klok vooruit, dus 02:30 bestaat "
            "niet. Kies 03:30 of later, of een tijd voor de verandering."
        )
    }


def test_a_time_that_comes_twice_is_the_first_and_says_so(
    as_agent: Client, agent: User
) -> None:
    day = last_sunday(10)
    move = make_draft(agent)

    page = as_agent.post(
        url(move), as_sent(move, when="own", own_moment=f"{day}T02:30")
    )

    assert page.status_code == 302
    not_before = Move.objects.get(pk=move.pk).not_before
    assert not_before == datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
    assert moments.exact(not_before).endswith("02:30 (zomertijd)")
    assert moments.exact(not_before + timedelta(hours=1)).endswith("02:30 (wintertijd)")
    assert moments.exact(not_before + timedelta(hours=2)).endswith("03:30")


# --- what the database holds by itself

MOMENTS = """
    SELECT c.relname, a.attname, r.conname IS NOT NULL
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_constraint r
        ON r.conrelid = c.oid AND r.conname = a.attname || '_in_calendar'
    WHERE c.relkind = 'r' AND c.relname LIKE 'adminmoves%%'
      AND a.atttypid IN ('timestamptz'::regtype, 'date'::regtype)
"""


def test_every_column_of_a_moment_or_a_day_is_held() -> None:
    """Where this fails: run hold_calendar.sql in the migration that adds it."""
    with connection.cursor() as cursor:
        cursor.execute(MOMENTS)
        unheld = [
            (table, name)
            for table, name, is_checked in cursor.fetchall()
            if not is_checked
        ]

    assert unheld == []


OUTSIDE = [
    *("-infinity", "infinity", "0001-01-01 BC"),
    *("0026-11-30", "9999-12-31", "2200-01-01"),
]


@pytest.mark.parametrize("moment", OUTSIDE)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("administration", "documents_counted_at"),
        ("administration", "at_place_since"),
        ("freeze", "starts_at"),
        ("freeze", "ends_at"),
        ("move", "not_before"),
        ("parties", "consent_on"),
        ("parties", "moved_on"),
    ],
)
def test_no_statement_of_the_app_role_writes_such_a_moment(
    table: str, column: str, moment: str, a_move: MakeMove
) -> None:
    a_move(S.DRAFT)
    now = timezone.now()
    Freeze.objects.create(name="Jaarwerk", starts_at=now, ends_at=None)

    with (
        pytest.raises(IntegrityError, match=r"_in_calendar|freeze_ends_after_start"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE adminmoves_{table} SET {column} = %s",  # noqa: S608 - names of this test
            [moment],
        )


# --- what a page is given

ENDS = [
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(1, 1, 1, 12, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 30, tzinfo=UTC),
]
FILTERS = ["ago", "moment", "day", "weekday", "clock", "clock_seconds", "stamp"]


@pytest.mark.parametrize("name", [*FILTERS, "brief", "exact", "waited"])
@pytest.mark.parametrize("moment", ENDS)
def test_any_moment_can_be_shown(moment: datetime, name: str) -> None:
    assert str(getattr(moments, name)(moment))


@pytest.mark.parametrize("name", ["not_before", "until", "starts_at", "ends_at"])
@pytest.mark.parametrize("moment", ENDS)
def test_any_moment_of_the_trail_can_be_told(moment: datetime, name: str) -> None:
    assert SHOWN[name](moment.isoformat())
    assert tell({"code": "package_busy", "until": moment.isoformat()})
