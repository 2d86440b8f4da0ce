"""The requests that were ticked in the queue, and the result of deciding on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.datastructures import MultiValueDict
from django.utils.translation import ngettext

from adminmoves.approval.decisions import Decision
from adminmoves.models import Move
from adminmoves.web import inputs


def decisions_in(sent: MultiValueDict[str, str]) -> list[Decision]:
    """One decision per number in ``move``; each may run when its request asks for it.

    With each come ``plan-NUMBER``, ``version-NUMBER``, the keys of its warnings as
    ``warned-NUMBER``, and ``seen-NUMBER`` if these were ticked. Raises
    Move.DoesNotExist.
    """
    ticked = inputs.texts_in(sent, "move")
    numbers = {Move.id_from_number(number): number for number in ticked}
    moves = Move.objects.filter(pk__in=[pk for pk in numbers if pk]).order_by("pk")
    # The id is only a part of the number: one of another year is another request.
    not_before = {
        move.pk: move.not_before for move in moves if move.has_number(numbers[move.pk])
    }
    if numbers.keys() - not_before.keys():
        raise Move.DoesNotExist
    return [
        Decision(
            move_id=pk,
            plan_hash=inputs.text_in(sent, f"plan-{numbers[pk]}"),
            seen=_seen_in(sent, numbers[pk]),
            not_before=moment,
            version=inputs.text_in(sent, f"version-{numbers[pk]}"),
        )
        for pk, moment in not_before.items()
    ]


def _seen_in(sent: MultiValueDict[str, str], number: str) -> frozenset[str]:
    is_seen = f"seen-{number}" in sent
    return frozenset(inputs.texts_in(sent, f"warned-{number}") if is_seen else ())


@dataclass(frozen=True)
class BulkResult:
    """``refusals``: the sentence by the id of the move.

    A refused move did not change, or its proof had lapsed and it waits for another.
    """

    decisions: Sequence[Decision]
    approved: Sequence[Move]
    refusals: Mapping[int, str]

    @cached_property
    def refused(self) -> list[tuple[Move, str]]:
        """The moves as they are now, in the order of the decisions."""
        moves = Move.objects.select_related("administration").in_bulk(self.refusals)
        ids = [decision.move_id for decision in self.decisions]
        return [(moves[pk], self.refusals[pk]) for pk in ids if pk in self.refusals]

    @property
    def sentence(self) -> str:
        numbers = [str(move) for move in self.approved]
        return ngettext(
            "%(n)s request is approved: %(numbers)s.",
            "%(n)s requests are approved: %(numbers)s.",
            len(numbers),
        ) % {"n": len(numbers), "numbers": ", ".join(numbers)}
