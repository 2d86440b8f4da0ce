"""Windows and freezes in the admin, with the moves that each of them holds up."""

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.admin.base import M, RefusableForm
from adminmoves.admin.settings import SettingAdmin
from adminmoves.admin.site import is_keeper, site
from adminmoves.cleaning import FREEZE_AHEAD, require_about_now, require_coming
from adminmoves.estate import lines
from adminmoves.models import Environment, ExecutionWindow, Freeze
from adminmoves.scheduling.windows import delayed_moves
from adminmoves.web.fields import LineField, MomentField

PREVIEW = "_preview"
MAX_NAMED = 10


class PreviewForm(RefusableForm[M]):
    """A form with a second button, which shows the effect and saves nothing."""

    def is_valid(self) -> bool:
        return super().is_valid() and PREVIEW not in self.data


class TimesAdmin(SettingAdmin[M]):
    change_form_template = "admin/window_change_form.html"
    list_select_related = ("environment",)

    def facts(self, obj: Any) -> dict[str, Any]:
        return {name: plain(value) for name, value in super().facts(obj).items()}

    @admin.display(
        description=gettext_lazy("office"), ordering="environment__office_code"
    )
    def office(self, obj: Any) -> str:
        return str(obj.environment or _("all offices"))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        if not form.errors and (form.is_bound or obj):
            moves = delayed_moves(form.instance, timezone.now())
            context |= {
                "held_up": moves[:MAX_NAMED],
                "count": len(moves),
                "is_preview": True,
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_keeper(request)


class WindowForm(PreviewForm[ExecutionWindow]):
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The days on which it begins."),
    )

    class Meta:
        labels: ClassVar = {
            "environment": gettext_lazy("Office"),
            "opens": gettext_lazy("From"),
            "closes": gettext_lazy("Until"),
        }


@admin.register(ExecutionWindow, site=site)
class WindowAdmin(TimesAdmin[ExecutionWindow]):
    form = WindowForm
    fields = ("environment", "weekdays", "opens", "closes")
    list_display = ("hours", "office")

    @admin.display(description=gettext_lazy("execution window"))
    def hours(self, obj: ExecutionWindow) -> str:
        return str(obj)


class FreezeForm(PreviewForm[Freeze]):
    # Django's admin would split each moment in two fields without labels.
    name = LineField(label=gettext_lazy("Name"), max_length=100)
    starts_at = MomentField(label=gettext_lazy("From"))
    ends_at = MomentField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Empty: until further notice."),
    )

    class Meta:
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "environment": gettext_lazy("Office"),
        }

    def clean_starts_at(self) -> datetime:
        start: datetime = self.cleaned_data["starts_at"]
        if "starts_at" in self.changed_data:
            require_about_now(start)
        return start

    def clean_ends_at(self) -> datetime | None:
        end: datetime | None = self.cleaned_data["ends_at"]
        if end and "ends_at" in self.changed_data:
            require_coming(end, within=FREEZE_AHEAD)
        return end

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("Choose an end after the beginning."))
        return cleaned


@admin.register(Freeze, site=site)
class FreezeAdmin(TimesAdmin[Freeze]):
    form = FreezeForm
    fields = ("name", "environment", "starts_at", "ends_at")
    list_display = ("name", "office", "starts_at", "end")

    @admin.display(description=gettext_lazy("until"), ordering="ends_at")
    def end(self, obj: Freeze) -> datetime | str:
        return obj.ends_at or _("until further notice")


def plain(value: object) -> Any:
    """A value as the trail stores it."""
    if isinstance(value, Environment):
        return value.office_code
    return value.isoformat() if isinstance(value, time) else lines.plain(value)
