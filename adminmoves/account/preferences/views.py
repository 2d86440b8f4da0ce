from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from adminmoves.account.preferences.forms import OneSetting, PreferencesForm
from adminmoves.models import Preferences
from adminmoves.vocabulary import Right
from adminmoves.web import guards, http, inputs

COOKIE_SECONDS = 365 * 24 * 3600


@guards.portal_view(Right.READ_MOVES)
def preferences(request: http.PortalRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.preferences)
    if request.method == "POST" and form.is_valid():
        stored = form.save()
        # The page that follows is in the new language, and so is its message.
        with override(stored.language):
            messages.success(request, _("Your preferences are saved."))
        return remember(http.go(request, request.path), stored)
    return render(request, "registration/preferences.html", {"form": form})


@require_POST
def set_preference(request: HttpRequest) -> HttpResponse:
    """A switch in the bar, also before log-in; back to the page that shows it."""
    preferences = cast("http.PortalRequest", request).preferences
    form = OneSetting(request.POST, instance=preferences)
    if form.is_valid():
        form.save(commit=isinstance(request.user, User))
    url = inputs.text_in(request.POST, "next")
    response = http.go(request, url if http.is_ours(request, url) else "/")
    return remember(response, preferences)


def remember(response: HttpResponse, preferences: Preferences) -> HttpResponse:
    """Store language and theme in cookies too, for the pages before a log-in."""
    for name, value in (
        (http.LANGUAGE_COOKIE, preferences.language),
        (http.THEME_COOKIE, preferences.theme),
    ):
        response.set_cookie(
            name,
            value,
            max_age=COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
