"""Form fields of this domain: sloppy input is put right, codes are left alone."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves.cleaning import UNREADABLE, read_moment, require_past_day
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
        if day:
            require_past_day(day)
        return day


class MomentField(forms.DateTimeField):
    """A date and time as browsers send them, or as people write them."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
    )

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return read_moment(str(value).strip())
        except forms.ValidationError as refused:
            if getattr(refused, "code", "") != UNREADABLE:
                raise
            tomorrow = timezone.localdate() + timedelta(days=1)
            raise forms.ValidationError(
                _("Write a day and a time, such as %(example)s.")
                % {"example": f"{tomorrow:%d-%m-%Y} 20:00"}
            ) from refused
