"""Writes the trail: in the transaction of the change, never without an actor."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Event,
    EventWords,
    Move,
    cached_sql,
)
from adminmoves.models.people import display_name
from adminmoves.vocabulary import EventCode, Stream


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An event to write; ``words`` has free text and names of people outside."""

    stream: Stream
    stream_id: str
    code: EventCode
    subject: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    move: Move | None = None
    administration_id: int | None = None
    environment_id: int | None = None
    other_environment_id: int | None = None


def about_move(
    move: Move,
    code: EventCode,
    *,
    params: Mapping[str, object] | None = None,
    words: Mapping[str, str] | None = None,
    before: str = "",
    after: str = "",
) -> TrailEntry:
    return TrailEntry(
        stream=Stream.MOVE,
        stream_id=str(move.pk),
        code=code,
        subject=move.number,
        params=params or {},
        words={name: text for name, text in (words or {}).items() if text},
        before=before,
        after=after,
        move=move,
        administration_id=move.administration_id,
        environment_id=move.from_environment_id,
        other_environment_id=move.to_environment_id,
    )


def about_administration(
    administration: Administration,
    code: EventCode,
    *,
    params: Mapping[str, object],
    words: Mapping[str, str] | None = None,
    move: Move | None = None,
) -> TrailEntry:
    return TrailEntry(
        stream=Stream.ADMINISTRATION,
        stream_id=administration.public_id,
        code=code,
        subject=administration.name,
        params=params,
        words=words or {},
        move=move,
        administration_id=administration.pk,
        environment_id=administration.environment_id,
        other_environment_id=move.from_environment_id if move else None,
    )


def about_environment(
    environment: Environment, code: EventCode, *, params: Mapping[str, object]
) -> TrailEntry:
    return TrailEntry(
        stream=Stream.ENVIRONMENT,
        stream_id=environment.public_id,
        code=code,
        subject=str(environment),
        params=params,
        environment_id=environment.pk,
    )


def about_connection(
    connection: BookkeepingConnection, code: EventCode, *, params: Mapping[str, object]
) -> TrailEntry:
    return TrailEntry(
        stream=Stream.CONNECTION,
        stream_id=connection.public_id,
        code=code,
        subject=str(connection),
        params=params,
        environment_id=connection.environment_id,
    )


def about_person(
    user: User,
    code: EventCode,
    *,
    params: Mapping[str, object] | None = None,
    words: Mapping[str, str] | None = None,
) -> TrailEntry:
    return TrailEntry(
        stream=Stream.PERSON,
        stream_id=str(user.pk),
        code=code,
        subject=display_name(user),
        params=params or {},
        words=words or {},
    )


def about_job(
    name: str,
    code: EventCode,
    *,
    subject: str,
    params: Mapping[str, object],
    words: Mapping[str, str] | None = None,
) -> TrailEntry:
    return TrailEntry(
        stream=Stream.JOB,
        stream_id=name,
        code=code,
        subject=subject,
        params=params,
        words=words or {},
    )


def commit_to(salt: str, texts: Mapping[str, str]) -> str:
    """The salted commitment, which stays when the words are removed."""
    canonical = json.dumps(dict(texts), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{salt}{canonical}".encode()).hexdigest()


def record(actor: Actor, lines: Sequence[TrailEntry]) -> list[Event]:
    """Insert the lines in the order of their streams, to avoid a deadlock.

    Raises NotAllowed if the person has lost the right meanwhile: every decision comes
    here, after all the locks that it waited for.
    """
    ordered = sorted(lines, key=lambda line: (line.stream, line.stream_id))
    salts = [secrets.token_hex(16) if line.words else "" for line in ordered]
    events = [
        event_of(actor, line, salt) for line, salt in zip(ordered, salts, strict=True)
    ]
    cached_sql.insert(events)
    words = [
        EventWords(event=event, salt=salt, texts=dict(line.words))
        for event, line, salt in zip(events, ordered, salts, strict=True)
        if line.words
    ]
    EventWords.objects.bulk_create(words)
    access.require_still(actor)
    return events


def event_of(actor: Actor, line: TrailEntry, salt: str) -> Event:
    return Event(
        stream=line.stream,
        stream_id=line.stream_id,
        code=line.code,
        params=dict(line.params),
        before=line.before,
        after=line.after,
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_role=actor.role,
        request_id=actor.request_id,
        subject=line.subject[:300],
        move=line.move,
        move_type=line.move.move_type if line.move else "",
        administration_id=line.administration_id,
        environment_id=line.environment_id,
        other_environment_id=line.other_environment_id,
        commitment=commit_to(salt, line.words) if line.words else "",
    )
