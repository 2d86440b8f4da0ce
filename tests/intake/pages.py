"""Filling in the pages of a request as a browser would."""

from typing import Any

from django.contrib.messages import get_messages

from adminmoves.intake.form.forms import AnswersForm
from adminmoves.models import Administration, Move

COUNTS = {
    "documents": 40,
    "documents_unprocessed": 3,
    "documents_awaiting_authorisation": 2,
    "ticket": "SUP-8",
}
"""What the form that counts again sends."""


def url(move: Move, page: str = "") -> str:
    return f"/aanvraag/{move.number}/{page}"


def move_url(move: Move, page: str = "") -> str:
    return f"/migraties/{move.number}/{page}"


def as_sent(move: Move, **changes: Any) -> dict[str, Any]:
    """What the form of this draft sends, with some answers changed."""
    form = AnswersForm(move=Move.objects.get(pk=move.pk) if move.pk else move)
    values = {
        field.html_name: field.value()
        for field in form
        if field.value() not in {None, "", False} and field.name != "moved_evidence"
    }
    return {
        name: value
        for name, value in {**values, **changes}.items()
        if value is not None
    }


def errors_of(page: Any) -> dict[str, str]:
    """The errors at each field, in the same words as in the summary on top."""
    errors = page.context["form"].errors
    return {name: " ".join(texts) for name, texts in errors.items()}


def messages_in(response: Any) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def state_of(move: Move) -> str:
    return str(Move.objects.get(pk=move.pk).state)


def counts_of(move: Move) -> tuple[int, int, int]:
    administration = Administration.objects.get(moves=move)
    return (
        administration.documents,
        administration.documents_unprocessed,
        administration.documents_awaiting_authorisation,
    )
