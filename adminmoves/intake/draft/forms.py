"""The type of a new request, and what comes along with it."""

from typing import Any

from django import forms
from django.utils import timezone

from adminmoves.models import Administration, Environment, Move
from adminmoves.rules.checks.base import ENVIRONMENT_TYPES
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
    administratie = forms.CharField(required=False, max_length=40)
    na = forms.CharField(required=False, max_length=20)
    terug = forms.CharField(required=False, max_length=20)

    # What does not exist leaves the form empty instead of refusing it.
    def clean_administratie(self) -> Administration | None:
        public_id = self.cleaned_data["administratie"]
        found = Administration.objects.with_place().filter(public_id=public_id)
        return found.first() if public_id else None

    def clean_na(self) -> Move | None:
        return _numbered(self.cleaned_data["na"])

    def clean_terug(self) -> Move | None:
        return _numbered(self.cleaned_data["terug"])

    @property
    def intent(self) -> MoveType | None:
        soort = self.cleaned_data.get("soort")
        return MoveType(soort) if soort else None

    @property
    def along(self) -> dict[str, str]:
        """What comes along, by the names of this form, as the next page sends it."""
        given = {name: self.cleaned_data.get(name) for name in ("na", "terug")}
        numbers = {name: move.number for name, move in given.items() if move}
        administration = self.cleaned_data.get("administratie")
        if administration:
            return {"administratie": administration.public_id, **numbers}
        return numbers

    @property
    def answers(self) -> dict[str, Any]:
        """The answers with which the form begins."""
        administration = self.cleaned_data.get("administratie")
        earlier = self.cleaned_data.get("na")
        answers: dict[str, Any] = {}
        if self.intent in ENVIRONMENT_TYPES:
            # Most requests are filed on the day on which the consent came in.
            answers["consent_on"] = timezone.localdate()
        if earlier:
            answers |= {name: getattr(earlier.parties, name) for name in CARRIED_FIELDS}
        if self.office:
            answers["to_environment"] = self.office
        if administration:
            answers["administration"] = administration
        return answers

    @property
    def answered_type(self) -> MoveType | None:
        """The type of which these answers are.

        An office comes along to a type that asks none too, for when another is chosen.
        """
        if self.office and self.intent not in ENVIRONMENT_TYPES:
            return MoveType.MOVE_ENVIRONMENT
        return self.intent

    @property
    def office(self) -> Environment | None:
        """The new office of the earlier request, if its type asked for one."""
        earlier: Move | None = self.cleaned_data.get("na")
        is_asked = earlier is not None and earlier.intent in ENVIRONMENT_TYPES
        return earlier.to_environment if earlier and is_asked else None


def _numbered(number: str) -> Move | None:
    moves = Move.objects.select_related("parties", "to_environment")
    return moves.filter(Move.numbered(number)).first()
