"""Gives a person an account and a role, from the command line of the server.

So the first administrator gets in; later people are added under Beheer.
"""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from adminmoves.access import SYSTEM
from adminmoves.audit import trail
from adminmoves.cleaning import require_seen, strip_paste
from adminmoves.estate.people import ROLES, facts_of, give_role, line_about_person
from adminmoves.management.languages import OneLanguageCommand
from adminmoves.vocabulary import Role


class Command(OneLanguageCommand):
    help = "Give a person an account and a role; asks for the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username")
        parser.add_argument("role", choices=[role.value for role in ROLES])
        parser.add_argument("--name", default="", help="the name that others see")

    @transaction.atomic
    def handle(self, *, username: str, role: str, name: str, **_options: Any) -> None:
        user = User.objects.filter(username=username).first() or User(username=username)
        before = facts_of(user) if user.pk else None
        user.first_name = strip_paste(name) or user.first_name
        require_fit(user)
        if not user.pk:
            user.set_password(self.ask_password(user))
        user.is_active = True
        user.save()
        give_role(user, Role(role))
        params = {"before": before, "after": facts_of(user)}
        trail.record(SYSTEM, [line_about_person(user, params)])
        message = _("%(name)s is %(role)s now.")
        self.stdout.write(message % {"name": username, "role": Role(role).label})

    def ask_password(self, user: User) -> str:
        password = getpass.getpass(_("Password: "))
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from weak
        if getpass.getpass(_("The same password again: ")) != password:
            raise CommandError(_("The two passwords differ. Nothing was changed."))
        return password


def require_fit(user: User) -> None:
    """Raise CommandError for a name that Django or the database refuses."""
    unchanged = {"password", "username"} if user.pk else {"password"}
    try:
        for name in {"username", "first_name"} - unchanged:
            require_seen(getattr(user, name))
        user.clean_fields(exclude=unchanged)
    except ValidationError as refused:
        raise CommandError(" ".join(refused.messages)) from refused
