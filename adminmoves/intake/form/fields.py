"""The fields of the form of a request, as they are declared."""

from django import forms
from django.utils.translation import gettext_lazy

from adminmoves.cleaning import CONSENT_AGE
from adminmoves.evidence.files import EvidenceField
from adminmoves.models import Administration, BookkeepingConnection, Environment
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

# The choices of `when`.
APPROVED, TONIGHT, OWN = "approved", "tonight", "own"
TYPED_STATEMENT = ("moved_said_by", "moved_on", "moved_ticket")
"""What is typed of a statement; its file is uploaded."""
FOLLOWING_TICKETS = {
    "consent_ticket": ("consent_name", "consent_email"),
    "moved_ticket": ("moved_said_by", "moved_on"),
}
"""Tickets that are the requester's unless another is given, each with the answers that
it belongs to: once one of these was saved, an empty ticket was left or made empty."""
PAGE_ORDER = (
    "administration",
    "to_environment",
    "to_connection",
    "to_code",
    *(*TYPED_STATEMENT, "moved_file", "drop_file"),
)
"""Errors are listed in the order of the page; other fields come after these."""
FULL_LABELS = {
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
"""Labels for a field that stands apart from its group."""


def following_ticket(name: str) -> forms.TextInput:
    """A field that a script fills in with the requester's ticket, as the form does."""
    group = " ".join(FOLLOWING_TICKETS[name])
    follows = {"data-follows": "id_requester_ticket", "data-beside": group}
    return forms.TextInput(attrs={**Code.attrs, **follows})


class AnswerFields(forms.Form):
    """The fields for all types together."""

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
        widget=following_ticket("consent_ticket"),
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
        widget=following_ticket("moved_ticket"),
    )
    moved_file = EvidenceField()
    drop_file = forms.BooleanField(
        required=False, label=gettext_lazy("Leave this file out")
    )
