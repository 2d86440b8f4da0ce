"""The places of an administration: where it was, where it is, where it will go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adminmoves.detail.comparison import place_wanted
from adminmoves.models import Administration, FormerPlace, Move


@dataclass(frozen=True, slots=True)
class PlaceStay:
    """One place; ``next_move`` is the move that leads from it to the next."""

    kind: str  # was, now or wanted
    office_code: str
    office_name: str
    code: str
    connection: str
    address: str
    since: datetime | None = None
    until: datetime | None = None
    next_move: Move | None = None
    before: "PlaceStay | None" = None

    def _differs(self, name: str) -> bool:
        before = self.before
        return before is not None and getattr(before, name) != getattr(self, name)

    @property
    def is_new_office(self) -> bool:
        return self._differs("office_code")

    @property
    def is_new_code(self) -> bool:
        return self._differs("code")

    @property
    def is_new_connection(self) -> bool:
        return self._differs("connection")

    @property
    def previous_address(self) -> str:
        """The address before this one, to mark what differs; empty at the start."""
        return self.before.address if self.before else ""


def place_history(
    administration: Administration, left: Sequence[FormerPlace], open_move: Move | None
) -> list[PlaceStay]:
    """Oldest first; the target place comes last while a move is under way."""
    stays: list[PlaceStay] = []
    for place in left:
        stays.append(_was(place, stays[-1] if stays else None))
    stays.append(_now(administration, open_move, stays[-1] if stays else None))
    if open_move is not None:
        stays.append(_target(open_move, stays[-1]))
    return stays


def _was(place: FormerPlace, before: PlaceStay | None) -> PlaceStay:
    return PlaceStay(
        kind="was",
        office_code=place.office_code,
        office_name=place.environment.name,
        code=place.code,
        connection=str(place.connection),
        address=place.mail_address,
        since=place.from_at,
        until=place.until_at,
        next_move=place.move,
        before=before,
    )


def _now(
    administration: Administration, next_move: Move | None, before: PlaceStay | None
) -> PlaceStay:
    return PlaceStay(
        kind="now",
        office_code=administration.environment.office_code,
        office_name=administration.environment.name,
        code=administration.code,
        connection=str(administration.connection),
        address=administration.mail_address,
        since=administration.at_place_since,
        next_move=next_move,
        before=before,
    )


def _target(move: Move, before: PlaceStay) -> PlaceStay:
    place = place_wanted(move)
    return PlaceStay(
        kind="wanted",
        office_code=place.office_code,
        office_name=place.office_name,
        code=place.code,
        connection=str(place.connection or ""),
        address=place.address,
        before=before,
    )
