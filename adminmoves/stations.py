"""The stepper of a move: six stations, and where it stands or ended."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Move
from adminmoves.vocabulary import MoveState, Station

S = MoveState

REACHED: Mapping[MoveState, Station] = {
    S.DRAFT: Station.REQUEST,
    S.AWAITING_BOOKKEEPING: Station.PACKAGE,
    S.AWAITING_APPROVAL: Station.APPROVAL,
    S.APPROVED: Station.QUEUE,
    S.RUNNING: Station.RUN,
    S.COMPLETED: Station.COMPLETED,
    S.IN_DOUBT: Station.RUN,
    S.FAILED: Station.RUN,
    S.STOPPED: Station.RUN,
    S.REJECTED: Station.APPROVAL,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How a station looks: its class, its icon (else its number), its spoken word."""

    cls: str
    icon: str
    spoken: Promise


DONE = Mark("done", "check", _("done"))
HERE = Mark("cur", "", _("now"))
TO_COME = Mark("todo", "", _("not yet"))
ENDS: Mapping[MoveState, Mark] = {
    S.COMPLETED: DONE,
    S.IN_DOUBT: Mark("doubt", "circle-question-mark", _("to be checked")),
    S.FAILED: Mark("fail", "x", _("failed")),
    S.STOPPED: Mark("stop", "rotate-ccw", _("stopped")),
    S.REJECTED: Mark("fail", "x", _("rejected")),
    S.WITHDRAWN: Mark("stop", "ban", _("withdrawn")),
}


@dataclass(frozen=True, slots=True)
class Stop:
    station: Station
    look: Mark
    is_here: bool
    who: str
    at: object

    @property
    def label(self) -> str:
        return str(self.station.label)


def where(move: Move) -> Station:
    """The station a move reached; one that was withdrawn shows how far it came."""
    if move.state != S.WITHDRAWN:
        return REACHED[S(move.state)]
    if move.approved_at:
        return Station.QUEUE
    return Station.PACKAGE if move.submitted_at else Station.REQUEST


def stops(move: Move) -> list[Stop]:
    order = list(Station)
    here = order.index(where(move))
    return [
        Stop(station, _mark(move, place - here), place == here, *_facts(move, station))
        for place, station in enumerate(order)
    ]


def _mark(move: Move, distance: int) -> Mark:
    if distance:
        return DONE if distance < 0 else TO_COME
    return ENDS.get(S(move.state), HERE)


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def _facts(move: Move, station: Station) -> tuple[str, object]:
    """Who did it and when, where the move itself tells."""
    if station is Station.REQUEST:
        return _name(move.requested_by), move.submitted_at
    if station is Station.PACKAGE and move.proof:
        told = _("attested") if move.proof.is_attested else _("seen")
        return str(told), move.proof.checked_at
    if station is Station.APPROVAL and move.approved_at:
        return _name(move.approved_by), move.approved_at
    if station is Station.RUN:
        return "", move.started_at
    if station is Station.COMPLETED and move.state == S.COMPLETED:
        return "", move.ended_at
    return "", None
