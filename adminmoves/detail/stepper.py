"""The stepper of a move: six stations, and where it stands or ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from adminmoves.models import Move
from adminmoves.models.people import display_name
from adminmoves.vocabulary import DONE, STATES, TO_COME, Mark, MoveState, Station

S = MoveState


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands under a station: who and when, or how long."""

    who: str = ""
    at: datetime | None = None
    waits_since: datetime | None = None
    took: timedelta | None = None


NOTHING = Facts()


@dataclass(frozen=True, slots=True)
class Step:
    station: Station
    look: Mark
    is_here: bool
    facts: Facts

    @property
    def label(self) -> str:
        return str(self.station.label)


def current_station(move: Move) -> Station:
    """The station a move reached; one that was withdrawn shows how far it came."""
    station = STATES[S(move.state)].station
    if station is not None:
        return station
    if move.approved_at:
        return Station.QUEUE
    return Station.PACKAGE if move.submitted_at else Station.REQUEST


def stops(move: Move, starts_at: datetime | None = None) -> list[Step]:
    """``starts_at``: from when a queued move may start, where a moment holds it."""
    order = list(Station)
    here = order.index(current_station(move))
    return [
        Step(
            station,
            _mark(move, place - here),
            place == here,
            _facts(move, station, starts_at),
        )
        for place, station in enumerate(order)
    ]


def _mark(move: Move, distance: int) -> Mark:
    if distance:
        return DONE if distance < 0 else TO_COME
    return STATES[S(move.state)].mark


def _facts(move: Move, station: Station, starts_at: datetime | None) -> Facts:
    """Who did it and when, or how long it took, where the move itself tells."""
    if move.state == S.WITHDRAWN and station is current_station(move):
        return Facts(at=move.ended_at)
    if station is Station.QUEUE and starts_at and move.state == S.APPROVED:
        return Facts(at=starts_at)
    return FACTS_OF[station](move)


def _request(move: Move) -> Facts:
    return Facts(display_name(move.requested_by), move.submitted_at)


def _package(move: Move) -> Facts:
    if move.proof:
        kind = _("attested") if move.proof.is_attested else _("seen")
        return Facts(str(kind), move.proof.checked_at)
    waits = move.state == S.AWAITING_BOOKKEEPING
    return Facts(waits_since=move.state_since) if waits else NOTHING


def _approval(move: Move) -> Facts:
    if move.approved_at:
        return Facts(display_name(move.approved_by), move.approved_at)
    if move.state == S.REJECTED:
        return Facts(at=move.ended_at)
    waits = move.state == S.AWAITING_APPROVAL
    return Facts(waits_since=move.state_since) if waits else NOTHING


def _queue(move: Move) -> Facts:
    waits = move.state == S.APPROVED
    return Facts(waits_since=move.state_since) if waits else NOTHING


def _run(move: Move) -> Facts:
    if not move.started_at:
        return NOTHING
    if move.state == S.COMPLETED and move.ended_at:
        return Facts(took=move.ended_at - move.started_at)
    return Facts(at=move.ended_at or move.started_at)


def _completed(move: Move) -> Facts:
    return Facts(at=move.ended_at) if move.state == S.COMPLETED else NOTHING


FACTS_OF: Mapping[Station, Callable[[Move], Facts]] = {
    Station.REQUEST: _request,
    Station.PACKAGE: _package,
    Station.APPROVAL: _approval,
    Station.QUEUE: _queue,
    Station.RUN: _run,
    Station.COMPLETED: _completed,
}
