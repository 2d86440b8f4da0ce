"""The type of a new request, and what comes along with it."""

from typing import Any

from django import forms
from django.utils import timezone

from adminmoves.models import Administration, Move
from adminmoves.vocabulary import MoveType

CARRIED_FIELDS = (
    "requester_name",
    "requester_email",
    "requester_ticket",
    "consent_name",
    "consent_email",
    "consent_ticket",
)
"""What another request of the same office takes over from an earlier one."""


class StartForm(forms.Form):
    """A type; for which administration, after (``na``) or turning back (``terug``)
    which request. Its names differ from those of answers, so both can be sent."""

    soort = forms.ChoiceField(choices=MoveType.choices)
    administratie = forms.ModelChoiceField(
        Administration.objects.with_place(), to_field_name="public_id", required=False
    )
    na = forms.CharField(required=False, max_length=20)
    terug = forms.CharField(required=False, max_length=20)

    # A number that does not exist leaves the form empty instead of refusing it.
    def clean_na(self) -> Move | None:
        return _numbered(self.cleaned_data["na"])

    def clean_terug(self) -> Move | None:
        return _numbered(self.cleaned_data["terug"])

    @property
    def answers(self) -> dict[str, Any]:
        """The answers with which the form begins."""
        administration = self.cleaned_data["administratie"]
        earlier = self.cleaned_data["na"]
        # Most requests are filed on the day on which the consent came in.
        answers: dict[str, Any] = {"consent_on": timezone.localdate()}
        if earlier:
            carried = {name: getattr(earlier.parties, name) for name in CARRIED_FIELDS}
            answers |= carried | {"to_environment": earlier.to_environment}
        if administration:
            answers["administration"] = administration
        return answers


def _numbered(number: str) -> Move | None:
    moves = Move.objects.select_related("parties", "to_environment")
    return moves.filter(Move.numbered(number)).first()
