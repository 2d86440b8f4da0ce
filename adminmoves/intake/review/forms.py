"""The warnings that were ticked."""

from django import forms
from django.utils.translation import gettext_lazy


class SeenWarningsForm(forms.Form):
    """A warning that is not ticked is an error, and so is a check that holds back."""

    seen = forms.MultipleChoiceField(required=False)
    client_informed = forms.BooleanField(
        required=False, label=gettext_lazy("The client knows what changes")
    )
