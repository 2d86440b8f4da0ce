"""Form fields of this domain: sloppy input is put right, codes are left alone."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves.models.estate import no_whitespace

ODD_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")
DAYS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]

Day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
Short = forms.TextInput(attrs={"autocomplete": "off"})
Code = forms.TextInput(
    attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}
)


class CodeField(forms.CharField):
    """A code as the package writes it: odd dashes and spaces around it are put right,
    capitals never."""

    default_validators = [no_whitespace]

    def to_python(self, value: Any) -> str:
        text = ODD_DASHES.sub("-", UNSEEN.sub("", str(value or "")))
        return str(super().to_python(text))


class PastDay(forms.DateField):
    """A day on which something has happened."""

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=DAYS, widget=Day, **options)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day before."))
        return day
