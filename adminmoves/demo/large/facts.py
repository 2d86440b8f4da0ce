"""Makes of a journey the move, the proof and the administration of its time."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from adminmoves.access import Actor
from adminmoves.demo.large.cast import Cast
from adminmoves.demo.large.world import Journey, PlannedPlace
from adminmoves.models import Administration, BookkeepingConnection, Move, Proof
from adminmoves.rules.plan import Plan, make_plan, to_address
from adminmoves.vocabulary import MoveState, ProofKind, Verdict

TRADES = (
    "Bakkerij",
    "Bloemist",
    "Garage",
    "Kapper",
    "Rijschool",
    "Slagerij",
    "Hovenier",
)
SAID_BY = "Supergebruiker Voorbeeld"


def administration_at(
    number: int, pk: int, place: PlannedPlace, since: datetime, cast: Cast
) -> Administration:
    """An administration at one of its places."""
    connection = cast.connections[place.connection]
    office = connection.environment
    documents = number * 37 % 5000
    return Administration(
        pk=pk,
        public_id=f"groot{number:07}",
        code=place.code,
        package=connection.package,
        name=f"{TRADES[number % len(TRADES)]} Voorbeeld {number}",
        environment=office,
        connection=connection,
        mail_address=office.address_for(place.code),
        kvk_number=f"{10_000_000 + number:08}" if number % 6 else "",
        documents=documents,
        documents_unprocessed=number % 9 if documents > number % 9 else 0,
        documents_counted_at=since,
        at_place_since=since,
    )


@dataclass(frozen=True)
class MoveFacts:
    """The rows and people of one journey."""

    journey: Journey
    cast: Cast
    move_id: int
    proof_id: int
    attempt_id: int
    administration: Administration

    @property
    def agent(self) -> Actor:
        return self.cast.agents[self.journey.number % len(self.cast.agents)]

    @property
    def lead(self) -> Actor:
        return self.cast.leads[self.journey.number % len(self.cast.leads)]

    @property
    def target(self) -> BookkeepingConnection:
        return self.cast.connections[self.journey.wanted.connection]

    @property
    def is_done(self) -> bool:
        return self.journey.state == MoveState.COMPLETED

    @property
    def is_proven(self) -> bool:
        return self.journey.state != MoveState.WITHDRAWN

    @cached_property
    def proof(self) -> Proof:
        journey = self.journey
        return Proof(
            pk=self.proof_id,
            move_id=self.move_id,
            revision=1,
            administration_id=self.administration.pk,
            connection_id=self.target.pk,
            package=self.target.package,
            code=journey.wanted.code,
            kind=ProofKind.ATTESTED,
            verdict=Verdict.ATTESTED,
            checked_at=journey.proved_at,
            attested_by_id=self.agent.person,
            moved_on=journey.requested_at.date(),
        )

    @cached_property
    def plan(self) -> Plan:
        return make_plan(self.move)

    @cached_property
    def move(self) -> Move:
        journey, connection = self.journey, self.target
        move = Move(
            pk=self.move_id,
            state=journey.state,
            state_since=journey.ended_at,
            intent=journey.move_type,
            move_type=journey.move_type,
            requested_by_id=self.agent.person,
            created_at=journey.requested_at,
            edited_at=journey.submitted_at,
            administration=self.administration,
            package=connection.package,
            to_environment=connection.environment,
            to_connection=connection,
            to_code=journey.wanted.code,
            from_environment=self.administration.environment,
            from_connection=self.administration.connection,
            from_code=self.administration.code,
            from_address=self.administration.mail_address,
            submitted_at=journey.submitted_at,
            ended_at=journey.ended_at,
        )
        move.to_address = to_address(move)
        if self.is_proven:
            move.proof = self.proof
        if self.is_done:
            self._approve(move)
        return move

    def _approve(self, move: Move) -> None:
        plan = make_plan(move)
        move.plan, move.plan_hash = plan.facts, plan.hash
        move.approved_by_id = self.lead.person
        move.approved_at = self.journey.decided_at
        move.dispatched_at = move.started_at = self.journey.started_at
