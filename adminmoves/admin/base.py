"""The base of all admin pages: rights, events, and refusals as form errors."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin
from django.db import DataError, IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adminmoves.admin.seen import SeenForm
from adminmoves.admin.site import is_keeper, keeper_of
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.estate.lines import differences
from adminmoves.models.refusals import Refusal, refusal_of

M = TypeVar("M", bound=models.Model)
REFUSED = "portal.refusal"
"""The key in request.META of what the database refused, for the form of a retry."""


def shown(name: str, label: Any) -> Callable[[Any, Any], Any]:
    """Return a display function for a field, labelled in the reader's language."""

    @admin.display(description=label, ordering=name)
    def show(_admin: object, row: Any) -> Any:
        label_of = getattr(row, f"get_{name}_display", None)
        value = label_of() if label_of else getattr(row, name)
        if isinstance(value, bool):
            # Django says True and False, or shows a picture that is called so.
            return gettext("yes") if value else gettext("no")
        return value

    return show


class WordedFilter(admin.ChoicesFieldListFilter):
    """A filter with a title in the reader's language."""

    titles: ClassVar[Mapping[str, Any]] = {
        "actor_role": _("role"),
        "code": _("what"),
        "kind": _("kind of proof"),
        "move_type": _("type"),
        "severity": _("severity"),
        "state": _("status"),
        "verdict": _("answer"),
    }

    def __init__(self, field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        self.title = str(self.titles[field.name])


class ReadAdmin(admin.ModelAdmin[M]):
    """Administrators may read these rows; nobody changes them here."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """Take an empty field name in the address as none; Django would look it up."""
        return super().get_object(request, object_id, from_field or None)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_keeper(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_keeper(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class RefusableForm(SeenForm[M]):
    """A form that shows why the database refused it."""

    refusal: Refusal | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal and not self.is_overtaken:
            at = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(at, str(self.refusal))
        return cleaned


class RecordedAdmin(ReadAdmin[M]):
    """Administrators change these rows; each change writes an event in its transaction.

    The form shows what the database refuses. It also refuses to overwrite a change by
    somebody else.
    """

    change_form_template = "admin/recorded_change_form.html"

    def facts(self, obj: Any) -> dict[str, Any]:
        """The values that the trail stores of a row."""
        raise NotImplementedError

    def line(self, obj: Any, params: dict[str, Any]) -> TrailEntry:
        """The trail entry of a change."""
        raise NotImplementedError

    def save_model(
        self, request: HttpRequest, obj: M, form: forms.ModelForm[M], change: bool
    ) -> None:
        before: dict[str, Any] = {}
        if change:
            locked = self.get_queryset(request).select_for_update(of=("self",))
            before = self.facts(locked.get(pk=obj.pk))
        self.write(obj, form)
        params = differences(before, self.facts(obj))
        if params["after"]:
            trail.record(keeper_of(request), [self.line(obj, params)])

    def write(self, obj: M, form: forms.ModelForm[M]) -> None:
        obj.save()

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """The row; locked on POST, so that two saves come one after the other."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        rows = self.get_queryset(request).select_for_update(of=("self",))
        return rows.filter(pk=found.pk).first()

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
        if change:
            context |= {"seen": form.seen}
        answer = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        if change and form.is_overtaken:
            answer.status_code = HTTPStatus.CONFLICT
        return answer

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_keeper(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_keeper(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form again if the database refuses; then nothing was saved."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (DataError, IntegrityError) as error:
            request.META[REFUSED] = refusal_of(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: M | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm[M]]:
        made = super().get_form(request, obj, change=change, **kwargs)
        form = cast("type[RefusableForm[M]]", made)
        form.refusal = request.META.get(REFUSED)
        form.subject = self.line(obj, {}) if obj else None
        return form
