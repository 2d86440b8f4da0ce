from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from adminmoves.web.fields import WritingField


class CommentForm(forms.Form):
    kind = "comment"
    text = WritingField(
        label=_("Comment"),
        max_length=2000,
        error_messages={"required": _("Write your comment first.")},
    )

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data, auto_id=f"{self.kind}_%s")
