"""What a form showed when it was opened, so that an older page does not win."""

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
"""The name under which the page carries it, as JSON: texts by the names of fields."""
NOTHING = "—"


class SeenForm(forms.ModelForm[M]):
    """Refuses what was typed over a row that somebody else changed since.

    The caller holds the row. ``subject``: a line of the trail about it, whose newest
    event tells who changed it. What was typed stays, and each field that differs says
    what it is now.
    """

    subject: TrailEntry | None = None
    is_overtaken = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk and (changed := self._changed()):
            self.is_overtaken = True
            self.add_error(None, self._who())
            for name in changed:
                self.add_error(name, self._now(name))
        return cleaned

    @property
    def seen(self) -> str:
        """For the page: what it shows now."""
        return json.dumps(self._texts())

    def _texts(self) -> dict[str, str]:
        """Of the row, whatever was typed."""
        return {
            name: str(field.prepare_value(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
        }

    def _changed(self) -> list[str]:
        seen = read_seen(self.data)
        return [name for name, text in self._texts().items() if seen.get(name) != text]

    def _who(self) -> str:
        last = newest_about(self.subject) if self.subject else None
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

    def _now(self, name: str) -> str:
        return _("It is now: %(value)s.") % {"value": self._worded(name)}

    def _worded(self, name: str) -> str:
        """What the row says now, as people read it."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ChoiceField):
            wanted = value if isinstance(value, list | tuple) else [value]
            keys = {str(one) for one in wanted}
            choices = cast("Iterable[tuple[Any, Any]]", field.choices)
            labels = [str(label) for key, label in choices if str(key) in keys]
            return ", ".join(labels) or NOTHING
        if isinstance(value, time):
            return formats.time_format(value, "H:i")
        return str(formats.localize(value)) if value else NOTHING


def read_seen(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the page carried; nothing where it carried none that can be read."""
    try:
        seen = json.loads(data.get(SEEN, ""))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def newest_about(subject: TrailEntry) -> Event | None:
    about = Event.objects.filter(stream=subject.stream, stream_id=subject.stream_id)
    # Settings share a stream.
    return about.filter(subject=subject.subject[:300]).order_by("-id").first()
