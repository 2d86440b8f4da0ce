"""Filling in the pages of a request as a browser would."""

from typing import Any

from django.contrib.messages import get_messages

from adminmoves.intake.form.forms import AnswersForm
from adminmoves.models import Move


def url(move: Move, page: str = "") -> str:
    return f"/aanvraag/{move.number}/{page}"


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
    """What is told at each field; it stands there in the same words as on top."""
    return {name: " ".join(told) for name, told in page.context["form"].errors.items()}


def told(response: Any) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in get_messages(response.wsgi_request)]
