from datetime import timedelta
from typing import Any

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from adminmoves.account.signin import throttle
from adminmoves.account.signin.actions import write_down, write_down_failure
from adminmoves.account.signin.forms import SignInForm
from adminmoves.vocabulary import EventCode
from adminmoves.web import http

TOO_MANY_REQUESTS = 429


class SignIn(LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True
    template_name = "registration/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo=settings.PORTAL_DEMO, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := throttle.wait_for(get_client_ip_address(request)):
            return paused(request, wait, why="address")
        with throttle.turn() as has_turn:
            if not has_turn:
                return paused(request, throttle.BUSY_WAIT, why="busy")
            return super().post(request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        write_down(user, EventCode.SIGNED_IN, request_id=http.request_id(self.request))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Record a failed attempt, or count one on a locked name. A form that is not
        filled in is no attempt."""
        name = form.cleaned_data.get("username", "")
        failures = getattr(self.request, "axes_failures_since_start", None)
        is_locked = getattr(self.request, "axes_locked_out", False)
        if failures is not None:
            minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
            write_down_failure(
                name,
                request_id=http.request_id(self.request),
                locked_minutes=minutes if is_locked else 0,
            )
        elif is_locked:
            throttle.count_while_locked(name, get_client_ip_address(self.request))
        return super().form_invalid(form)


class SignOut(LogoutView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            user = User.objects.get(pk=request.user.pk)
            write_down(user, EventCode.SIGNED_OUT, request_id=http.request_id(request))
        response = super().post(request, *args, **kwargs)
        # Not "cookies": language and theme are for the log-in page too.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def locked_out(
    request: HttpRequest, _response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The answer of django-axes where a name is locked."""
    name = str((credentials or {}).get("username", ""))
    wait = throttle.lock_ends_in(name, get_client_ip_address(request))
    return paused(request, wait, why="locked")


def paused(request: HttpRequest, wait: timedelta, *, why: str) -> HttpResponse:
    """A page (HTTP 429) with the reason, and after how long to try again."""
    seconds = max(int(wait.total_seconds()), 1)
    page = {
        "why": why,
        "failure_limit": settings.AXES_FAILURE_LIMIT,
        "minutes": -(-seconds // 60),
    }
    answer = render(request, "axes_lockout.html", page, status=TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(seconds)
    return answer


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
