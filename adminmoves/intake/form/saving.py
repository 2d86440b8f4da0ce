"""Save what the form sends, as far as it can be saved."""

from collections.abc import Mapping
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy

from adminmoves.access import Actor
from adminmoves.archive.marks import StoreAway
from adminmoves.detail.queries import find_move
from adminmoves.evidence.files import EvidenceFull, EvidenceRefused
from adminmoves.intake.draft import actions
from adminmoves.intake.draft.choosing import is_empty
from adminmoves.intake.draft.reverse import start_reverse
from adminmoves.intake.draft.statement import emptied_fields
from adminmoves.intake.form.fields import TYPED_STATEMENT
from adminmoves.intake.form.forms import AnswersForm
from adminmoves.models import Move, Parties
from adminmoves.vocabulary import MoveType

STATEMENT_EMPTIED = gettext_lazy(
    "What was stated about the package was about another place. State it again for "
    "this one."
)


@transaction.atomic
def save_answers(move: Move, form: AnswersForm, *, actor: Actor, version: int) -> Move:
    """Save what is right, make the form show what followed, and return the draft.

    The first answer of a blank draft stores it, and so does the button that saves if
    something came along; otherwise a blank draft is returned as it is. A file that is
    refused is an error at its field, and the rest is saved. ``version`` is the
    ``draft_version`` that was read. Raises ChangedMeanwhile, NotAllowed, StepRefused.
    """
    form.is_valid()
    draft = move
    if not move.is_stored:
        is_asked_for = "save" in form.data and not is_empty(move)
        if not (form.has_answer or is_asked_for):
            return move
        draft = _store_blank(move, actor)
        version = draft.draft_version
    answers = form.answers
    save = partial(actions.edit_draft, draft.pk, actor=actor, version=version)
    try:
        saved = save(answers, upload=form.cleaned_data.get("moved_file"))
    except (EvidenceFull, EvidenceRefused, StoreAway) as refusal:
        form.add_error("moved_file", str(refusal))
        saved = save(answers)
    _show_connection(form, saved, answers)
    _show_emptied_statement(form, move.parties, saved.parties)
    form.move = find_move(saved.pk)
    return form.move


def _store_blank(blank: Move, actor: Actor) -> Move:
    if blank.reverses_id:
        intent = MoveType(blank.intent)
        return start_reverse(blank.reverses_id, actor=actor, intent=intent)
    return actions.store_draft(blank, actor=actor)


def _show_connection(
    form: AnswersForm, saved: Move, answers: Mapping[str, object]
) -> None:
    """Show the only connection that fits, which saving filled in."""
    connection = saved.to_connection
    is_asked = "to_connection" in answers
    if is_asked and connection and connection != answers["to_connection"]:
        form.put("to_connection", connection.public_id)


def _show_emptied_statement(form: AnswersForm, before: Parties, saved: Parties) -> None:
    by_hand: set[str] = set()
    if "moved_said_by" in form.data:
        by_hand = {n for n in TYPED_STATEMENT if not form.cleaned_data.get(n)}
    if form.cleaned_data.get("drop_file"):
        by_hand.add("moved_evidence")
    if emptied_fields(before, saved) - by_hand:
        form.empty_statement([n for n in TYPED_STATEMENT if not getattr(saved, n)])
