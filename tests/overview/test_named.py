"""What a move names, read as JSON, is what the ORM reads by joins."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils import timezone

from adminmoves.access import actor_for
from adminmoves.detail.page import load_detail
from adminmoves.detail.queries import NAMED, SEALED, find_move
from adminmoves.detail.timeline import order_events
from adminmoves.models import ConnectionGrant, Move
from adminmoves.models.cached_sql import meta
from adminmoves.models.named import bring
from adminmoves.overview.move.actions import comment
from adminmoves.vocabulary import MoveState
from tests.cast import MakeMove

pytestmark = pytest.mark.django_db


def along(row: Model, path: str) -> Model | None:
    """What stands at the end of a path; None where it leads nowhere."""
    found: Any = row
    for name in path.split("__"):
        try:
            found = getattr(found, name)
        except ObjectDoesNotExist:
            return None
        if found is None:
            return None
    assert isinstance(found, Model)
    return found


def values(row: Model) -> dict[str, Any]:
    """What was read of a row."""
    names = {name for name in row.__dict__ if not name.startswith("_")}
    fields = meta(type(row)).concrete_fields
    return {name: getattr(row, name) for name in names & {f.attname for f in fields}}


@pytest.mark.parametrize("state", MoveState)
def test_every_row_and_every_value_is_the_same(
    state: MoveState, a_move: MakeMove, django_assert_num_queries: Any
) -> None:
    move = a_move(state)
    if move.to_connection:
        now = timezone.now()
        ConnectionGrant.objects.create(
            connection=move.to_connection,
            access_until=now,
            refreshed_at=now,
            consented_by=move.requested_by,
        )
    joined = Move.objects.select_related(*NAMED).get(pk=move.pk)

    read = find_move(move.pk)

    with django_assert_num_queries(0):
        for path in NAMED:
            here, there = along(read, path), along(joined, path)
            assert here == there, path
            if here and there:
                whole = values(there)
                read_of_it = {name: whole[name] for name in whole if name not in SEALED}
                assert values(here) == read_of_it, path


@pytest.mark.parametrize("state", [MoveState.COMPLETED, MoveState.STOPPED])
def test_the_lines_of_a_page_are_those_that_the_orm_reads(
    state: MoveState, a_move: MakeMove, lead: User
) -> None:
    move, reader = a_move(state), actor_for(lead)
    comment(move.pk, actor=reader, text="Dat klopt.")
    detail = load_detail(move.pk, reader)

    shown: dict[str, list[Model]] = {
        "words": list(detail.timeline),
        "stop_asked_by": [one.attempt for one in detail.attempts],
    }

    lines: dict[str, Iterable[Model]] = {
        "words": order_events(move.events.order_by("-pk")),
        "stop_asked_by": move.attempts.order_by("-number"),
    }
    for path, rows in shown.items():
        read = list(lines[path])
        assert rows
        assert [values(row) for row in rows] == [values(row) for row in read]
        assert [along(row, path) for row in rows] == [along(r, path) for r in read]


def test_what_a_list_names_is_what_the_orm_reads(
    a_move: MakeMove, django_assert_num_queries: Any
) -> None:
    paths = (
        "administration__environment",
        "administration__connection",
        "to_environment",
        "from_environment",
        "requested_by",
    )
    for state in MoveState:
        a_move(state)
    joined = list(Move.objects.select_related(*paths))
    moves = list(Move.objects.all())

    with django_assert_num_queries(1):
        bring((moves, paths), unread=("password",))

    with django_assert_num_queries(0):
        for path in paths:
            here = [along(move, path) for move in moves]
            there = [along(move, path) for move in joined]
            assert here == there, path
            for mine, theirs in zip(here, there, strict=True):
                whole = values(theirs) if theirs else {}
                whole.pop("password", None)
                assert (values(mine) if mine else {}) == whole


def test_nothing_is_asked_for_a_list_without_rows(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        bring(([], ("administration",)))


def test_a_question_of_nothing_says_so() -> None:
    with pytest.raises(Move.DoesNotExist):
        find_move(1)
