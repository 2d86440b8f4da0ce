"""A digest can be computed without us, by what docs/auditor.md says and no more."""

import hashlib
import json
import re
from datetime import UTC
from typing import Any

import pytest
from django.contrib.auth.models import User

from adminmoves.access import SYSTEM
from adminmoves.audit import trail
from adminmoves.models import Event, EventWords
from adminmoves.vocabulary import EventCode, MoveState
from tests.cast import MakeMove
from tests.docs.pages import fenced, read, section

PAGE = section(read("docs/auditor.md"), "Compute a digest yourself")
ESCAPED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n",
           "\r": "\\r", "\t": "\\t"}  # fmt: skip


def written(value: Any) -> str:
    """As PostgreSQL writes jsonb, in the words of the page."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        pairs = (f"{written(key)}: {written(value[key])}" for key in keys)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(escaped(sign) for sign in value) + '"'
    return json.dumps(value)


def escaped(sign: str) -> str:
    return ESCAPED.get(sign) or (sign if sign >= " " else f"\\u{ord(sign):04x}")


def digest_of(event: Event, names: list[str]) -> str:
    assert event.at is not None
    moment = event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    values = [moment if name == "at" else getattr(event, name) for name in names]
    return hashlib.sha256(written(values).encode()).hexdigest()


def listed_names() -> list[str]:
    line = next(part for part in PAGE.split("\n\n") if part.startswith("`stream`"))
    return re.findall(r"`(\w+)`", line)


def test_the_example_of_the_page_is_right() -> None:
    [line], [digest] = fenced(PAGE, "json"), fenced(PAGE, "text")

    assert written(json.loads(line)) == line.strip()
    assert hashlib.sha256(line.strip().encode()).hexdigest() == digest.strip()
    assert len(json.loads(line)) == len(listed_names())


@pytest.mark.django_db
def test_every_digest_is_what_the_page_says(a_move: MakeMove, lead: User) -> None:
    a_move(MoveState.COMPLETED)
    odd = {"bb": "é", "a": 'een "woord"\\\n\x1f', "é": [1, None, True], "ab": {"z": 1}}
    trail.record(
        SYSTEM, [trail.about_person(lead, EventCode.PERSON_CHANGED, params=odd)]
    )
    names = listed_names()

    events = list(Event.objects.order_by("stream", "stream_id", "position"))
    wrong = [event.pk for event in events if digest_of(event, names) != event.digest]

    assert len(events) > 8
    assert wrong == []


@pytest.mark.django_db
def test_every_commitment_is_what_the_page_says(a_move: MakeMove) -> None:
    a_move(MoveState.COMPLETED)

    for words in EventWords.objects.select_related("event"):
        pairs = (
            f"{written(key)}: {written(words.texts[key])}"
            for key in sorted(words.texts)
        )
        canonical = "{" + ", ".join(pairs) + "}"
        commitment = hashlib.sha256(f"{words.salt}{canonical}".encode()).hexdigest()
        assert commitment == words.event.commitment
