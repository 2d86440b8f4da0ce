"""Made-up rows for the style guide; nothing here is stored or read."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.models import Administration, BookkeepingConnection, Environment, Move
from adminmoves.vocabulary import MoveState, MoveType, Package


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """The attributes of a check's result that templates read."""

    code: str
    title: str
    remedy: str
    outcome: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class SampleReport:
    results: tuple[SampleCheck, ...]


REPORT = SampleReport(
    (
        SampleCheck(
            "same_package",
            "Boekhoudpakket wijzigt",
            "Kies een koppeling van hetzelfde pakket.",
            "blocking",
            "to_connection",
        ),
        SampleCheck(
            "unprocessed",
            "12 documenten nog niet verwerkt",
            "Ze gaan mee. Ze staan straks onverwerkt bij het nieuwe kantoor.",
            "warning",
        ),
        SampleCheck(
            "moved_first",
            "Bewijs uit het boekhoudpakket",
            "Vragen we zodra koppeling en code bekend zijn.",
            "waiting",
        ),
        SampleCheck("new_code", "Nieuwe code", "Vul de code in.", "todo", "to_code"),
        SampleCheck("subscription", "Het kantoor heeft Premium", "", "passed"),
        SampleCheck("free", "De plek is vrij", "", "passed"),
    )
)


class SampleForm(forms.Form):
    """A form with every kind of control, some of them with an error."""

    to_code = forms.RegexField(
        r"^\S+$",
        label="Nieuwe administratiecode",
        help_text="Precies zoals in het boekhoudpakket.",
        error_messages={"invalid": "Laat spaties weg."},
    )
    note = forms.CharField(
        label="Toelichting", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    office = forms.ChoiceField(
        label="Nieuw kantoor", choices=[("", "Kies een kantoor"), ("1", "VKZ221")]
    )
    when = forms.ChoiceField(
        label="Wanneer",
        choices=[("now", "Zodra er akkoord is"), ("later", "Ik kies een moment")],
        widget=forms.RadioSelect,
        initial="now",
    )
    informed = forms.BooleanField(label="De klant weet het", required=False)
    file = forms.FileField(label="Bestand", required=False)


def _place(pk: int, code: str, name: str, licence: str) -> BookkeepingConnection:
    return BookkeepingConnection(
        pk=pk,
        environment=Environment(pk=pk, office_code=code, name=name),
        package=Package.TWINFIELD,
        package_environment=licence,
    )


NORTH = _place(1, "VKN104", "Voorbeeldkantoor Noord", "NOORD-NL")
SOUTH = _place(2, "VKZ221", "Voorbeeldkantoor Zuid", "BERG-01")


def sample_move(state: MoveState, **facts: object) -> Move:
    now = timezone.now()
    administration = Administration(
        pk=1,
        name="Bakkerij Voorbeeld B.V.",
        code="2041",
        environment=NORTH.environment,
        connection=NORTH,
        mail_address="vkn104.2041@mailtobasecone.com",
    )
    return Move(
        pk=418,
        state=state,
        intent=MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE,
        administration=administration,
        to_environment=SOUTH.environment,
        to_connection=SOUTH,
        to_code="NL2041",
        requested_by=User(username="Medewerker 1"),
        submitted_at=now - timedelta(hours=2),
        **facts,
    )


def moves() -> list[Move]:
    later = timezone.now() + timedelta(hours=8)
    every = [sample_move(state) for state in MoveState]
    sent_back = sample_move(MoveState.DRAFT, has_question=True)
    return [*every, sent_back, sample_move(MoveState.APPROVED, not_before=later)]


def everything() -> dict[str, Any]:
    wrong = SampleForm({"to_code": "20 41", "when": "now"})
    wrong.is_valid()
    return {
        "report": REPORT,
        "form": wrong,
        "right_form": SampleForm(auto_id="right_%s"),
        "moves": moves(),
        "move": sample_move(MoveState.RUNNING),
        "types": MoveType,
        "moments": [timezone.now() - timedelta(minutes=m) for m in (0, 6, 1500, 99999)],
        "tones": ("green", "red", "amber", "orange", "blue", "slate", "purple", "grey"),
        "icons": ("search", "check", "user-check"),
    }
