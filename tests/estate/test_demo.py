"""What a newcomer finds after the first start."""

import stat
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from adminmoves.access import role_of
from adminmoves.demo import story
from adminmoves.models import Administration, Environment, Event, Move
from adminmoves.vocabulary import EventCode, MoveState, Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
S = MoveState


def load_demo(file: Path) -> str:
    out = StringIO()
    call_command("load_demo", f"--passwords-file={file}", stdout=out)
    return out.getvalue()


def test_the_demo_has_the_sample_estate_and_moves_in_many_states(
    tmp_path: Path,
) -> None:
    load_demo(tmp_path / "accounts.txt")

    assert Environment.objects.count() == 8
    assert Administration.objects.count() == 80
    states = Counter(Move.objects.values_list("state", flat=True))
    assert states == {
        S.COMPLETED: 3,
        S.AWAITING_BOOKKEEPING: 2,
        S.AWAITING_APPROVAL: 3,
        S.DRAFT: 2,
        S.APPROVED: 1,
        S.REJECTED: 1,
        S.WITHDRAWN: 1,
    }
    assert Move.objects.get(has_question=True).state == S.DRAFT


def test_the_documents_of_the_demo_were_counted_on_the_day_it_was_made(
    tmp_path: Path,
) -> None:
    load_demo(tmp_path / "accounts.txt")

    counted = Administration.objects.values_list("documents_counted_at", flat=True)
    days = {timezone.localdate(moment) for moment in counted if moment}
    assert days == {timezone.localdate()}


def test_the_accounts_log_in_with_what_the_private_file_says(tmp_path: Path) -> None:
    file = tmp_path / "accounts.txt"

    output = load_demo(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    logins = dict(line.split() for line in file.read_text().splitlines())
    roles = {
        user.username: role_of(user)
        for user in User.objects.all()
        if user.check_password(logins[user.username])
    }
    assert roles == {
        "medewerker1": Role.SUPPORT_AGENT,
        "medewerker2": Role.SUPPORT_AGENT,
        "teamleider1": Role.TEAM_LEAD,
        "teamleider2": Role.TEAM_LEAD,
        "auditor1": Role.AUDITOR,
        "beheerder1": Role.ADMINISTRATOR,
    }
    assert len(set(logins.values())) == 6
    assert file.read_text() in output


def test_a_second_start_changes_nothing_and_tells_the_same_log_ins(
    tmp_path: Path,
) -> None:
    file = tmp_path / "accounts.txt"
    first = load_demo(file)
    events = Event.objects.count()

    second = load_demo(file)

    assert second == first
    assert Event.objects.count() == events


def test_a_filled_database_is_left_alone(tmp_path: Path, agent: User) -> None:
    output = load_demo(tmp_path / "accounts.txt")

    assert output == ""
    assert list(User.objects.all()) == [agent]
    assert not story.is_empty()


def test_the_demo_is_on_record_like_everything_else(tmp_path: Path) -> None:
    load_demo(tmp_path / "accounts.txt")

    people = Event.objects.filter(code=EventCode.PERSON_CHANGED)
    assert sorted(people.values_list("subject", flat=True)) == [
        "Auditor 1",
        "Beheerder 1",
        "Medewerker 1",
        "Medewerker 2",
        "Teamleider 1",
        "Teamleider 2",
    ]
    imported = Event.objects.get(code=EventCode.ESTATE_IMPORTED)
    assert imported.actor_name == "Beheerder 1"
    assert imported.params["counts"] == {
        "environments": {"new": 8, "changed": 0, "same": 0},
        "connections": {"new": 24, "changed": 0, "same": 0},
        "administrations": {"new": 80, "changed": 0, "same": 0},
    }
