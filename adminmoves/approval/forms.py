"""Forms of a lead's decisions. The templates place their fields by name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.approval.priority import (
    OVERRIDE_NEEDS_REASON,
    URGENT_NEEDS_REASON,
    Priority,
    WindowOverride,
)
from adminmoves.cleaning import require_coming
from adminmoves.evidence.records import holds_until
from adminmoves.models import Move
from adminmoves.models.people import names_apart
from adminmoves.scheduling import queue
from adminmoves.vocabulary import Role
from adminmoves.web.fields import MomentField, WritingField

NOW, EVENING, WISHED, MOMENT = "now", "evening", "wished", "moment"


class DecisionForm(forms.Form):
    """Several stand on one page, so ``kind`` goes before the ids of the fields."""

    kind: ClassVar[str]

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data, auto_id=f"{self.kind}_%s")


class ReasonField(WritingField):
    """Required only if its box is ticked, which the form looks at."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, required=False, **kwargs)


class WhenForm(DecisionForm):
    """When a run may start, whether it goes first and whether the windows hold it."""

    when = forms.ChoiceField(
        label=gettext_lazy("When to run"),
        choices=[(choice, choice) for choice in (NOW, EVENING, WISHED, MOMENT)],
    )
    moment = MomentField(label=gettext_lazy("Own moment"), required=False)
    urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)
    urgent_because = ReasonField(label=gettext_lazy("Why it is urgent"))
    outside_windows = forms.BooleanField(
        label=gettext_lazy("Outside the windows"), required=False
    )
    outside_windows_because = ReasonField(
        label=gettext_lazy("Why it may run outside the window")
    )

    def __init__(self, data: Mapping[str, object], move: Move) -> None:
        super().__init__(data)
        self.move = move
        self.wished = move.not_before
        self.proof_until = holds_until(move.proof) if move.proof else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (error := self._moment_error(cleaned)):
            self.add_error("moment" if cleaned["when"] == MOMENT else "when", error)
        if self.priority.lacks_reason(self.move):
            self.add_error("urgent_because", str(URGENT_NEEDS_REASON))
        if self.window_override.lacks_reason(self.move):
            self.add_error("outside_windows_because", str(OVERRIDE_NEEDS_REASON))
        return cleaned

    @property
    def priority(self) -> Priority:
        # A reason that is too long is in no cleaned data.
        reason = self.cleaned_data.get("urgent_because", "")
        return Priority(self.cleaned_data["urgent"], reason)

    @property
    def window_override(self) -> WindowOverride:
        reason = self.cleaned_data.get("outside_windows_because", "")
        return WindowOverride(self.cleaned_data["outside_windows"], reason)

    def _moment_error(self, cleaned: Mapping[str, object]) -> str:
        """Empty if the moment can be used."""
        is_own, moment = cleaned["when"] == MOMENT, self.not_before
        if is_own and moment is None:
            return _("Fill in the date and time.")
        # Only a moment that was typed: this evening may begin while the page is open.
        if is_own and moment and (error := _past_error(moment)):
            return error
        if moment and self.proof_until and moment > self.proof_until:
            return _(
                "The attestation is too old by then. Choose an earlier moment, or have "
                "it attested again."
            )
        return ""

    @property
    def not_before(self) -> datetime | None:
        """None: as soon as possible."""
        moments = {
            EVENING: queue.next_evening(),
            WISHED: self.wished,
            MOMENT: self.cleaned_data["moment"],
        }
        return moments.get(self.cleaned_data["when"])


class TickedField(forms.Field):
    """Without choices: only the action, under the lock, knows the warnings of now."""

    widget = forms.SelectMultiple


class ApproveForm(WhenForm):
    kind = "approve"
    plan_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = TickedField(label=gettext_lazy("I have seen this"), required=False)


class RescheduleForm(WhenForm):
    kind = "reschedule"
    seen = forms.CharField(
        required=False, max_length=100, strip=False, widget=forms.HiddenInput
    )


class SendBackForm(DecisionForm):
    kind = "send_back"
    question = WritingField(
        label=gettext_lazy("Your question"),
        max_length=2000,
        error_messages={
            "required": gettext_lazy("Write the question that has to be answered.")
        },
    )


class RejectForm(DecisionForm):
    kind = "reject"
    reason = WritingField(
        label=gettext_lazy("Why you reject it"),
        max_length=2000,
        error_messages={
            "required": gettext_lazy("Write the reason, so that the agent can act.")
        },
    )


class BorrowerField(forms.ModelChoiceField[User]):
    names: Mapping[int, str]

    def label_from_instance(self, user: User) -> str:
        return self.names[user.pk]


class LendForm(forms.Form):
    borrower = BorrowerField(
        label=gettext_lazy("To whom"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose a support agent"),
        help_text=gettext_lazy("An agent never approves what they worked on."),
    )
    until = MomentField(
        label=gettext_lazy("Until when"),
        help_text=gettext_lazy("After this moment the right ends by itself."),
    )
    reason = WritingField(
        label=gettext_lazy("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is kept in the history, with your name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        borrower = cast("BorrowerField", self.fields["borrower"])
        agents = User.objects.filter(
            is_active=True, groups__name=Role.SUPPORT_AGENT
        ).order_by("first_name", "last_name", "username")
        borrower.queryset, borrower.names = agents, names_apart(agents)

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        require_coming(until)
        return until


def _past_error(moment: datetime) -> str:
    try:
        require_coming(moment)
    except forms.ValidationError as error:
        return " ".join(error.messages)
    return ""
