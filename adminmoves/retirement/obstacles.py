"""Obstacles to retiring an administration, or to bringing it back."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from adminmoves.models import Administration, Move
from adminmoves.models.retirement import holds_administration
from adminmoves.vocabulary import RetirementKind


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The sentence says what to do first; the page of ``move`` or ``administration``
    is where."""

    sentence: str
    move: Move | None = None
    administration: Administration | None = None


def obstacles(administration: Administration, kind: RetirementKind) -> list[Obstacle]:
    """All at once, so that a person can solve them in one go.

    The database refuses the same, without these sentences.
    """
    if kind == RetirementKind.RETIRE:
        return list(_to_retiring(administration))
    return list(_to_bringing_back(administration))


def _to_retiring(administration: Administration) -> Iterator[Obstacle]:
    if administration.retired_by_id is not None:
        yield Obstacle(_("This administration is retired already."))
        return
    for move in administration.moves.filter(holds_administration()).order_by("pk"):
        sentence = _(
            "%(number)s is about this administration and has not ended. Finish or "
            "withdraw it first."
        )
        yield Obstacle(sentence % {"number": move.number}, move=move)


def _to_bringing_back(administration: Administration) -> Iterator[Obstacle]:
    if administration.retired_by_id is None:
        yield Obstacle(_("This administration is in use already."))
        return
    yield from _at_its_place(administration)
    yield from _at_its_address(administration)


def _at_its_place(administration: Administration) -> Iterator[Obstacle]:
    at_place = Q(
        connection=administration.connection_id, code_key=administration.code_key
    )
    same_name = Q(
        environment=administration.environment_id,
        code_key=administration.code_key,
        name=administration.name,
    )
    in_use = Administration.objects.in_use().with_place()
    for holder in in_use.filter(at_place | same_name).order_by("pk"):
        sentence = _(
            "%(name)s has code %(code)s at this office now. Move or retire that one "
            "first."
        )
        params = {"name": holder.name, "code": holder.code}
        yield Obstacle(sentence % params, administration=holder)
    wanting = Move.objects.wanting(
        administration.connection_id, administration.code_key
    )
    for move in wanting.order_by("pk"):
        sentence = _("%(number)s wants its place. Finish or withdraw that one first.")
        yield Obstacle(sentence % {"number": move.number}, move=move)


def _at_its_address(administration: Administration) -> Iterator[Obstacle]:
    address = administration.mail_address
    for holder in Administration.objects.in_use().filter(mail_address=address):
        sentence = _(
            "%(name)s has its e-mail address %(address)s now. Give that one a code of "
            "its own for the address first."
        )
        params = {"name": holder.name, "address": address}
        yield Obstacle(sentence % params, administration=holder)
    for move in Move.objects.open().filter(to_address=address).order_by("pk"):
        sentence = _(
            "%(number)s wants its e-mail address %(address)s. Finish or withdraw that "
            "one first."
        )
        params = {"number": move.number, "address": address}
        yield Obstacle(sentence % params, move=move)
