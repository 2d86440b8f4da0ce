"""Checks of every migration, whatever it changes (domain.md par. 3)."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
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
    waiting,
    warning,
)
from adminmoves.vocabulary import Moment, Severity

SELF_SERVICE_TYPES = ALL - ENVIRONMENT_TYPES


def moved_in_package(target: Target) -> Finding:
    """The first rule. It holds back approving and starting, not submitting."""
    if target.proof and target.proof.usable:
        return ok(
            "attested" if target.proof.is_attested else "seen", code=target.to_code
        )
    if target.has_statement:
        return ok("stated")
    return waiting("waits", Moment.APPROVE, "proof")


def requester(target: Target) -> Finding:
    parties = target.parties
    if not (parties.requester_name and parties.requester_email):
        missing = "requester_email" if parties.requester_name else "requester_name"
        return todo("who", missing)
    if not parties.requester_ticket:
        return todo("ticket", "requester_ticket")
    return ok("ok", name=parties.requester_name)


def client_informed(target: Target) -> Finding:
    return (
        ok()
        if target.parties.client_informed
        else problem("not_yet", "client_informed")
    )


def awaiting_authorisation(target: Target) -> Finding:
    administration = target.administration
    if not administration.is_counted:
        return problem("unknown", "recount")
    count = administration.documents_awaiting_authorisation
    return problem("some", "recount", count=count) if count else ok()


def unprocessed(target: Target) -> Finding:
    counts = target.administration
    if not counts.is_counted:
        return problem("unknown", "recount")
    # Those that wait for authorisation have a check of their own.
    count = counts.documents_unprocessed - counts.documents_awaiting_authorisation
    return problem("some", "recount", count=count) if count > 0 else ok()


def count_age(target: Target) -> Finding:
    """Measured at the approval once there is one: a planned run keeps its warnings."""
    counted_at = target.administration.documents_counted_at
    if counted_at is None:
        return todo("never", "recount")
    approved_at = target.move.approved_at if target.move else None
    age = (approved_at or timezone.now()) - counted_at
    if age > timedelta(days=settings.PORTAL_COUNT_OLD_DAYS):
        return problem("old", "recount", days=age.days)
    return ok()


def self_service(target: Target) -> Finding:
    profile = target.profile
    return problem("possible") if profile and profile.self_service else ok()


AUTHORISATION = dict.fromkeys(sorted(ENVIRONMENT_TYPES), Severity.BLOCKING) | (
    dict.fromkeys(sorted(ALL - ENVIRONMENT_TYPES), Severity.WARNING)
)

NEVER_COUNTED = _("Count them again with a ticket, or import the counts.")

CHECKS = (
    Check(
        "moved_in_package",
        blocking(ALL),
        moved_in_package,
        {
            "waits": Message(
                _("Waits for the bookkeeping package"),
                _("Move or rename it in the package first. You can submit already."),
            ),
            "seen": Message(_("%(code)s was seen active in the package")),
            "attested": Message(_("Attested that it was moved in the package")),
            "stated": Message(_("Your attestation counts as soon as you submit")),
        },
        fixed=True,
        holds_from=Moment.APPROVE,
    ),
    Check(
        "requester",
        blocking(ALL),
        requester,
        {
            "who": Message(
                _("Who asks for this"),
                _(
                    "Fill in which superuser of the present office asks: "
                    "name and e-mail."
                ),
            ),
            "ticket": Message(
                _("Where is the question written"), _("Fill in the ticket number.")
            ),
            "ok": Message(_("%(name)s asks for this as superuser")),
        },
    ),
    Check(
        "client_informed",
        warning(ALL),
        client_informed,
        {
            "not_yet": Message(
                _("The client does not know yet"),
                _("Tell the client what changes, and tick it in the request."),
            ),
            "ok": Message(_("The client has been informed")),
        },
    ),
    Check(
        "awaiting_authorisation",
        AUTHORISATION,
        awaiting_authorisation,
        {
            "some": Message(
                _("Documents that wait for authorisation: %(count)s"),
                _("Have them authorised or withdrawn, then count again."),
            ),
            "unknown": Message(
                _("Unknown whether documents wait for authorisation"),
                NEVER_COUNTED,
            ),
            "ok": Message(_("No documents wait for authorisation")),
        },
    ),
    Check(
        "unprocessed",
        warning(ALL),
        unprocessed,
        {
            "some": Message(
                _("Documents that are not processed: %(count)s"),
                _("They move along, and stay unprocessed at the new place."),
            ),
            "unknown": Message(
                _("Unknown whether all documents are processed"),
                NEVER_COUNTED,
            ),
            "ok": Message(_("All documents are processed")),
        },
    ),
    Check(
        "count_age",
        warning(ALL),
        count_age,
        {
            "never": Message(_("The documents were never counted"), NEVER_COUNTED),
            "old": Message(
                _("The documents were counted %(days)s days ago"),
                _("Count them again, so that the figures are those of today."),
            ),
            "ok": Message(_("The documents were counted recently")),
        },
    ),
    Check(
        "self_service",
        warning(SELF_SERVICE_TYPES),
        self_service,
        {
            "possible": Message(
                _("The office can do this itself"),
                _("Its superuser can do this at once and at no cost."),
            ),
            "ok": Message(_("The office cannot do this itself")),
        },
    ),
)
