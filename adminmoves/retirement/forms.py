from django import forms
from django.utils.translation import gettext_lazy

from adminmoves.models.retirement import REASON_CHARS


class AskForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "It stays with the administration, and in the history with your name."
        ),
        error_messages={
            "required": gettext_lazy(
                "Write the reason: it stays with the administration."
            )
        },
    )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why you decline it"),
        max_length=REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The agent reads it. It is kept with your name."),
        error_messages={
            "required": gettext_lazy("Write the reason, so that the agent can act.")
        },
    )
