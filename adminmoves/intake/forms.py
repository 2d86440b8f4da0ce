"""The forms of a request: what is asked, and how an answer is read."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.cleaning import require_coming
from adminmoves.dossier.queue import next_evening
from adminmoves.evidence_file import EvidenceField
from adminmoves.fields import (
    Code,
    CodeField,
    LineField,
    MailField,
    MomentField,
    PastDay,
    Short,
    WritingField,
)
from adminmoves.intake.picking import connection_choices, office_choices
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
    PackageProfile,
)
from adminmoves.movetypes import MIXES
from adminmoves.vocabulary import Atom, MoveType, Package

APPROVED, TONIGHT, OWN = "approved", "tonight", "own"
SAID = ("moved_said_by", "moved_on", "moved_ticket")


class AnswersForm(forms.Form):
    """All answers of a request; a type keeps only the fields that it needs.

    Nothing is refused for being empty: a draft may be kept half filled in, and the
    checks tell what is missing.
    """

    use_required_attribute = False
    none_fit = False

    administration = forms.ModelChoiceField(
        Administration.objects.with_place(),
        to_field_name="public_id",
        label=gettext_lazy("Administration"),
        help_text=gettext_lazy(
            "Search by name, office code, administration code or e-mail address. "
            "Former ones count too."
        ),
    )
    to_environment = forms.ModelChoiceField(
        Environment.objects.all(),
        to_field_name="public_id",
        label=gettext_lazy("New office"),
        help_text=gettext_lazy("The office that receives the administration"),
    )
    to_connection = forms.ModelChoiceField(
        BookkeepingConnection.objects.select_related("environment"),
        to_field_name="public_id",
        label=gettext_lazy("New accounting system"),
        help_text=gettext_lazy("Must be the same bookkeeping package"),
    )
    to_code = CodeField(
        max_length=100,
        label=gettext_lazy("New administration code"),
        help_text=gettext_lazy("Exactly as in the bookkeeping package"),
        widget=forms.TextInput(attrs={**Code.attrs, "class": "mono w16"}),
    )
    requester_name = LineField(max_length=200, label=gettext_lazy("Name"), widget=Short)
    requester_email = MailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    requester_ticket = LineField(
        max_length=100, label=gettext_lazy("Ticket number"), widget=Code
    )
    consent_name = LineField(max_length=200, label=gettext_lazy("Name"), widget=Short)
    consent_email = MailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    consent_on = PastDay(label=gettext_lazy("Given on"))
    consent_ticket = LineField(
        max_length=100, label=gettext_lazy("Ticket number"), widget=Code
    )
    consent_accepts_costs = forms.BooleanField(
        label=gettext_lazy("The new office accepts the terms and the costs")
    )
    client_informed = forms.BooleanField(
        required=False, label=gettext_lazy("The client knows what changes")
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When may it run?"),
        choices=[
            (APPROVED, gettext_lazy("As soon as it is approved")),
            (TONIGHT, gettext_lazy("Tonight after 20:00")),
            (OWN, gettext_lazy("I choose a moment")),
        ],
        widget=forms.RadioSelect,
    )
    own_moment = MomentField(required=False, label=gettext_lazy("Not before"))
    note = WritingField(
        required=False,
        max_length=2000,
        label=gettext_lazy("Note for who approves"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    moved_said_by = LineField(
        max_length=200,
        label=gettext_lazy("Who says so"),
        help_text=gettext_lazy("Name and role at the office"),
        widget=Short,
    )
    moved_on = PastDay(
        label=gettext_lazy("Since when it is there"),
        help_text=gettext_lazy("The day on which it was moved in the package"),
    )
    moved_ticket = LineField(
        max_length=100,
        label=gettext_lazy("Ticket number"),
        help_text=gettext_lazy("Or add a file"),
        widget=Code,
    )
    moved_file = EvidenceField()
    drop_file = forms.BooleanField(
        required=False, label=gettext_lazy("Leave this file out")
    )

    def __init__(self, *args: Any, move: Move, **options: Any) -> None:
        self.move = move
        options.setdefault("initial", initial_of(move))
        super().__init__(*args, **options)
        for name in not_asked(MoveType(move.intent)):
            del self.fields[name]
        self._offer_choices()
        self._name_the_evening()

    def _name_the_evening(self) -> None:
        if next_evening().date() != timezone.localdate():
            shown = self.fields["when"].widget
            now, _tonight, own = shown.choices
            shown.choices = [now, (TONIGHT, _("Tomorrow after 20:00")), own]

    def _offer_choices(self) -> None:
        books = self.chosen("administration")
        office = self.chosen("to_environment")
        if "to_environment" in self.fields:
            self.fields["to_environment"].widget.choices = office_choices(books)
        if "to_connection" in self.fields:
            moves_office = "to_environment" in self.fields
            links = connection_choices(
                books, office if moves_office else books and books.environment
            )
            self.fields["to_connection"].widget.choices = links
            self.none_fit = bool(books and len(links) == 1)
        profile = books and PackageProfile.objects.filter(pk=books.package).first()
        if profile and "to_code" in self.fields:
            self.fields["to_code"].help_text = _(
                "Exactly as in %(package)s, for example %(example)s"
            ) % {
                "package": Package(profile.package).label,
                "example": profile.code_example,
            }

    def chosen(self, name: str) -> Any:
        """What is chosen in a list, sent or stored; None where that says nothing."""
        if name not in self.fields:
            return None
        field = self.fields[name]
        try:
            return field.clean(self[name].value())
        except forms.ValidationError:
            return None

    def full_clean(self) -> None:
        super().full_clean()
        for name, errors in list(self.errors.items()):
            if errors.as_data()[0].code == "required":
                del self.errors[name]
                self.cleaned_data[name] = self.fields[name].to_python("")

    def clean_own_moment(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["own_moment"]
        if self.cleaned_data.get("when") != OWN:
            return None
        if moment is None:
            raise forms.ValidationError(_("Choose the day and the time."))
        require_coming(moment)
        return moment

    @property
    def answers(self) -> dict[str, Any]:
        """The answers that can be kept, by the names of the draft."""
        left_out = {"when", "own_moment", "moved_file", "drop_file"}
        if "moved_said_by" not in self.data:
            # It was not asked for, so what was said before stays as it was.
            left_out |= set(SAID)
        kept = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in left_out
        }
        if "own_moment" in self.cleaned_data:
            kept["not_before"] = self._not_before()
        if self.cleaned_data.get("drop_file"):
            kept["moved_evidence"] = None
        return kept

    def _not_before(self) -> datetime | None:
        if self.cleaned_data.get("when") == TONIGHT:
            return next_evening()
        own: datetime | None = self.cleaned_data["own_moment"]
        return own


def not_asked(intent: MoveType) -> list[str]:
    """What follows by itself with this type."""
    atoms, names = MIXES[intent], []
    if Atom.ENVIRONMENT not in atoms:
        names += ["to_environment", "consent_name", "consent_email", "consent_on"]
        names += ["consent_ticket", "consent_accepts_costs"]
    if Atom.CODE not in atoms:
        names.append("to_code")
    if atoms == {Atom.CODE}:
        names.append("to_connection")
    return names


def initial_of(move: Move) -> dict[str, Any]:
    """What stands in the draft, as the form's starting values."""
    said = move.parties
    when = APPROVED
    if move.not_before is not None:
        when = TONIGHT if move.not_before == next_evening() else OWN
    facts = {name: getattr(move, name) for name in ("administration", "to_environment")}
    facts |= {"to_connection": move.to_connection, "to_code": move.to_code}
    words = {
        name: getattr(said, name)
        for name in AnswersForm.base_fields
        if hasattr(said, name)
    }
    return facts | words | {"when": when, "own_moment": move.not_before}


class StartForm(forms.Form):
    """A type, and what comes along from an administration or an earlier request."""

    intent = forms.ChoiceField(choices=MoveType.choices)
    administration = forms.ModelChoiceField(
        Administration.objects.all(), to_field_name="public_id", required=False
    )
    after = forms.ModelChoiceField(
        Move.objects.select_related("parties"), required=False
    )

    @property
    def answers(self) -> dict[str, Any]:
        books, earlier = self.cleaned_data["administration"], self.cleaned_data["after"]
        asked = ("requester_name", "requester_email", "requester_ticket")
        carried = {name: getattr(earlier.parties, name) for name in asked if earlier}
        return carried | ({"administration": books} if books else {})
