from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from adminmoves import outside, web
from adminmoves.models import Preferences
from adminmoves.overview.preferences.forms import OneSetting, PreferencesForm
from adminmoves.vocabulary import Right

YEAR = 365 * 24 * 3600


@web.portal_view(Right.READ_MOVES)
def preferences(request: web.PortalRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.preferences)
    if request.method == "POST" and form.is_valid():
        kept = form.save()
        with override(kept.language):
            messages.success(request, _("Your preferences are saved."))
        return remember(web.go(request, request.path), kept)
    return render(request, "registration/preferences.html", {"form": form})


@require_POST
def set_preference(request: HttpRequest) -> HttpResponse:
    """A switch in the bar, also before log-in; back to the page it stands on."""
    asked = cast("web.PortalRequest", request)
    form = OneSetting(request.POST, instance=asked.preferences)
    if form.is_valid():
        form.save(commit=isinstance(request.user, User))
    url = outside.text_in(request.POST, "next")
    response = web.go(request, url if web.is_ours(request, url) else "/")
    return remember(response, asked.preferences)


def remember(response: HttpResponse, kept: Preferences) -> HttpResponse:
    """Keep language and theme in cookies too: they hold before the next log-in."""
    for name, value in (
        (web.LANGUAGE_COOKIE, kept.language),
        (web.THEME_COOKIE, kept.theme),
    ):
        response.set_cookie(
            name,
            value,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
