"""Form fields that remove what a paste adds, and keep the capitals of a code."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves.cleaning import (
    MAX_COUNT,
    STATED_AGE,
    UNREADABLE,
    plain_dashes,
    read_moment,
    require_code,
    require_past_day,
    require_seen,
    require_writing,
    strip_paste,
)

DAYS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]

Day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
Short = forms.TextInput(attrs={"autocomplete": "off"})
Code = forms.TextInput(
    attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}
)


class LineField(forms.CharField):
    """One line of text, such as a name or a ticket number, without what a paste adds at
    its ends."""

    default_validators = [require_seen]

    def to_python(self, value: object) -> str:
        return str(super().to_python(strip_paste(str(value or ""))))


class CodeField(LineField):
    """A code as the package writes it: odd dashes are replaced, capitals are kept."""

    default_validators = [require_code]

    def to_python(self, value: object) -> str:
        return super().to_python(plain_dashes(str(value or "")))


class MailField(forms.EmailField):
    default_validators = [require_seen, *forms.EmailField.default_validators]

    def to_python(self, value: object) -> str:
        return str(super().to_python(strip_paste(str(value or ""))))


class WritingField(forms.CharField):
    """Text of several lines."""

    default_validators = [require_writing]


class CountField(forms.IntegerField):
    """A number of documents, at most what the column stores."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_COUNT, **options)


class PastDay(forms.DateField):
    """A day on which something has happened, not longer ago than ``within``."""

    def __init__(self, *, within: timedelta = STATED_AGE, **options: Any) -> None:
        self.within = within
        super().__init__(input_formats=DAYS, widget=Day, **options)

    def clean(self, value: object) -> date | None:
        day: date | None = super().clean(value)
        if day:
            require_past_day(day, within=self.within)
        return day


class MomentField(forms.DateTimeField):
    """A date and time as browsers send them, or as people write them."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
    )

    def to_python(self, value: object) -> datetime | None:
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
