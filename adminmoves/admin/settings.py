"""Settings in the admin: the profile of a package and the severity of a check."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.admin.base import M, RecordedAdmin, RefusableForm, WordedFilter, shown
from adminmoves.admin.seen import SEEN, newest_event
from adminmoves.admin.site import is_keeper, keeper_of, site
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.errors import ChangedMeanwhile
from adminmoves.models import CheckSeverity, PackageProfile, code_patterns
from adminmoves.rules.checks.base import Check
from adminmoves.rules.type_rules import CHECKS, CHECKS_BY_CODE
from adminmoves.vocabulary import EventCode, MoveType
from adminmoves.web import guards

STREAM = "settings"


def name_of(check: Check) -> str:
    """The title of the check when it passes, else the first title without a value."""
    messages = sorted(check.messages.values(), key=lambda message: bool(message.remedy))
    return next(
        title for title in (str(s.title) for s in messages) if "%(" not in title
    )


def choices() -> Iterator[tuple[str, str]]:
    """The checks that are not fixed. Call it per page, for the reader's language."""
    return ((check.code, name_of(check)) for check in CHECKS if not check.fixed)


class SettingAdmin(RecordedAdmin[M]):
    delete_confirmation_template = "admin/setting_delete.html"

    def facts(self, obj: Any) -> dict[str, Any]:
        return {str(name): getattr(obj, str(name)) for name in self.fields or ()}

    def line(self, obj: Any, params: dict[str, Any]) -> TrailEntry:
        return trail.about_job(
            STREAM, EventCode.SETTING_CHANGED, subject=str(obj), params=params
        )

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ChangedMeanwhile as refusal:
            return guards.refused(request, refusal)

    def render_delete_form(
        self, request: HttpRequest, context: dict[str, Any]
    ) -> HttpResponse:
        """Add what the page shows, so that an older page removes nothing."""
        context |= {"seen": self.seen(context["object"])}
        return super().render_delete_form(request, context)

    def seen(self, obj: Any) -> str:
        return json.dumps(self.facts(obj))

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        if request.POST.get(SEEN) != self.seen(obj):
            raise ChangedMeanwhile(self.changed_message(obj))
        params = {"before": self.facts(obj), "after": {}}
        trail.record(keeper_of(request), [self.line(obj, params)])
        super().delete_model(request, obj)

    def changed_message(self, obj: M) -> str:
        last = newest_event(self.line(obj, {}))
        return _(
            "%(who)s changed this meanwhile, so nothing was removed. It is now: "
            "%(value)s."
        ) % {"who": last.actor_name if last else _("Somebody"), "value": obj}


class PackageProfileForm(RefusableForm[PackageProfile]):
    class Meta:
        labels: ClassVar = {
            "code_pattern": gettext_lazy("Pattern of a code"),
            "code_example": gettext_lazy("Example of a code"),
            "self_service": gettext_lazy("The office can do it itself"),
        }

    def clean_code_pattern(self) -> str:
        pattern: str = self.cleaned_data["code_pattern"]
        code_patterns.require_safe(pattern)
        return pattern

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        pattern, example = cleaned.get("code_pattern"), cleaned.get("code_example")
        if pattern and example and not code_patterns.fits(pattern, example):
            self.add_error("code_example", _("The example does not fit the pattern."))
        return cleaned


@admin.register(PackageProfile, site=site)
class PackageProfileAdmin(SettingAdmin[PackageProfile]):
    form = PackageProfileForm
    fields = ("package", "code_pattern", "code_example", "self_service")
    readonly_fields = ("package",)
    package_shown = shown("package", gettext_lazy("package"))
    pattern = shown("code_pattern", gettext_lazy("pattern of a code"))
    example = shown("code_example", gettext_lazy("example of a code"))
    by_itself = shown("self_service", gettext_lazy("the office can do it itself"))
    list_display = ("package_shown", "pattern", "example", "by_itself")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class SeverityForm(RefusableForm[CheckSeverity]):
    """Takes only checks that are not fixed, and types that they are about."""

    class Meta:
        labels: ClassVar = {
            "move_type": gettext_lazy("Type of migration"),
            "severity": gettext_lazy("Severity"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check_code"] = forms.CharField(
            label=gettext_lazy("Check"), widget=forms.Select(choices=list(choices()))
        )

    def clean_check_code(self) -> str:
        code: str = self.cleaned_data["check_code"]
        check = CHECKS_BY_CODE.get(code)
        if check is None:
            raise forms.ValidationError(_("There is no such check."))
        if check.fixed:
            raise forms.ValidationError(
                _("This check is fixed: it always blocks. Choose another check.")
            )
        return code

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        check = CHECKS_BY_CODE.get(cleaned.get("check_code", ""))
        move_type = cleaned.get("move_type")
        if check and move_type and MoveType(move_type) not in check.severities:
            message = _("The check is not about this type. Choose another type.")
            self.add_error("move_type", message)
        return cleaned


@admin.register(CheckSeverity, site=site)
class SeverityAdmin(SettingAdmin[CheckSeverity]):
    """Removing a row gives the check its default severity again."""

    form = SeverityForm
    fields = ("check_code", "move_type", "severity")
    kind = shown("move_type", gettext_lazy("type"))
    weight = shown("severity", gettext_lazy("severity"))
    list_display = ("about", "kind", "weight")
    list_filter = (("move_type", WordedFilter), ("severity", WordedFilter))

    @admin.display(description=gettext_lazy("check"), ordering="check_code")
    def about(self, obj: CheckSeverity) -> str:
        check = CHECKS_BY_CODE.get(obj.check_code)
        return name_of(check) if check else obj.check_code

    def has_delete_permission(
        self, request: HttpRequest, obj: CheckSeverity | None = None
    ) -> bool:
        return is_keeper(request)
