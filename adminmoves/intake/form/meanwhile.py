"""What was saved of a draft while a colleague, or another tab, was filling it in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from adminmoves.access import Actor
from adminmoves.intake.form.fields import TYPED_STATEMENT
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.models import Move
from adminmoves.models.people import display_name
from adminmoves.vocabulary import MoveState

# A file cannot be compared with what is stored, and the version always differs.
NOT_COMPARED = frozenset({"version", "moved_file", "drop_file"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer in words: as it is saved, and as it stands in the form."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """``by``: the colleague whose draft it is now; empty if it is the actor's own."""

    move: Move
    by: str
    at: datetime
    differences: tuple[Difference, ...]

    @property
    def is_draft(self) -> bool:
        return bool(self.move.state == MoveState.DRAFT)


def compare_with_saved(move: Move, typed: AnswersForm, actor: Actor) -> Meanwhile:
    """Compare what was sent with ``move``, as it is saved now."""
    owner = move.requested_by
    is_own = owner.pk == actor.user_id
    by = "" if is_own else display_name(owner)
    differences = tuple(_differences(AnswersForm(move=move), typed))
    return Meanwhile(move, by, move.edited_at, differences)


def _differences(saved: AnswersForm, typed: AnswersForm) -> Iterator[Difference]:
    left_out = set(NOT_COMPARED)
    if "moved_said_by" not in typed.data:
        # The page did not ask for a statement, so it says nothing about one.
        left_out |= set(TYPED_STATEMENT)
    for name in typed.fields:
        if name in left_out or name not in saved.fields:
            continue
        saved_words, typed_words = saved.in_words(name), typed.in_words(name)
        if saved_words != typed_words:
            yield Difference(typed.full_label(name), saved_words, typed_words)
