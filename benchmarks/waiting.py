"""A move that waits to be approved or carried out, with its rows and events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Model

from adminmoves.audit import trail
from adminmoves.demo.large.chaining import TrailMoment
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Contributor,
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
    Part,
    ProofKind,
    Verdict,
)
from benchmarks.people import People

SAID_BY = "Supergebruiker Voorbeeld"


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

    def moments(self) -> Iterator[TrailMoment]:
        """The stream so far, as the trail would hold it."""
        states = MoveState
        steps: list[tuple[EventCode, str, str]] = [
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
            steps.append(
                (EventCode.MOVE_APPROVED, states.AWAITING_APPROVAL, states.APPROVED)
            )
        for position, (code, before, after) in enumerate(steps, start=1):
            lead = code == EventCode.MOVE_APPROVED
            actor = self.people.lead if lead else self.people.agent
            params: dict[str, Any] = {"revision": 1}
            line = trail.about_move(
                self.move, code, params=params, before=before, after=after
            )
            yield TrailMoment(position, self.now, actor, line)
