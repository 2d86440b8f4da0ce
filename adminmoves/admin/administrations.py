"""Administrations in the admin. Their place is chosen only when they are made."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adminmoves.admin.estate import SubjectAdmin, SubjectForm
from adminmoves.admin.site import site
from adminmoves.estate.addresses import (
    following,
    given_away,
    is_long_address,
    planned_addresses,
    taken_address,
)
from adminmoves.estate.owners import taken_place
from adminmoves.estate.sharing import sharing, sharing_message
from adminmoves.estate.sheets import unfit_code
from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    PackageProfile,
)
from adminmoves.models.refusals import FORMER_ADDRESS, LONG_ADDRESS, Refusal

PLACE = ("connection", "environment", "package")
COUNTS = ("documents", "documents_unprocessed", "documents_awaiting_authorisation")


class AdministrationForm(SubjectForm[Administration]):
    """The address follows the code unless a person types another one."""

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
        else:
            yield from planned_addresses({address: wanted}).values()

    def _address(self, cleaned: dict[str, Any]) -> str:
        typed: str = cleaned["mail_address"]
        if typed and "mail_address" in self.changed_data:
            return typed
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


class ConnectionField(forms.ModelChoiceField[BookkeepingConnection]):
    """Shows a connection with the code of its office."""

    def label_from_instance(self, obj: BookkeepingConnection) -> str:
        return f"{obj.environment.office_code} · {obj}"


@admin.register(Administration, site=site)
class AdministrationAdmin(SubjectAdmin[Administration]):
    """The place is chosen once, here or in a file; then only a move changes it."""

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
        """Shown in place of the counts before the first count."""
        return gettext("unknown, never counted")

    @admin.display(description=_("use"))
    def use(self, obj: Administration) -> str:
        """Link to the page on which two people retire it or bring it back."""
        address = reverse("moves:retirement", args=[obj.public_id])
        label = gettext("retired") if obj.retired_by_id else gettext("in use")
        return format_html('<a href="{}">{}</a>', address, label)

    def formfield_for_foreignkey(
        self,
        db_field: Any,
        request: HttpRequest,
        **kwargs: Any,
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name == "connection":
            connections = BookkeepingConnection.objects.select_related("environment")
            return ConnectionField(queryset=connections, label=_("connection"))
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
            messages.warning(request, sharing_message(str(other), obj.external_id))
