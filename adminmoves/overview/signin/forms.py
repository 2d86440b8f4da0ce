from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LONGEST = {"username": 150, "password": 1000}


class SignInForm(AuthenticationForm):
    """Django's own, in our words; it never tells whether the name exists."""

    error_messages = {
        "invalid_login": _("The name or the password is not right. You can try again."),
        "inactive": _("This account is switched off. Ask an administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        for name, most in LONGEST.items():
            # Django tells the browser how long a name may be, and does not look.
            self.fields[name].validators.append(MaxLengthValidator(most))
        self.fields["username"].widget.attrs["spellcheck"] = "false"
        # Where the error has the focus, the field may not take it.
        del self.fields["username"].widget.attrs["autofocus"]
