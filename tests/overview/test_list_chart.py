"""The chart above the list tells what was completed, and counts no further than CAP."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from psycopg2 import extensions

from adminmoves.access import actor_for
from adminmoves.models import Move
from adminmoves.overview.moves import summary
from adminmoves.overview.moves.summary import DAYS, load_summary
from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove
from tests.estate.test_large import make_estate
from tests.overview.people import logged_in, page_words

S = MoveState


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_day_tells_what_was_completed_on_it(
    owner: extensions.connection, database_name: str, lead: User
) -> None:
    made = make_estate(database_name)
    assert made.returncode == 0, made.stderr
    ended = Move.objects.filter(state=S.COMPLETED).values_list("ended_at", flat=True)
    days = [timezone.localdate(moment) for moment in ended if moment]

    figures = load_summary(actor_for(lead))

    today = timezone.localdate()
    window = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    assert [bar.done for bar in figures.chart.bars] == [
        days.count(day) for day in window
    ]
    assert figures.chart.done > 0
    assert not figures.chart.is_capped


@pytest.mark.django_db
@pytest.mark.parametrize(("cap", "shown"), [(2, "2+"), (3, "3")])
def test_a_day_is_counted_no_further_than_a_list_counts(
    cap: int, shown: str, lead: User, a_move: MakeMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary, "CAP", cap)
    for _number in range(3):
        a_move(S.COMPLETED)

    text = page_words(logged_in(lead).get("/?status=alle"))

    assert re.findall(r"Vandaag voltooid (\S+)", text) == [shown]


@pytest.mark.django_db
def test_a_failed_run_stands_on_its_day(lead: User, a_move: MakeMove) -> None:
    a_move(S.FAILED)
    a_move(S.COMPLETED)

    figures = load_summary(actor_for(lead))

    assert [(bar.done, bar.failed) for bar in figures.chart.bars][-2:] == [
        (0, 0),
        (1, 1),
    ]
