"""What was saved of a draft while somebody else, or another tab, was filling it in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from adminmoves.access import Actor
from adminmoves.intake.filling import STATEMENT_FIELDS
from adminmoves.intake.forms import SAID, AnswersForm
from adminmoves.models import Move, Parties
from adminmoves.vocabulary import MoveState

NOT_COMPARED = {"version", "moved_file", "drop_file"}
STATEMENT_EMPTIED = gettext_lazy(
    "What was stated about the package was about another place. State it again for "
    "this one."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer: as it is saved, and as it stands in the form that was sent."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """``by``: the colleague whose draft it is now; empty where it is one's own."""

    move: Move
    by: str
    at: datetime
    differences: tuple[Difference, ...]

    @property
    def is_draft(self) -> bool:
        return bool(self.move.state == MoveState.DRAFT)


def look_meanwhile(move: Move, typed: AnswersForm, actor: Actor) -> Meanwhile:
    """``move`` as it is saved now, beside the answers that were sent."""
    owner = move.requested_by
    is_own = owner.pk == actor.user_id
    by = "" if is_own else owner.get_full_name() or owner.get_username()
    found = tuple(_differences(AnswersForm(move=move), typed))
    return Meanwhile(move, by, move.edited_at, found)


def _differences(saved: AnswersForm, typed: AnswersForm) -> Iterator[Difference]:
    left_out = NOT_COMPARED if "moved_said_by" in typed.data else NOT_COMPARED | {*SAID}
    for name in typed.fields:
        if name in left_out or name not in saved.fields:
            continue
        there, here = saved.shown(name), typed.shown(name)
        if there != here:
            yield Difference(str(typed.full_label(name)), there, here)


def statement_emptied(before: Parties, kept: Parties, answers: AnswersForm) -> bool:
    """Whether a statement went away that nobody took away by hand."""
    by_hand: set[str] = set()
    if "moved_said_by" in answers.data:
        by_hand = {name for name in SAID if not answers.cleaned_data.get(name)}
    if answers.cleaned_data.get("drop_file"):
        by_hand.add("moved_evidence")
    return bool(statement_lost(before, kept) - by_hand)


def statement_lost(before: Parties, kept: Parties) -> set[str]:
    """The fields of a statement that were filled in, and are empty now."""
    return {
        name
        for name in STATEMENT_FIELDS
        if getattr(before, name) and not getattr(kept, name)
    }
