"""Why a request is withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from adminmoves.web.fields import WritingField


class WithdrawForm(forms.Form):
    """What others have seen is withdrawn with a reason; a draft just goes."""

    use_required_attribute = False

    reason = WritingField(
        max_length=2000,
        label=gettext_lazy("Why you withdraw it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why you withdraw this request.")},
    )

    def __init__(self, *args: Any, needs_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = needs_reason
