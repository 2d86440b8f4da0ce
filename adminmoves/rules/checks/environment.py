"""The administration goes to another office: types 1 and 4 (domain.md par. 3 and 4)."""

from django.utils.translation import gettext_lazy as _

from adminmoves.rules.checks.base import (
    ALL,
    ENVIRONMENT_TYPES,
    Check,
    Finding,
    Message,
    Target,
    blocking,
    ok,
    problem,
    todo,
)
from adminmoves.vocabulary import Subscription


def target_environment(target: Target) -> Finding:
    if target.to_environment is None:
        return todo("choose", "to_environment")
    same = target.to_environment.pk == target.administration.environment_id
    if target.intent in ENVIRONMENT_TYPES and same:
        return problem("same", "to_environment", office=str(target.to_environment))
    if target.intent not in ENVIRONMENT_TYPES and not same:
        return problem("differs", "to_connection", office=str(target.to_environment))
    return ok("moves" if target.intent in ENVIRONMENT_TYPES else "stays")


def target_subscription(target: Target) -> Finding:
    office = target.to_environment
    if office is None:
        return todo("choose", "to_environment")
    if not office.is_active:
        return problem("inactive", "to_environment", office=str(office))
    if office.subscription != Subscription.PREMIUM:
        return problem("unpaid", "to_environment", office=str(office))
    return ok()


def consent(target: Target) -> Finding:
    parties = target.parties
    if not (parties.consent_name and parties.consent_email):
        missing = "consent_email" if parties.consent_name else "consent_name"
        return todo("who", missing)
    if parties.consent_on is None or not parties.consent_ticket:
        return todo("when", "consent_ticket" if parties.consent_on else "consent_on")
    if not parties.consent_accepts_costs:
        return todo("costs", "consent_accepts_costs")
    return ok("ok", name=parties.consent_name)


CHECKS = (
    Check(
        "target_environment",
        blocking(ALL),
        target_environment,
        {
            "choose": Message(
                _("Choose the new office"),
                _("Choose the office that receives the administration."),
            ),
            "same": Message(
                _("The administration is in that office already"),
                _("Choose another office than %(office)s, or another type."),
            ),
            "differs": Message(
                _("With this type the office stays the same"),
                _("Choose a connection of the present office, or another type."),
            ),
            "moves": Message(_("The new office differs from the present one")),
            "stays": Message(_("The office stays the same")),
        },
    ),
    Check(
        "target_subscription",
        blocking(ENVIRONMENT_TYPES),
        target_subscription,
        {
            "choose": Message(
                _("Subscription of the new office"), _("Choose the new office first.")
            ),
            "inactive": Message(
                _("The new office is not active"),
                _("Have %(office)s activated first, or choose another office."),
            ),
            "unpaid": Message(
                _("The new office has a trial subscription"),
                _("%(office)s needs a paid subscription (Premium) first."),
            ),
            "ok": Message(_("The new office is active and has a paid subscription")),
        },
    ),
    Check(
        "consent",
        blocking(ENVIRONMENT_TYPES),
        consent,
        {
            "who": Message(
                _("Consent of the new office"),
                _(
                    "Fill in which superuser of the new office consents: "
                    "name and e-mail."
                ),
            ),
            "when": Message(
                _("Consent: when, and where is it written"),
                _("Fill in the date and the ticket number."),
            ),
            "costs": Message(
                _("Terms and costs accepted"),
                _("Confirm that the new office accepts the terms and costs."),
            ),
            "ok": Message(_("The new office consents, with terms and costs")),
        },
    ),
)

AFTERCARE = (
    "tell_new_address",
    "create_users",
    "rebuild_authorisation",
    "link_package_users",
    "check_synchronisation",
    "test_booking",
    "check_invoicing",
    "delete_left_over_users",
)
