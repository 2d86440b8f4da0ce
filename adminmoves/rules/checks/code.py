"""The administration gets another code, as the package writes it."""

import re

from django.utils.translation import gettext_lazy as _

from adminmoves.rules.checks.base import (
    CODE_TYPES,
    Check,
    Finding,
    Message,
    Target,
    blocking,
    ok,
    problem,
    todo,
    warning,
)

LONGEST_IN_ADDRESS = 10
USABLE_IN_ADDRESS = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$")


def code_given(target: Target) -> Finding:
    if not target.to_code:
        return todo("fill_in", "to_code")
    if target.to_code_key == target.administration.code_key:
        return problem("same", "to_code", code=target.to_code)
    return ok("ok", code=target.to_code)


def code_pattern(target: Target) -> Finding:
    if not target.to_code:
        return todo("fill_in", "to_code")
    profile = target.profile
    if profile and not profile.fits(target.to_code):
        return problem(
            "unfit",
            "to_code",
            code=target.to_code,
            package=str(profile),
            example=profile.code_example,
        )
    return ok()


def code_in_address(target: Target) -> Finding:
    """With a code of its own for the address, the administratiecode is not in it."""
    if not target.to_code:
        return todo("fill_in", "to_code")
    if target.administration.mail_code:
        return ok("own")
    if not USABLE_IN_ADDRESS.match(target.to_code):
        return problem("unusable", "to_code", code=target.to_code)
    if len(target.to_code) > LONGEST_IN_ADDRESS:
        return problem("long", "to_code", code=target.to_code)
    return ok()


CHECKS = (
    Check(
        "code_given",
        blocking(CODE_TYPES),
        code_given,
        {
            "fill_in": Message(
                _("Fill in the new code"),
                _("Fill it in exactly as it is in the bookkeeping package now."),
            ),
            "same": Message(
                _("That is the present code"),
                _("Fill in another code than %(code)s, or choose another type."),
            ),
            "ok": Message(_("The new code is %(code)s")),
        },
    ),
    Check(
        "code_pattern",
        blocking(CODE_TYPES),
        code_pattern,
        {
            "fill_in": Message(
                _("The code fits the package"), _("Fill in the new code first.")
            ),
            "unfit": Message(
                _("%(package)s has no such codes"),
                _("%(code)s does not fit. A code there looks like %(example)s."),
            ),
            "ok": Message(_("The code fits the package")),
        },
    ),
    Check(
        "code_in_address",
        warning(CODE_TYPES),
        code_in_address,
        {
            "fill_in": Message(
                _("The code in the e-mail address"), _("Fill in the new code first.")
            ),
            "unusable": Message(
                _("The code cannot stand in an e-mail address"),
                _(
                    "Have an administrator give the administration a code of its own "
                    "for the address first."
                ),
            ),
            "long": Message(
                _("The code is long for an e-mail address"),
                _("%(code)s has over 10 characters. Suppliers easily mistype it."),
            ),
            "own": Message(_("The address has a code of its own and stays")),
            "ok": Message(_("The code is usable in the e-mail address")),
        },
    ),
)

AFTERCARE = ("tell_new_address", "check_synchronisation")
