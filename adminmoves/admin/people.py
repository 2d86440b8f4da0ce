"""The people of the portal: one role each. Nobody is removed, no flag adds a right."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.access import role_of
from adminmoves.admin.base import RecordedAdmin, RefusableForm, shown
from adminmoves.admin.site import keeper_of, site
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.cleaning import clean_line, require_seen
from adminmoves.estate.people import ROLES, facts_of, give_role, line_about_person
from adminmoves.vocabulary import Role
from adminmoves.web import inputs

NAMES = ("username", "first_name", "last_name", "email")


def role_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", "—"), *((role.value, role.label) for role in ROLES)],
        coerce=Role,
    )


class NamesMixin:
    """Cleans the names in a form of a person, as every other door does."""

    cleaned_data: dict[str, Any]

    def clean_username(self) -> str:
        """Refuse invisible signs, which Unicode may count as letters."""
        username: str = self.cleaned_data["username"]
        require_seen(username)
        return username

    def clean_first_name(self) -> str:
        return clean_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return clean_line(self.cleaned_data["last_name"])


class NewPersonForm(NamesMixin, BaseUserCreationForm[User]):
    role = role_field()

    class Meta:
        model = User
        fields = NAMES


class PersonForm(NamesMixin, RefusableForm[User]):
    """``keeper_id``: the administrator at work, who may not lock themselves out."""

    role = role_field()
    keeper_id: int | None = None

    class Meta:
        model = User
        fields = (*NAMES, "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = role_of(self.instance)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        own = self.instance.pk == self.keeper_id
        if own and {"role", "is_active"} & set(self.changed_data):
            message = _("Ask another administrator to change your own role or access.")
            self.add_error(None, message)
        return cleaned


@admin.register(User, site=site)
class PersonAdmin(RecordedAdmin[User], UserAdmin[User]):
    """People are deactivated, not removed: the history refers to them."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    fieldsets = ((None, {"fields": (*NAMES, "role", "is_active", "password_link")}),)
    add_fieldsets = ((None, {"fields": (*NAMES, "role", "password1", "password2")}),)
    readonly_fields = ("password_link",)
    filter_horizontal = ()
    active = shown("is_active", gettext_lazy("active"))
    list_display = ("username", "first_name", "last_name", "role", "active")
    list_filter = ("is_active", "groups")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("role"))
    def role(self, obj: User) -> str:
        names = [group.name for group in obj.groups.all()]
        return ", ".join(str(role.label) for role in ROLES if role in names)

    @admin.display(description=gettext_lazy("password"))
    def password_link(self, obj: User) -> str:
        url = reverse("admin:auth_user_password_change", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("Set a new password"))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type("OwnForm", (form,), {"keeper_id": request.user.pk})

    def facts(self, obj: Any) -> dict[str, Any]:
        return facts_of(obj)

    def line(self, obj: Any, params: dict[str, Any]) -> TrailEntry:
        return line_about_person(obj, params)

    def write(self, obj: User, form: forms.ModelForm[User]) -> None:
        super().write(obj, form)
        give_role(obj, form.cleaned_data["role"])

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's own name
        form_url: str = "",
    ) -> HttpResponse:
        """Write an event if the password changed, and lift a lock of the log-in."""
        if inputs.whole_number(id) is None:
            raise Http404
        with transaction.atomic():
            before = self._secret(id)
            answer = super().user_change_password(request, id, form_url)
            if self._secret(id) != before:
                person = User.objects.get(pk=id)
                line = line_about_person(person, {"password": "set"})
                trail.record(keeper_of(request), [line])
                AxesProxyHandler.reset_attempts(username=person.username)
        return answer

    def _secret(self, person_id: str) -> str | None:
        found = User.objects.select_for_update().filter(pk=person_id)
        return found.values_list("password", flat=True).first()
