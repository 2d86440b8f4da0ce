"""Several requests that were ticked in the queue, and the answer to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.datastructures import MultiValueDict
from django.utils.translation import ngettext

from adminmoves.approval.decisions import Approved, Decision, Refused
from adminmoves.models import Move
from adminmoves.web import inputs


def ticked_in(sent: MultiValueDict[str, str]) -> list[Decision]:
    """One choice per number in ``move``; each may run when its request asks for it.

    Beside it are sent ``plan-NUMBER``, ``version-NUMBER``, the keys of its warnings as
    ``warned-NUMBER``, and ``seen-NUMBER`` where these were seen. Raises
    Move.DoesNotExist.
    """
    ticked = inputs.texts_in(sent, "move")
    numbers = {Move.id_from_number(number): number for number in ticked}
    moves = Move.objects.filter(pk__in=[pk for pk in numbers if pk]).order_by("pk")
    wished = {
        move.pk: move.not_before for move in moves if move.has_number(numbers[move.pk])
    }
    if numbers.keys() - wished.keys():
        raise Move.DoesNotExist
    return [
        Decision(
            move_id=pk,
            plan_hash=inputs.text_in(sent, f"plan-{numbers[pk]}"),
            seen=_seen_in(sent, numbers[pk]),
            not_before=not_before,
            version=inputs.text_in(sent, f"version-{numbers[pk]}"),
        )
        for pk, not_before in wished.items()
    ]


def _seen_in(sent: MultiValueDict[str, str], number: str) -> frozenset[str]:
    is_seen = f"seen-{number}" in sent
    return frozenset(inputs.texts_in(sent, f"warned-{number}") if is_seen else ())


@dataclass(frozen=True)
class BulkResult:
    """What became of the choices, for the page."""

    choices: Sequence[Decision]
    answers: Sequence[Approved | Refused]

    @property
    def approved(self) -> list[Move]:
        return [one.move for one in self.answers if isinstance(one, Approved)]

    @property
    def refusals(self) -> dict[int, str]:
        """The sentences by the ids of the moves."""
        refused = [one for one in self.answers if isinstance(one, Refused)]
        return {one.move_id: str(one.refusal) for one in refused}

    @cached_property
    def refused(self) -> list[tuple[Move, str]]:
        moves = Move.objects.select_related("administration").in_bulk(self.refusals)
        return [(moves[pk], sentence) for pk, sentence in self.refusals.items()]

    @property
    def told(self) -> str:
        """What was approved, in one sentence."""
        numbers = [str(move) for move in self.approved]
        return ngettext(
            "%(n)s request is approved: %(numbers)s.",
            "%(n)s requests are approved: %(numbers)s.",
            len(numbers),
        ) % {"n": len(numbers), "numbers": ", ".join(numbers)}
