"""The form of an attestation."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.evidence.files import EvidenceField
from adminmoves.models import EvidenceFile, Parties
from adminmoves.web.fields import Code, LineField, PastDay, Short, WritingField


class AttestForm(forms.Form):
    """``overrules``: the attestation replaces the package's own answer.

    ``stored_file``: the evidence that came with the request.
    """

    use_required_attribute = False

    reason = WritingField(
        max_length=2000,
        label=gettext_lazy("Why not wait for the package?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy(
                "Give the reason why the package itself is not asked."
            )
        },
    )
    said_by = LineField(
        max_length=200,
        label=gettext_lazy("Who says so"),
        help_text=gettext_lazy("Name and role at the office"),
        widget=Short,
        error_messages={"required": gettext_lazy("Fill in who says so.")},
    )
    moved_on = PastDay(
        label=gettext_lazy("Since when it is there"),
        help_text=gettext_lazy("The day on which it was moved in the package"),
        error_messages={"required": gettext_lazy("Fill in since when it is there.")},
    )
    ticket = LineField(
        max_length=100,
        required=False,
        label=gettext_lazy("Ticket number"),
        help_text=gettext_lazy("Or add a file"),
        widget=Code,
    )
    file = EvidenceField()

    def __init__(
        self,
        *args: Any,
        overrules: bool,
        stored_file: EvidenceFile | None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.stored_file = stored_file
        if not overrules:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        evidence = cleaned.get("ticket") or cleaned.get("file") or self.stored_file
        # A ticket or file with an error of its own was given, so it is not missing.
        if not evidence and not {"ticket", "file"} & self.errors.keys():
            self.add_error("ticket", _("Fill in a ticket number, or add a file."))
        return cleaned


def initial_of(parties: Parties) -> dict[str, Any]:
    """From the statement that was filled in with the request."""
    return {
        "said_by": parties.moved_said_by,
        "moved_on": parties.moved_on,
        "ticket": parties.moved_ticket,
    }
