from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Django's form in our words. It never tells whether a name exists.

    ``max_length`` is checked here: Django's form gives it to the browser alone.
    """

    username = UsernameField(
        label=_("User name"),
        max_length=150,
        # Where the error has the focus, the field may not take it.
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _("The name or the password is not right. You can try again."),
        "inactive": _("This account is switched off. Ask an administrator."),
    }
