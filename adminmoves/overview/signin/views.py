from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from adminmoves import web
from adminmoves.overview.signin.actions import write_down, write_down_failure
from adminmoves.overview.signin.forms import SignInForm
from adminmoves.vocabulary import EventCode


class SignIn(LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True
    template_name = "registration/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo=settings.PORTAL_DEMO, **kwargs)

    @transaction.atomic
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        write_down(user, EventCode.SIGNED_IN, request_id=web.request_id(self.request))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        name = form.cleaned_data.get("username", "")
        write_down_failure(name, request_id=web.request_id(self.request))
        return super().form_invalid(form)


class SignOut(LogoutView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            user = User.objects.get(pk=request.user.pk)
            write_down(user, EventCode.SIGNED_OUT, request_id=web.request_id(request))
        return super().post(request, *args, **kwargs)


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
