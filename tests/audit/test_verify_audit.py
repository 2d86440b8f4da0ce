"""Whoever changes the trail behind our back is found, and the row is named.

The owner of the database can switch the triggers off; that is what these tests do.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import extensions

from adminmoves.access import SYSTEM
from adminmoves.audit import trail
from adminmoves.audit.chain import KINDS, ChainFault, verify
from adminmoves.models import Event, EventWords, Move, StreamHead
from adminmoves.vocabulary import EventCode, MoveState
from tests.builders import make_move, put_on_record

Owner = extensions.connection
DIGEST = "digest = adminmoves_event_digest(adminmoves_event)"


@contextmanager
def behind_our_back(owner: Owner) -> Iterator[extensions.cursor]:
    """As the owner, with no trigger in the way."""
    with owner.cursor() as cursor:
        cursor.execute("ALTER TABLE adminmoves_event DISABLE TRIGGER USER")
        try:
            yield cursor
        finally:
            cursor.execute("ALTER TABLE adminmoves_event ENABLE TRIGGER USER")


@pytest.fixture
def move(owner: Owner, agent: User, lead: User) -> Move:
    """A move that waits for approval: five events in its stream."""
    return make_move(MoveState.AWAITING_APPROVAL, agent=agent, lead=lead)


@pytest.fixture
def line(move: Move) -> list[Event]:
    return list(Event.objects.filter(stream="move", stream_id=move.pk).order_by("id"))


def fault(
    move: Move, position: int, kind: str, event: Event | None = None
) -> ChainFault:
    return ChainFault("move", str(move.pk), position, event.pk if event else None, kind)


def test_an_untouched_trail_has_no_faults(move: Move, line: list[Event]) -> None:
    found = verify()

    assert found.faults == ()
    assert found.events == Event.objects.count()
    assert found.streams == StreamHead.objects.count()
    assert found.emptied == 0


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Iemand anders'",
        "params = '{\"revision\": 9}'",
        "at = at + interval '1 second'",
        "code = 'MOVE_APPROVED'",
        "environment_id = NULL",
        "request_id = 'anders'",
        "commitment = repeat('0', 64)",
    ],
)
def test_a_changed_event_is_named(
    owner: Owner, move: Move, line: list[Event], change: str
) -> None:
    with behind_our_back(owner) as cursor:
        cursor.execute(
            f"UPDATE adminmoves_event SET {change} WHERE id = %s",  # noqa: S608 - names of ours
            [line[1].pk],
        )

    assert verify().faults[0] == fault(move, 2, "changed", line[1])


def test_a_changed_event_with_a_digest_of_its_own_breaks_the_next(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        cursor.execute(
            "UPDATE adminmoves_event SET actor_name = 'Iemand' WHERE id = %s",
            [line[1].pk],
        )
        cursor.execute(
            f"UPDATE adminmoves_event SET {DIGEST} WHERE id = %s",  # noqa: S608 - names of ours
            [line[1].pk],
        )

    assert verify().faults == (fault(move, 3, "relinked", line[2]),)


def test_a_changed_last_event_does_not_fit_its_head(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    last = line[-1]

    with behind_our_back(owner) as cursor:
        cursor.execute(
            "UPDATE adminmoves_event SET actor_name = 'Iemand' WHERE id = %s", [last.pk]
        )
        cursor.execute(
            f"UPDATE adminmoves_event SET {DIGEST} WHERE id = %s",  # noqa: S608 - names of ours
            [last.pk],
        )

    assert verify().faults == (fault(move, last.position, "changed", last),)


def test_an_event_removed_from_the_middle_is_missed(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        remove(cursor, line[1])

    assert verify().faults == (fault(move, 2, "removed"),)


def test_a_removed_last_event_is_missed(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        remove(cursor, line[-1])

    assert verify().faults == (fault(move, len(line), "last_removed"),)


def test_a_removed_stream_is_missed_by_its_head(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        remove(cursor, *line)

    assert verify().faults == (fault(move, 1, "stream_removed"),)


def test_a_move_without_any_trail_is_missed(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        remove(cursor, *line)
        cursor.execute(
            "DELETE FROM adminmoves_streamhead WHERE stream = 'move'"
            " AND stream_id = %s",
            [str(move.pk)],
        )

    assert verify().faults == (fault(move, 1, "stream_unknown"),)


def test_a_move_in_another_state_than_its_trail_says_is_named(
    move: Move, line: list[Event]
) -> None:
    Move.objects.filter(pk=move.pk).update(state=MoveState.REJECTED)

    assert verify().faults == (fault(move, len(line) + 1, "untold"),)


def test_events_without_a_head_are_named(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        insert_copy(cursor, line[0], stream="job", stream_id="x", position=1)

    found = verify().faults

    assert [(fault.stream, fault.position, fault.kind) for fault in found] == [
        ("job", 1, "headless")
    ]


def test_an_event_added_at_the_end_is_named(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    place = len(line) + 1

    with behind_our_back(owner) as cursor:
        added = insert_copy(cursor, line[-1], position=place)

    expected = ChainFault("move", str(move.pk), place, added, "inserted")
    assert verify().faults == (expected,)


def test_an_event_put_in_between_is_named(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    with behind_our_back(owner) as cursor:
        for event in reversed(line[1:]):
            cursor.execute(
                "UPDATE adminmoves_event SET position = position + 1 WHERE id = %s",
                [event.pk],
            )
        added = insert_copy(cursor, line[0], position=2)

    expected = ChainFault("move", str(move.pk), 2, added, "inserted")
    assert verify().faults == (expected,)


def test_swapped_events_are_named(owner: Owner, move: Move, line: list[Event]) -> None:
    with behind_our_back(owner) as cursor:
        for event, place in ((line[1], 99), (line[2], 2), (line[1], 3)):
            cursor.execute(
                "UPDATE adminmoves_event SET position = %s WHERE id = %s",
                [place, event.pk],
            )

    assert verify().faults == (fault(move, 2, "swapped", line[2]),)


def test_changed_words_do_not_fit_their_commitment(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    words = EventWords.objects.filter(event__move=move).select_related("event")[0]

    with behind_our_back(owner) as cursor:
        cursor.execute(
            'UPDATE adminmoves_eventwords SET texts = \'{"ticket": "SUP-9"}\''
            " WHERE event_id = %s",
            [words.event_id],
        )

    assert verify().faults == (fault(move, words.event.position, "words", words.event),)


@pytest.mark.parametrize(
    "emptying",
    [
        "UPDATE adminmoves_eventwords SET texts = '{}'",
        "DELETE FROM adminmoves_eventwords",
    ],
)
def test_emptied_words_are_counted_and_no_fault(
    owner: Owner, move: Move, emptying: str
) -> None:
    count = EventWords.objects.count()

    with behind_our_back(owner) as cursor:
        cursor.execute(emptying)

    found = verify()
    assert count > 0
    assert (found.faults, found.emptied) == ((), count)


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.mark.django_db
@settings(
    suppress_health_check={
        *settings().suppress_health_check,
        HealthCheck.function_scoped_fixture,
    }
)
@given(texts=st.dictionaries(TEXT, TEXT, min_size=1, max_size=4))
def test_any_words_fit_the_commitment_they_were_written_with(
    db: None, texts: dict[str, str]
) -> None:
    line = trail.about_job("words", EventCode.COMMENTED, subject="", params={})
    entry = trail.TrailEntry(line.stream, line.stream_id, line.code, words=texts)

    trail.record(SYSTEM, [entry])

    assert verify().faults == ()


def test_the_command_says_that_all_is_well_and_writes_it_down(move: Move) -> None:
    put_on_record()
    events = Event.objects.count()
    out = io.StringIO()

    call_command("verify_audit", stdout=out)

    streams = StreamHead.objects.exclude(stream="job").count()
    assert out.getvalue() == (
        f"{events} events in {streams} streams: all as they were written.\n"
    )
    last = Event.objects.filter(code=EventCode.AUDIT_VERIFIED).get()
    assert last.params == {
        "events": events,
        "streams": streams,
        "faults": 0,
        "differences": 0,
    }


def test_the_command_names_the_row_and_fails(
    owner: Owner, move: Move, line: list[Event]
) -> None:
    put_on_record()
    with behind_our_back(owner) as cursor:
        remove(cursor, line[1])
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 streams are not as written") as refused:
        call_command("verify_audit", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0] == f"move {move.pk} #2 is missing"
    # What the event wrote is without it now.
    assert [line.partition(" ")[0] for line in lines[1:]] == ["adminmoves_contributor"]
    assert refused.value.returncode == 1
    last = Event.objects.filter(code=EventCode.AUDIT_VERIFIED).get()
    assert last.params["faults"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_of_a_chain_is_told_in_dutch(kind: str) -> None:
    fault = ChainFault("move", "1", 2, 7, kind)

    dutch = str(fault)
    with translation.override("en"):
        english = str(fault)

    assert dutch.startswith("move 1 #2 (gebeurtenis 7) ")
    assert dutch.partition(") ")[2] != english.partition(") ")[2]


def remove(cursor: extensions.cursor, *events: Event) -> None:
    for event in events:
        cursor.execute(
            "DELETE FROM adminmoves_eventwords WHERE event_id = %s", [event.pk]
        )
        cursor.execute("DELETE FROM adminmoves_event WHERE id = %s", [event.pk])


def insert_copy(cursor: extensions.cursor, event: Event, **other: object) -> int:
    """A forged event: a copy of another one, with a digest that fits it."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'adminmoves_event'::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attname <> 'id'"
    )
    names = [name for (name,) in cursor]
    values = ", ".join(f"%({name})s" if name in other else name for name in names)
    cursor.execute(
        f"INSERT INTO adminmoves_event (id, {', '.join(names)})"  # noqa: S608 - names of ours
        f" SELECT nextval('adminmoves_event_id_seq'), {values}"
        f" FROM adminmoves_event WHERE id = %(id)s RETURNING id",
        {"id": event.pk, **other},
    )
    ((added,),) = cursor.fetchall()
    cursor.execute(
        f"UPDATE adminmoves_event SET {DIGEST} WHERE id = %s",  # noqa: S608 - names of ours
        [added],
    )
    return int(added)
