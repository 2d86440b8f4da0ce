"""The admin site. Only the role of administrator gets in; a superuser flag does not."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.account.signin.views import sign_out
from adminmoves.vocabulary import Right
from adminmoves.web import http, inputs

LEFT_OUT = frozenset({"password_change", "password_change_done"})
"""Pages of Django that would change a password without an event."""


def is_keeper(request: HttpRequest) -> bool:
    actor = http.actor_or_none(request)
    return actor is not None and access.can(actor, Right.KEEP_ESTATE)


def keeper_of(request: HttpRequest) -> Actor:
    """Return the actor of the request; raise NotAllowed without the right."""
    actor = cast("http.PortalRequest", request).actor
    access.require(actor, Right.KEEP_ESTATE)
    return actor


class KeepersSite(admin.AdminSite):
    site_title = _("Administer the portal")
    site_header = _("Administer the portal")
    index_title = _("Estate, people and settings")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Raise NotAllowed (403) for a person without the right."""
        return isinstance(request.user, User) and bool(keeper_of(request))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            entry
            for entry in super().get_urls()
            if getattr(entry, "name", "") not in LEFT_OUT
        ]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the portal's own log-in, which is throttled and writes events."""
        wanted = inputs.text_in(request.GET, "next")
        index = reverse("admin:index")
        return redirect_to_login(wanted if http.is_ours(request, wanted) else index)

    def logout(  # type: ignore[override] # the portal's answer is a redirect
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Log out as the portal does, which writes an event."""
        return sign_out(request)


site = KeepersSite(name="admin")
