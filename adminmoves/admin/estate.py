"""Offices, connections and administrations, kept by hand."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adminmoves.admin.base import KeptAdmin, KeptForm, M, shown
from adminmoves.admin.site import site
from adminmoves.audit.trail import TrailEntry
from adminmoves.estate.addresses import (
    following,
    given_away,
    is_long_address,
    taken_address,
)
from adminmoves.estate.lines import facts_of, line_about
from adminmoves.estate.matching import is_unasked, refused_connection
from adminmoves.estate.owners import taken_place
from adminmoves.estate.sharing import sharing, told_sharing
from adminmoves.estate.sheets import sheet_of, unfit_code
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    PackageProfile,
)
from adminmoves.models.refusals import (
    FORMER_ADDRESS,
    LONG_ADDRESS,
    UNASKED_HOST,
    Refusal,
)

PLACE = ("connection", "environment", "package")
COUNTS = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")


class SubjectForm(KeptForm[M]):
    """Asks the same of each text as a file does, and tells the same remedy."""

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
                elif not sheet.held(column).is_relation:
                    sheet.held(column).run_validators(value)
            except ValidationError as refused:
                told = [*refused.messages, str(column.remedy)]
                self.add_error(column.field, " ".join(told))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Each text was looked at above; rules of the whole table are told by the
        database, which then says them in our words."""
        every = self.instance._meta.get_fields()  # noqa: SLF001 - Django's documented API
        return {field.name for field in every}


class SubjectAdmin(KeptAdmin[M]):
    identity = shown("public_id", _("id"))

    def facts(self, obj: Any) -> dict[str, Any]:
        return facts_of(obj)

    def line(self, obj: Any, params: dict[str, Any]) -> TrailEntry:
        return line_about(obj, params)


class ConnectionForm(SubjectForm[BookkeepingConnection]):
    """A package has only what it has: a country, a base address."""

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
    # On a phone the first three are in sight, so they tell two of one name apart.
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
        """There is no page to connect what is not there yet."""
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


class AdministrationForm(SubjectForm[Administration]):
    """The address follows the code, unless another one is filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mail_address"].required = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["mail_address"] = self._address(cleaned)
        for refused in self._refusals(self._as_wanted(cleaned)):
            self.add_error(refused.field, str(refused))
        return cleaned

    def _refusals(self, wanted: Administration) -> Iterator[Refusal]:
        profile = PackageProfile.objects.filter(pk=wanted.package).first()
        is_new = wanted.code != self.instance.code
        if profile and is_new and not profile.fits(wanted.code):
            yield unfit_code(profile)
        address = wanted.mail_address
        if address == self.instance.mail_address:
            return
        if is_long_address(address):
            yield LONG_ADDRESS
        elif taken := taken_place(wanted) or taken_address(wanted):
            yield taken
        elif given_away({address: wanted}):
            yield FORMER_ADDRESS

    def _address(self, cleaned: dict[str, Any]) -> str:
        asked: str = cleaned["mail_address"]
        if asked and "mail_address" in self.changed_data:
            return asked
        own, code = cleaned["mail_code"], cleaned["code"]
        if self.instance.pk:
            return following(self.instance, own=own, code=code)
        office: Environment = cleaned["connection"].environment
        return office.address_for(own or code)

    def _as_wanted(self, cleaned: dict[str, Any]) -> Administration:
        connection = cleaned.get("connection") or self.instance.connection
        return Administration(
            pk=self.instance.pk,
            package=connection.package,
            environment_id=connection.environment_id,
            connection=connection,
            code=cleaned["code"],
            mail_address=cleaned["mail_address"],
            external_id=cleaned["external_id"],
        )


class LinkField(forms.ModelChoiceField[BookkeepingConnection]):
    """A connection is known by its office too."""

    def label_from_instance(self, obj: BookkeepingConnection) -> str:
        return f"{obj.environment.office_code} · {obj}"


@admin.register(Administration, site=site)
class AdministrationAdmin(SubjectAdmin[Administration]):
    """A place is chosen once, here or in a file; after that only a migration moves."""

    form = AdministrationForm
    fields = (
        "identity",
        *PLACE,
        "code",
        "name",
        "external_id",
        "mail_code",
        "mail_address",
        "kvk_number",
        *COUNTS,
        "unknown_counts",
        "documents_counted_at",
        "at_place_since",
        "use",
    )
    list_display = ("code", "name", "environment", "connection", "mail_address", "use")
    list_display_links = ("code", "name")
    list_select_related = ("environment", "connection")
    list_filter = ("package",)
    search_fields = ("code", "name", "mail_address", "environment__office_code")

    def get_fields(
        self, request: HttpRequest, obj: Administration | None = None
    ) -> list[Any]:
        if obj is None:
            hidden = {"environment", "package", "identity", "unknown_counts", "use"}
        else:
            hidden = {"unknown_counts"} if obj.is_counted else set(COUNTS)
        return [name for name in self.fields if name not in hidden]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Administration | None = None
    ) -> tuple[str, ...]:
        always = (
            "identity",
            "unknown_counts",
            "documents_counted_at",
            "at_place_since",
            "use",
        )
        return (*always, *PLACE, *COUNTS) if obj else always

    @admin.display(description=_("documents"))
    def unknown_counts(self, _obj: Administration) -> str:
        """In place of the counts before the first count."""
        return gettext("unknown, never counted")

    @admin.display(description=_("use"))
    def use(self, obj: Administration) -> str:
        """Retired or in use; two people change that on the page it leads to."""
        address = reverse("moves:retirement", args=[obj.public_id])
        told = gettext("retired") if obj.retired_by_id else gettext("in use")
        return format_html('<a href="{}">{}</a>', address, told)

    def formfield_for_foreignkey(
        self,
        db_field: "models.ForeignKey[Any, Any]",
        request: HttpRequest,
        **kwargs: Any,
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name == "connection":
            connections = BookkeepingConnection.objects.select_related("environment")
            return LinkField(queryset=connections, label=_("connection"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def write(self, obj: Administration, form: forms.ModelForm[Administration]) -> None:
        if "connection" in form.cleaned_data:
            obj.environment = obj.connection.environment
            obj.package = obj.connection.package
            obj.at_place_since = timezone.now()
            if obj.documents:
                obj.documents_counted_at = obj.at_place_since
        super().write(obj, form)

    def save_model(
        self,
        request: HttpRequest,
        obj: Administration,
        form: forms.ModelForm[Administration],
        change: bool,
    ) -> None:
        super().save_model(request, obj, form, change)
        for other in sharing([obj]) if "external_id" in form.changed_data else ():
            messages.warning(request, told_sharing(str(other), obj.external_id))
