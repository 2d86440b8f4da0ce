"""The forms of a request: what is asked, and how an answer is read."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.cleaning import CONSENT_AGE, require_coming
from adminmoves.evidence.files import EvidenceField
from adminmoves.intake.picking import connection_choices, office_choices
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
    PackageProfile,
)
from adminmoves.rules.checks.base import (
    CODE_TYPES,
    ENVIRONMENT_TYPES,
    OTHER_CONNECTION_TYPES,
)
from adminmoves.scheduling.queue import next_evening
from adminmoves.vocabulary import MoveState, MoveType, Package
from adminmoves.web.fields import (
    Code,
    CodeField,
    LineField,
    MailField,
    MomentField,
    PastDay,
    Short,
    WritingField,
)

CONTACT = re.compile(r"\s*(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s]+@[^<>\s]+)>\s*")
VERSION = re.compile(r"[0-9]{1,9}")
APPROVED, TONIGHT, OWN = "approved", "tonight", "own"
CARRIED = (
    "requester_name",
    "requester_email",
    "requester_ticket",
    "consent_name",
    "consent_email",
    "consent_ticket",
)
ASKED_FIRST = frozenset(
    {
        "administration",
        "to_environment",
        "to_connection",
        "to_code",
        *CARRIED,
        "consent_on",
        "consent_accepts_costs",
    }
)
PAGE_ORDER = (
    "administration",
    "to_environment",
    "to_connection",
    "to_code",
    *("moved_said_by", "moved_on", "moved_ticket", "moved_file", "drop_file"),
)
"""Errors are told in the order of the page; what is not named comes after these."""
SAID = ("moved_said_by", "moved_on", "moved_ticket")
FOLLOWING = {
    "consent_ticket": ("consent_name", "consent_email"),
    "moved_ticket": ("moved_said_by", "moved_on"),
}
"""Tickets that are the requester's where no other is given, each with the answers that
it stands beside: once one of these was kept, an empty ticket was left or made empty."""
WHOSE = {
    "requester_name": gettext_lazy("Name of the requester"),
    "requester_email": gettext_lazy("E-mail address of the requester"),
    "requester_ticket": gettext_lazy("Ticket number of the requester"),
    "consent_name": gettext_lazy("Name of who consents"),
    "consent_email": gettext_lazy("E-mail address of who consents"),
    "consent_on": gettext_lazy("Consent given on"),
    "consent_ticket": gettext_lazy("Ticket number of the consent"),
    "moved_said_by": gettext_lazy("Who says that it was moved"),
    "moved_on": gettext_lazy("Since when it is in the package"),
    "moved_ticket": gettext_lazy("Ticket number of the proof"),
    "moved_file": gettext_lazy("File of the proof"),
}


def following_code(name: str) -> forms.TextInput:
    """A field that a script fills in with the requester's ticket, as the form does."""
    beside = " ".join(FOLLOWING[name])
    follows = {"data-follows": "id_requester_ticket", "data-beside": beside}
    return forms.TextInput(attrs={**Code.attrs, **follows})


