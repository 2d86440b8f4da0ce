"""Moves that wait to be approved or to be carried out, with the past they would have.

Written by COPY, as the large estate is; a real move takes five pages to get there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from adminmoves.access import Actor, actor_for
from adminmoves.audit import trail
from adminmoves.demo.large.chaining import Moment, Past
from adminmoves.demo.large.copying import Table
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Contributor,
    Environment,
    Event,
    Move,
    Parties,
    Proof,
    ProofWords,
)
from adminmoves.rules.plan import make_plan, to_address
from adminmoves.vocabulary import (
    EventCode,
    MoveState,
    MoveType,
    Package,
    Part,
    ProofKind,
    Role,
    Verdict,
)

WITHOUT_ARCHIVE = (
    MoveType.CHANGE_CODE,
    MoveType.RELINK_CONNECTION,
    MoveType.RELINK_CONNECTION_AND_CHANGE_CODE,
)
PER_OFFICE = 10
SAID_BY = "Supergebruiker Voorbeeld"
Tables = dict[type[Model], Table]
GUARDED: tuple[type[Model], ...] = (
    Administration,
    Proof,
    Move,
    ProofWords,
    Parties,
    Contributor,
    Event,
)
_number = count(1)


@dataclass(frozen=True, slots=True)
class People:
    agent: Actor
    lead: Actor


def make_people() -> People:
    """An agent and a team lead who cannot log in; call it as the owner."""
    return People(_person("agent", Role.SUPPORT_AGENT), _person("lead", Role.TEAM_LEAD))


def _person(name: str, role: Role) -> Actor:
    user = User.objects.create(username=name, password=make_password(None))
    user.groups.add(Group.objects.get(name=role))
    return actor_for(user)


@dataclass(frozen=True)
class Waiting:
    """One move and the rows beside it."""

    number: int
    ids: tuple[int, int, int]
    connection: BookkeepingConnection
    target: BookkeepingConnection
    move_type: MoveType
    state: MoveState
    people: People
    now: datetime

    @cached_property
    def administration(self) -> Administration:
        code = f"B{self.number:07}"
        return Administration(
            pk=self.ids[0],
            public_id=f"bench{self.number:07}",
            code=code,
            name=f"Voorbeeld {self.number}",
            environment=self.connection.environment,
            connection=self.connection,
            package=self.connection.package,
            mail_address=self.connection.environment.address_for(code),
            documents=12,
            documents_counted_at=self.now,
            at_place_since=self.now - timedelta(days=300),
        )

    @cached_property
    def proof(self) -> Proof:
        return Proof(
            pk=self.ids[2],
            move_id=self.ids[1],
            revision=1,
            administration_id=self.ids[0],
            connection_id=self.target.pk,
            package=self.target.package,
            code=self._to_code,
            kind=ProofKind.ATTESTED,
            verdict=Verdict.ATTESTED,
            checked_at=self.now,
            attested_by_id=self.people.agent.person,
            moved_on=self.now.date(),
        )

    @property
    def _to_code(self) -> str:
        keeps = self.move_type in {
            MoveType.RELINK_CONNECTION,
            MoveType.MOVE_ENVIRONMENT,
        }
        return self.administration.code if keeps else f"N{self.number:07}"

    @cached_property
    def move(self) -> Move:
        administration, target = self.administration, self.target
        move = Move(
            pk=self.ids[1],
            state=self.state,
            intent=self.move_type,
            move_type=self.move_type,
            requested_by_id=self.people.agent.person,
            administration=administration,
            package=target.package,
            to_environment=target.environment,
            to_connection=target,
            to_code=self._to_code,
            from_environment=administration.environment,
            from_connection=administration.connection,
            from_code=administration.code,
            from_address=administration.mail_address,
            submitted_at=self.now,
        )
        move.to_address = to_address(move)
        move.proof = self.proof
        if self.state == MoveState.APPROVED:
            plan = make_plan(move)
            move.plan, move.plan_hash = plan.facts, plan.hash
            move.approved_by_id = self.people.lead.person
            move.approved_at = self.now
        return move

    def rows(self) -> Iterator[Model]:
        agent = self.people.agent.person
        yield from (self.administration, self.proof, self.move)
        yield ProofWords(proof_id=self.ids[2], said_by=SAID_BY, ticket="SUP-1")
        yield Parties(
            move_id=self.ids[1],
            requester_name=SAID_BY,
            requester_email="super@voorbeeld.example",
            requester_ticket="SUP-1",
            consent_name=SAID_BY,
            consent_email="super@voorbeeld.example",
            consent_on=self.now.date(),
            consent_ticket="SUP-2",
            consent_accepts_costs=True,
            client_informed=True,
        )
        for part in (Part.ASKED, Part.EDITED, Part.ATTESTED):
            yield Contributor(move_id=self.ids[1], user_id=agent, revision=1, part=part)

    def moments(self) -> Iterator[Moment]:
        """The stream so far, as the trail would hold it."""
        states = MoveState
        told: list[tuple[EventCode, str, str]] = [
            (EventCode.MOVE_DRAFTED, "", states.DRAFT),
            (EventCode.MOVE_SUBMITTED, states.DRAFT, states.AWAITING_BOOKKEEPING),
            (EventCode.PROOF_ATTESTED, "", ""),
            (
                EventCode.MOVE_PROVED,
                states.AWAITING_BOOKKEEPING,
                states.AWAITING_APPROVAL,
            ),
        ]
        if self.state == MoveState.APPROVED:
            told.append(
                (EventCode.MOVE_APPROVED, states.AWAITING_APPROVAL, states.APPROVED)
            )
        for position, (code, before, after) in enumerate(told, start=1):
            lead = code == EventCode.MOVE_APPROVED
            actor = self.people.lead if lead else self.people.agent
            params: dict[str, Any] = {"revision": 1}
            line = trail.about_move(
                self.move, code, params=params, before=before, after=after
            )
            yield Moment(position, self.now, actor, line)


@transaction.atomic
def make_waiting(
    how_many: int,
    people: People,
    state: MoveState = MoveState.APPROVED,
    types: tuple[MoveType, ...] = WITHOUT_ARCHIVE,
    per_office: int = PER_OFFICE,
) -> list[int]:
    """So many moves in that state; their ids. Call it as the owner."""
    tables: Tables = {model: Table(model) for model in GUARDED if model is not Event}
    connections = _offices(-(-how_many // per_office))
    waiting = [
        _waiting(
            number // per_office,
            tables,
            connections,
            (people, state, types[number % len(types)]),
        )
        for number in range(how_many)
    ]
    with _without_triggers():
        for model, table in tables.items():
            rows = (row for one in waiting for row in one.rows())
            table.copy(row for row in rows if type(row) is model)
            table.settle_ids()
        past = Past()
        past.copy([moment for one in waiting for moment in one.moments()])
        past.store()
    return [one.ids[1] for one in waiting]


def _waiting(
    office: int,
    tables: Tables,
    connections: list[BookkeepingConnection],
    wanted: tuple[People, MoveState, MoveType],
) -> Waiting:
    people, state, move_type = wanted
    connection = office * 2
    other = {
        MoveType.CHANGE_CODE: 0,
        MoveType.MOVE_ENVIRONMENT: 2,
        MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE: 2,
    }.get(move_type, 1)
    return Waiting(
        number=next(_number),
        ids=(
            next(tables[Administration].ids),
            next(tables[Move].ids),
            next(tables[Proof].ids),
        ),
        connection=connections[connection],
        target=connections[(connection + other) % len(connections)],
        move_type=move_type,
        state=state,
        people=people,
        now=timezone.now(),
    )


def _offices(how_many: int) -> list[BookkeepingConnection]:
    """Two connections of each new office, in order; at least two offices."""
    offices = Environment.objects.bulk_create(
        Environment(office_code=f"MEET{number:07}", name=f"Kantoor {number}")
        for number in (next(_number) for _office in range(max(how_many, 2)))
    )
    return BookkeepingConnection.objects.bulk_create(
        BookkeepingConnection(
            environment=office,
            package=Package.UNIT4,
            package_environment=f"{office.office_code}-{part}",
        )
        for office in offices
        for part in range(2)
    )


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Ours are off for this transaction; constraints stay, at its end."""
    names = [model._meta.db_table for model in GUARDED]  # noqa: SLF001 - Django's documented API
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
            cursor.execute(f"ANALYZE {name}")


def make_books(how_many: int) -> list[Administration]:
    """Administrations that nobody moves yet; call it as the owner."""
    connection = _offices(1)[0]
    office = connection.environment
    codes = [f"B{next(_number):07}" for _book in range(how_many)]
    return Administration.objects.bulk_create(
        Administration(
            code=code,
            name=f"Voorbeeld {code}",
            environment=office,
            connection=connection,
            package=connection.package,
            mail_address=office.address_for(code),
            documents=12,
            documents_counted_at=timezone.now(),
            at_place_since=timezone.now(),
        )
        for code in codes
    )
