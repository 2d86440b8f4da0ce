"""Forms for language, theme and single-letter keys."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from adminmoves.models import Preferences
from adminmoves.web.http import THEMES


class PreferencesForm(forms.ModelForm[Preferences]):
    theme = forms.ChoiceField(
        label=_("Light or dark"),
        choices=[
            ("system", _("Follow my device")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Preferences
        fields = ("language", "theme", "single_letter_keys")
        labels = {
            "language": _("Language"),
            "single_letter_keys": _("Use single-letter shortcuts"),
        }
        help_texts = {
            "single_letter_keys": _(
                "Such as n for a new request. Ctrl K always works."
            ),
        }
        widgets = {"language": forms.RadioSelect}


class OneSetting(forms.ModelForm[Preferences]):
    """One switch in the bar: a setting that is not sent stays as it was."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(
        choices=[(theme, theme) for theme in THEMES], required=False
    )
    single_letter_keys = forms.TypedChoiceField(
        choices=[("on", "on"), ("off", "off")],
        coerce=lambda sent: sent == "on",
        empty_value=None,
        required=False,
    )

    class Meta:
        model = Preferences
        fields = ()

    def save(self, commit: bool = True) -> Preferences:
        for name, value in self.cleaned_data.items():
            if value not in {"", None}:
                setattr(self.instance, name, value)
        return super().save(commit)
