from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView

from adminmoves.overview.signin.forms import SignInForm


class SignIn(LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True
    template_name = "registration/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo=settings.PORTAL_DEMO, **kwargs)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()
