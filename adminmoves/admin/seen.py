"""Refuses a form whose row changed after the page was opened."""

import json
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any, TypeVar, cast

from django import forms
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves.audit.trail import TrailEntry
from adminmoves.models import Event

M = TypeVar("M", bound=models.Model)
SEEN = "_seen"
"""The name of the hidden field with what the page showed: JSON, text by field."""
NOTHING = "—"


class SeenForm(forms.ModelForm[M]):
    """Refuses to overwrite a row that somebody else changed since the page was opened.

    The caller has locked the row. ``subject``: a trail entry about the row, to find its
    newest event and so the person who changed it. What was typed stays in the form, and
    each field that differs shows its present value.
    """

    subject: TrailEntry | None = None
    is_overtaken = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk and (changed := self._changed()):
            self.is_overtaken = True
            self.add_error(None, self._overtaken_message())
            for name in changed:
                self.add_error(name, self._value_message(name))
        return cleaned

    @property
    def seen(self) -> str:
        """What the page shows now, as JSON for its hidden field."""
        return json.dumps(self._texts())

    def _texts(self) -> dict[str, str]:
        """The texts of the row by field, not those that were typed."""
        return {
            name: str(field.prepare_value(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
        }

    def _changed(self) -> list[str]:
        seen = read_seen(self.data)
        return [name for name, text in self._texts().items() if seen.get(name) != text]

    def _overtaken_message(self) -> str:
        last = newest_event(self.subject) if self.subject else None
        if last is None or last.at is None:
            return _(
                "This was changed meanwhile. Look at the fields below, and save again."
            )
        return _(
            "%(who)s changed this meanwhile, at %(at)s. What you typed still stands "
            "below, and nothing was saved. Look at the fields that differ, and save "
            "again."
        ) % {
            "who": last.actor_name,
            "at": formats.date_format(timezone.localtime(last.at), "DATETIME_FORMAT"),
        }

    def _value_message(self, name: str) -> str:
        return _("It is now: %(value)s.") % {"value": self._value(name)}

    def _value(self, name: str) -> str:
        """The present value of a field, as people read it."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ChoiceField):
            wanted = value if isinstance(value, list | tuple) else [value]
            keys = {str(key) for key in wanted}
            choices = cast("Iterable[tuple[Any, Any]]", field.choices)
            labels = [str(label) for key, label in choices if str(key) in keys]
            return ", ".join(labels) or NOTHING
        if isinstance(value, time):
            return formats.time_format(value, "H:i")
        return str(formats.localize(value)) if value else NOTHING


def read_seen(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page showed; {} if that is missing or no JSON object."""
    try:
        seen = json.loads(data.get(SEEN, ""))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def newest_event(subject: TrailEntry) -> Event | None:
    about = Event.objects.filter(stream=subject.stream, stream_id=subject.stream_id)
    # All settings share a stream, so the subject tells them apart.
    return about.filter(subject=subject.subject[:300]).order_by("-id").first()
