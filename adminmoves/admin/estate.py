"""Offices and connections in the admin, and what the pages of the estate share."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from adminmoves.admin.base import M, RecordedAdmin, RefusableForm, shown
from adminmoves.admin.site import site
from adminmoves.audit.trail import TrailEntry
from adminmoves.estate.lines import facts_of, line_about
from adminmoves.estate.matching import is_unasked, refused_connection
from adminmoves.estate.sheets import sheet_of
from adminmoves.models import BookkeepingConnection, Environment
from adminmoves.models.refusals import UNASKED_HOST


class SubjectForm(RefusableForm[M]):
    """Cleans each text as an import does, and shows the same remedy."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        sheet = sheet_of(self.instance)
        for column in sheet.columns:
            value = cleaned.get(column.field)
            is_stored = self.instance.pk and column.field not in self.changed_data
            if not value or is_stored:
                continue
            try:
                if isinstance(value, str):
                    cleaned[column.field] = sheet.clean(column, value)
                elif not sheet.model_field(column).is_relation:
                    sheet.model_field(column).run_validators(value)
            except ValidationError as refused:
                sentences = [*refused.messages, str(column.remedy)]
                self.add_error(column.field, " ".join(sentences))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Exclude all fields: clean looked at each, and the database holds the rest.

        What the database refuses is shown in our own words.
        """
        every = self.instance._meta.get_fields()  # noqa: SLF001 - Django's documented API
        return {field.name for field in every}


class SubjectAdmin(RecordedAdmin[M]):
    identity = shown("public_id", _("id"))

    def facts(self, obj: Any) -> dict[str, Any]:
        return facts_of(obj)

    def line(self, obj: Any, params: dict[str, Any]) -> TrailEntry:
        return line_about(obj, params)


class ConnectionForm(SubjectForm[BookkeepingConnection]):
    """Refuses a country or a base address that the package does not have."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not self.errors and (refused := refused_connection(self.instance, cleaned)):
            self.add_error(refused.field, str(refused))
        return cleaned


@admin.register(Environment, site=site)
class EnvironmentAdmin(SubjectAdmin[Environment]):
    form = SubjectForm[Environment]
    fields = (
        "identity",
        "office_code",
        "name",
        "subscription",
        "is_active",
        "mail_domain",
    )
    readonly_fields = ("identity",)
    active = shown("is_active", _("active"))
    list_display = ("office_code", "name", "subscription", "active", "mail_domain")
    list_filter = ("subscription", "is_active")
    search_fields = ("office_code", "name")


@admin.register(BookkeepingConnection, site=site)
class ConnectionAdmin(SubjectAdmin[BookkeepingConnection]):
    form = ConnectionForm
    fields = (
        "identity",
        "environment",
        "package",
        "package_environment",
        "country",
        "base_url",
        "is_active",
        "demand",
        "consent",
    )
    readonly_fields = ("identity", "consent")
    active = shown("is_active", _("active"))
    # A phone shows only the first three, which must tell two connections apart.
    list_display = (
        "package",
        "package_environment",
        "country",
        "environment",
        "base_url",
        "active",
        "demand",
    )
    list_display_links = ("environment", "package", "package_environment")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_select_related = ("environment",)
    list_filter = ("package", "demand", "is_active")
    search_fields = ("environment__office_code", "package_environment")

    def get_fields(
        self, request: HttpRequest, obj: BookkeepingConnection | None = None
    ) -> list[Any]:
        """Leave out the consent of a new connection, which has no page yet."""
        return [name for name in self.fields if obj or name != "consent"]

    def save_model(
        self,
        request: HttpRequest,
        obj: BookkeepingConnection,
        form: forms.ModelForm[BookkeepingConnection],
        change: bool,
    ) -> None:
        super().save_model(request, obj, form, change)
        if is_unasked(obj):
            messages.warning(request, str(UNASKED_HOST))

    @admin.display(description=_("consent at the package"))
    def consent(self, obj: BookkeepingConnection) -> str:
        address = reverse("moves:connection", args=[obj.public_id])
        return format_html('<a href="{}">{}</a>', address, _("Connect it, or look"))
