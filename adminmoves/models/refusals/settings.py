"""Refusals about people and about what an administrator sets."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from adminmoves.models.refusals.refusal import Refusal

OF_SETTINGS: Mapping[str, Refusal] = {
    "loan_ends_after_start": Refusal(
        "until",
        _("It would end before it begins."),
        _("Choose a moment that is still to come."),
    ),
    "loan_between_two": Refusal(
        "borrower",
        _("Nobody lends to themselves."),
        _("Choose somebody else."),
    ),
    "freeze_ends_after_start": Refusal(
        "ends_at",
        _("It would end before it begins."),
        _("Choose an end after the beginning."),
    ),
    "freeze_has_a_name": Refusal(
        "name",
        _("The freeze has no name."),
        _("Give it one that everybody understands."),
    ),
    "window_has_days": Refusal(
        "weekdays",
        _("The window has no day of the week."),
        _("Choose the days on which it begins."),
    ),
    "check_severity_once": Refusal(
        "check_code",
        _("This check has a severity for this type already."),
        _("Change that one."),
    ),
    "auth_user_username_key": Refusal(
        "username",
        _("Somebody has this user name already."),
        _("Choose another one."),
    ),
}
