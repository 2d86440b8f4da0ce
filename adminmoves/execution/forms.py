"""The forms that settle a doubt and stop a run."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from adminmoves.execution.actions import DONE, NOT_DONE, ROLL_BACK
from adminmoves.web.fields import WritingField


class SettleForm(forms.Form):
    kind = "settle"
    answer = forms.ChoiceField(
        label=_("How does it go on"),
        choices=[(DONE, DONE), (NOT_DONE, NOT_DONE), (ROLL_BACK, ROLL_BACK)],
        error_messages={"required": _("Choose how it goes on.")},
    )
    reason = WritingField(
        label=_("How do you know"),
        max_length=2000,
        error_messages={"required": _("Write down how you know.")},
    )

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data, auto_id=f"{self.kind}_%s")


class StopForm(forms.Form):
    kind = "stop"
    reason = WritingField(
        label=_("Why it has to stop"),
        max_length=2000,
        error_messages={"required": _("Write down why it has to stop.")},
    )

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data, auto_id=f"{self.kind}_%s")
