"""What a lead fills in to decide. The fields stand in the templates by name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.approval.priority import ASK_WHY, Priority
from adminmoves.cleaning import require_coming
from adminmoves.evidence.records import holds_until
from adminmoves.models import ApprovalLoan, Move
from adminmoves.models.people import names_apart
from adminmoves.scheduling import queue
from adminmoves.vocabulary import Role
from adminmoves.web.fields import MomentField, WritingField

NOW, EVENING, WISHED, MOMENT = "now", "evening", "wished", "moment"


class Decision(forms.Form):
    """A form of which several stand on one page: its name goes before its ids."""

    kind: ClassVar[str]

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id=f"{self.kind}_%s")


class ReasonField(WritingField):
    """Asked where what it is for was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, required=False, **kwargs)


class WhenForm(Decision):
    """When a run may start: now, in the evening, as wished, or at a moment; and
    whether it goes first and heeds the windows."""

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

    def __init__(self, data: Mapping[str, Any], move: Move) -> None:
        """The move tells what moment was asked for and how long its proof holds."""
        super().__init__(data)
        self.move = move
        self.wished = move.not_before
        self.proof_until = holds_until(move.proof) if move.proof else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            at = "moment" if cleaned["when"] == MOMENT else "when"
            if wrong := self._wrong(cleaned):
                self.add_error(at, wrong)
        for name in self.haste.without_reason(self.move):
            self.add_error(f"{name}_because", str(ASK_WHY[name]))
        return cleaned

    @property
    def haste(self) -> Priority:
        told = self.cleaned_data
        return Priority(
            urgent=told["urgent"],
            outside_windows=told["outside_windows"],
            reasons={name: told.get(f"{name}_because", "") for name in ASK_WHY},
        )

    def _wrong(self, cleaned: Mapping[str, Any]) -> str:
        own, moment = cleaned["when"] == MOMENT, self.not_before
        if own and moment is None:
            return _("Fill in the date and time.")
        if own and moment and (refused := _refusal(moment)):
            return refused
        if moment and self.proof_until and moment > self.proof_until:
            return _(
                "The attestation is too old by then. Choose an earlier moment, or have "
                "it attested again."
            )
        return ""

    @property
    def not_before(self) -> datetime | None:
        """The moment that was chosen; None is as soon as possible."""
        moments = {
            EVENING: queue.next_evening(),
            WISHED: self.wished,
            MOMENT: self.cleaned_data["moment"],
        }
        return moments.get(self.cleaned_data["when"])


class TickedField(forms.Field):
    """Which warnings there are now is the action's to say; this keeps the ticks."""

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


class SendBackForm(Decision):
    kind = "send_back"
    question = WritingField(
        label=gettext_lazy("Your question"),
        max_length=2000,
        error_messages={
            "required": gettext_lazy("Write the question that has to be answered.")
        },
    )


class RejectForm(Decision):
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


def _refusal(moment: datetime) -> str:
    try:
        require_coming(moment)
    except forms.ValidationError as refused:
        return " ".join(refused.messages)
    return ""


def running_loans() -> list[tuple[ApprovalLoan, str]]:
    """The loans that hold now, the one that ends first on top, and to whom."""
    running = ApprovalLoan.objects.running().select_related("lender", "borrower")
    loans = list(running.order_by("ends_at", "pk"))
    names = names_apart(loan.borrower for loan in loans)
    return [(loan, names[loan.borrower_id]) for loan in loans]
