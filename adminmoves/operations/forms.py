"""The forms that pause and resume the queue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from adminmoves.models import QueueSwitch
from adminmoves.web.fields import WritingField

MAX_REASON_CHARS = QueueSwitch._meta.get_field("reason").max_length  # noqa: SLF001 - documented by Django


class PauseForm(forms.Form):
    reason = WritingField(
        label=_("Why the queue has to wait"),
        max_length=MAX_REASON_CHARS,
        help_text=_("Everybody who waits reads it. It is kept in the history."),
        error_messages={"required": _("Write down why the queue has to wait.")},
    )


class ResumeForm(forms.Form):
    # The moment at which the pause began that the page shows.
    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    reason = WritingField(
        label=_("Why it may go on"),
        max_length=MAX_REASON_CHARS,
        help_text=_("It is kept in the history."),
        error_messages={"required": _("Write down why the queue may go on.")},
    )