class AnswersForm(forms.Form):
    """All answers of a request; a type keeps only the fields that it needs.

    Nothing is refused for being empty: a draft may be kept half filled in, and the
    checks tell what is missing.
    """

    use_required_attribute = False
    is_statement_emptied = False

    version = forms.CharField(required=False, max_length=9, widget=forms.HiddenInput)
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
        label=gettext_lazy("New connection"),
        help_text=gettext_lazy("Must be the same bookkeeping package"),
    )
    to_code = CodeField(
        max_length=100,
        label=gettext_lazy("New administration code"),
        help_text=gettext_lazy("Exactly as in the bookkeeping package"),
        widget=forms.TextInput(attrs={**Code.attrs, "class": "mono w16"}),
    )
    requester_name = LineField(
        max_length=200,
        label=gettext_lazy("Name"),
        widget=Short,
    )
    requester_email = MailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    requester_ticket = LineField(
        max_length=100, label=gettext_lazy("Ticket number"), widget=Code
    )
    consent_name = LineField(
        max_length=200,
        label=gettext_lazy("Name"),
        widget=Short,
    )
    consent_email = MailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    consent_on = PastDay(label=gettext_lazy("Given on"), within=CONSENT_AGE)
    consent_ticket = LineField(
        max_length=100,
        label=gettext_lazy("Ticket number"),
        widget=following_code("consent_ticket"),
    )
    consent_accepts_costs = forms.BooleanField(
        label=gettext_lazy("The new office accepts the terms and the costs")
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
        required=False,
        max_length=200,
        label=gettext_lazy("Who says so"),
        help_text=gettext_lazy("Name and role at the office"),
        widget=Short,
    )
    moved_on = PastDay(
        required=False,
        label=gettext_lazy("Since when it is there"),
        help_text=gettext_lazy("The day on which it was moved in the package"),
    )
    moved_ticket = LineField(
        required=False,
        max_length=100,
        label=gettext_lazy("Ticket number"),
        help_text=gettext_lazy("Or add a file"),
        widget=following_code("moved_ticket"),
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
        self.order_fields(PAGE_ORDER)
        self._offer_choices()
        self._name_the_evening()
        self._mark_needed()
        self._focus_first_open()

    def _name_the_evening(self) -> None:
        if next_evening().date() != timezone.localdate():
            shown = self.fields["when"].widget
            now, _tonight, own = shown.choices
            shown.choices = [now, (TONIGHT, _("Tomorrow after 20:00")), own]

    def _mark_needed(self) -> None:
        for field in self.fields.values():
            if field.required and not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["aria-required"] = "true"

    def _focus_first_open(self) -> None:
        """A new page begins where something is still to be filled in."""
        is_open = (name for name in self.fields if name in ASKED_FIRST)
        first = next((name for name in is_open if not self[name].value()), None)
        if first and not self.is_bound and self.move.state == MoveState.DRAFT:
            self.fields[first].widget.attrs["autofocus"] = True

    def _offer_choices(self) -> None:
        administration = self.chosen("administration")
        office = self.chosen("to_environment")
        if "to_environment" in self.fields:
            self.fields["to_environment"].widget.choices = office_choices(
                administration
            )
        if "to_connection" in self.fields:
            moves_office = "to_environment" in self.fields
            connections = connection_choices(
                administration,
                office
                if moves_office
                else administration and administration.environment,
            )
            self.fields["to_connection"].widget.choices = connections
        profile = (
            administration
            and PackageProfile.objects.filter(pk=administration.package).first()
        )
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
        if self.is_bound:
            for who in ("requester", "consent"):
                self._split_contact(f"{who}_name", f"{who}_email")
            self._follow_ticket()

    def _split_contact(self, name: str, email: str) -> None:
        """Name and address in one, as a mail program copies them."""
        both = CONTACT.fullmatch(self.cleaned_data.get(name, ""))
        if not both or self.data.get(email):
            return
        try:
            self.fields[email].clean(both["email"])
        except forms.ValidationError:
            # It stays where it was pasted, to be read there.
            return
        self.put(name, both["name"])
        self.put(email, both["email"])

    def _follow_ticket(self) -> None:
        """One ticket serves for all, where no other is given and none was emptied."""
        ticket = self.cleaned_data.get("requester_ticket", "")
        former = self.move.parties.requester_ticket
        states = any(self.cleaned_data.get(name) for name in FOLLOWING["moved_ticket"])
        wanted = {"consent_ticket", *(["moved_ticket"] if states else [])}
        for name in wanted & self.cleaned_data.keys():
            sent = self.cleaned_data[name]
            follows = sent == former if sent else self._is_first(name)
            if follows:
                self.put(name, ticket)

    def _is_first(self, name: str) -> bool:
        """Whether a ticket is still to be filled in; a page with scripts did that."""
        said = self.move.parties
        is_begun = any(getattr(said, beside) for beside in FOLLOWING[name])
        was_left_empty = is_begun and bool(said.requester_ticket)
        has_file = name == "moved_ticket" and (
            self.cleaned_data.get("moved_file") or said.moved_evidence_id
        )
        return not (
            getattr(said, name)
            or was_left_empty
            or has_file
            or self.data.get("followed")
        )

    def put(self, name: str, value: str) -> None:
        """An answer that follows from another one; it is shown as if it was sent."""
        data: MultiValueDict[str, Any] = MultiValueDict()
        data.update(self.data)
        data[name] = value
        self.data = data
        self.cleaned_data[name] = self.fields[name].to_python(value)

    def empty_statement(self, names: Collection[str]) -> None:
        """What was sent was about another place, so it is not shown again either."""
        self.is_statement_emptied = True
        for name in names:
            self.put(name, "")

    @property
    def has_answer(self) -> bool:
        """Whether anything was sent that the page did not say by itself."""
        sent = self.data.keys() | self.files.keys()
        return any(name in sent for name in self.changed_data if name != "version")

    def full_label(self, name: str) -> str:
        """A label that tells whose it is, where it stands apart from its group."""
        return str(WHOSE.get(name) or self.fields[name].label)

    def shown(self, name: str) -> str:
        """An answer in words, also one that is wrong."""
        value, field = self[name].value(), self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("Yes") if value else _("No")
        if name == "when":
            return str(dict(field.widget.choices).get(value, ""))
        chosen = self.chosen(name)
        if isinstance(chosen, datetime):
            return formats.date_format(timezone.localtime(chosen), "j F Y H:i")
        if isinstance(chosen, date):
            return formats.date_format(chosen, "j F Y")
        return str(value or "") if chosen is None else str(chosen)

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
        left_out = {"version", "when", "own_moment", "moved_file", "drop_file"}
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


def read_version(sent: Mapping[str, Any]) -> int:
    """Which version of a draft was read: the one shown, or the one that it is to be
    saved over. 0 where none was sent; no draft has that."""
    names = ("over", "take_over", "version")
    version = next((str(sent[name]) for name in names if sent.get(name)), "")
    return int(version) if VERSION.fullmatch(version) else 0


def not_asked(intent: MoveType) -> list[str]:
    """What follows by itself with this type."""
    names = []
    if intent not in ENVIRONMENT_TYPES:
        names += ["to_environment", "consent_name", "consent_email", "consent_on"]
        names += ["consent_ticket", "consent_accepts_costs"]
    if intent not in CODE_TYPES:
        names.append("to_code")
    if intent not in OTHER_CONNECTION_TYPES:
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
    moment = {"when": when, "own_moment": move.not_before}
    return facts | words | moment | {"version": str(move.draft_version)}


class StartForm(forms.Form):
    """A type, and what comes along: for which administration, after or turning back
    which request. Its names are no names of answers, so that both can be sent."""

    soort = forms.ChoiceField(choices=MoveType.choices)
    administratie = forms.ModelChoiceField(
        Administration.objects.with_place(), to_field_name="public_id", required=False
    )
    na = forms.CharField(required=False, max_length=20)
    terug = forms.CharField(required=False, max_length=20)

    def clean_na(self) -> Move | None:
        return _numbered(self.cleaned_data["na"])

    def clean_terug(self) -> Move | None:
        return _numbered(self.cleaned_data["terug"])

    @property
    def answers(self) -> dict[str, Any]:
        """What the form begins with."""
        administration, earlier = (
            self.cleaned_data["administratie"],
            self.cleaned_data["na"],
        )
        begun: dict[str, Any] = {"consent_on": timezone.localdate()}
        if earlier:
            begun |= {name: getattr(earlier.parties, name) for name in CARRIED}
            begun["to_environment"] = earlier.to_environment
        return begun | ({"administration": administration} if administration else {})


def _numbered(number: str) -> Move | None:
    moves = Move.objects.select_related("parties", "to_environment")
    return moves.filter(Move.numbered(number)).first()
