"""The made-up world: the places of every administration, in plain numbers.

Offices come in fours. Every office has two connections of one package and two of the
next, so that each type of migration has somewhere to go. Every code holds a number
that no other code holds, so that no place, address or name is ever taken twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from adminmoves.vocabulary import MIXES, Atom, MoveState, MoveType, Package

PACKAGES = tuple(Package)
TYPES = tuple(MoveType)
CONNECTIONS_PER_OFFICE = 4
ADMINISTRATIONS_PER_OFFICE = 400
YEARS_BACK = timedelta(days=3 * 365)
LAST_REQUEST = timedelta(days=2)
"""The last request is so long ago, so that every move has ended."""
REJECTED_EVERY, WITHDRAWN_EVERY = 19, 23
SHAPES = {
    Package.TWINFIELD: "NL{}",
    Package.EXACT_ONLINE: "{}",
    Package.UNIT4: "MVL{:05}",
    Package.ACCOUNTVIEW: "av-{}",
}


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """A connection by its number from 0, and a code."""

    connection: int
    code: str

    @property
    def office(self) -> int:
        return self.connection // CONNECTIONS_PER_OFFICE

    @property
    def package(self) -> Package:
        return package_of(self.connection)


@dataclass(frozen=True, slots=True)
class Journey:
    """A finished move of one administration, and its moments."""

    number: int
    administration: int
    move_type: MoveType
    state: MoveState
    left: PlannedPlace
    wanted: PlannedPlace
    requested_at: datetime
    at_place_since: datetime

    @property
    def submitted_at(self) -> datetime:
        return self.requested_at + timedelta(minutes=10)

    @property
    def proved_at(self) -> datetime:
        return self.requested_at + timedelta(days=1)

    @property
    def decided_at(self) -> datetime:
        return self.requested_at + timedelta(days=1, hours=3)

    @property
    def started_at(self) -> datetime:
        return self.decided_at + timedelta(seconds=5)

    @property
    def ended_at(self) -> datetime:
        if self.state == MoveState.WITHDRAWN:
            return self.submitted_at + timedelta(hours=1)
        done = self.state == MoveState.COMPLETED
        return self.decided_at + timedelta(seconds=9 if done else 0)


@dataclass(slots=True)
class World:
    offices: int
    now: datetime
    places: list[PlannedPlace] = field(default_factory=list)
    since: list[datetime] = field(default_factory=list)
    codes: Iterator[int] = field(default_factory=lambda: count(100))

    @classmethod
    def of(cls, administrations: int, now: datetime) -> "World":
        offices = max(8, -(-administrations // ADMINISTRATIONS_PER_OFFICE) // 4 * 4)
        world = cls(offices, now)
        connections = offices * CONNECTIONS_PER_OFFICE
        start = now - YEARS_BACK - timedelta(days=30)
        for number in range(administrations):
            connection = number % connections
            world.places.append(PlannedPlace(connection, world.new_code(connection)))
            world.since.append(start)
        return world

    def new_code(self, connection: int) -> str:
        return SHAPES[package_of(connection)].format(next(self.codes))

    def travel(self, moves: int) -> Iterator[Journey]:
        """Moves in the order of time, over three years; each type in its turn."""
        for number in range(moves):
            administration = number % len(self.places)
            left = self.places[administration]
            move_type = TYPES[number % len(TYPES)]
            journey = Journey(
                number=number,
                administration=administration,
                move_type=move_type,
                state=_end_of(number),
                left=left,
                wanted=self._wanted(left, move_type),
                requested_at=self.now
                - LAST_REQUEST
                - YEARS_BACK * (1 - number / moves),
                at_place_since=self.since[administration],
            )
            if journey.state == MoveState.COMPLETED:
                self.places[administration] = journey.wanted
                self.since[administration] = journey.ended_at
            yield journey

    def _wanted(self, left: PlannedPlace, move_type: MoveType) -> PlannedPlace:
        atoms, connection = MIXES[move_type], left.connection
        if Atom.ENVIRONMENT in atoms:
            # The packages repeat every four offices.
            connection = (connection + 4 * CONNECTIONS_PER_OFFICE) % (
                self.offices * CONNECTIONS_PER_OFFICE
            )
        if Atom.CONNECTION in atoms:
            # The other connection of the pair.
            connection ^= 1
        code = self.new_code(connection) if Atom.CODE in atoms else left.code
        return PlannedPlace(connection, code)


def package_of(connection: int) -> Package:
    office, pair = (
        connection // CONNECTIONS_PER_OFFICE,
        connection % CONNECTIONS_PER_OFFICE // 2,
    )
    return PACKAGES[(office + pair) % len(PACKAGES)]


def _end_of(number: int) -> MoveState:
    if number % REJECTED_EVERY == REJECTED_EVERY - 1:
        return MoveState.REJECTED
    if number % WITHDRAWN_EVERY == WITHDRAWN_EVERY - 1:
        return MoveState.WITHDRAWN
    return MoveState.COMPLETED
