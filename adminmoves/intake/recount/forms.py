"""What an agent counted again."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.web.fields import Code, CountField, LineField


class RecountForm(forms.Form):
    """Three counts, and where it is written that they were counted."""

    use_required_attribute = False

    documents = CountField(label=gettext_lazy("All documents"))
    documents_unprocessed = CountField(label=gettext_lazy("Of these not processed"))
    documents_awaiting_authorisation = CountField(
        label=gettext_lazy("Of these waiting for authorisation")
    )
    ticket = LineField(
        max_length=100,
        label=gettext_lazy("Ticket number"),
        help_text=gettext_lazy("Where it is written who counted"),
        widget=Code,
    )

    def clean(self) -> dict[str, Any]:
        counts = self.cleaned_data
        most = counts.get("documents")
        for name in ("documents_unprocessed", "documents_awaiting_authorisation"):
            part = counts.get(name)
            if most is not None and part is not None and part > most:
                self.add_error(
                    name,
                    _("This cannot be more than all %(n)s documents.") % {"n": most},
                )
        return counts

    @property
    def counts(self) -> dict[str, int]:
        return {
            name: self.cleaned_data[name] for name in self.fields if name != "ticket"
        }
