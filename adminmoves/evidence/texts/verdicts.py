"""The meaning of each verdict, and what helps, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.vocabulary import Look, Package, Verdict

V = Verdict


@dataclass(frozen=True, slots=True)
class Meaning:
    """A verdict in words: what it says and does not say, and what a person can do."""

    look: Look
    head: Promise
    says: Promise
    todo: tuple[Promise, ...] = ()


NOT_SEEN = Look("search-x", "orange")
MEANINGS: Mapping[Verdict, Meaning] = {
    V.FOUND_ACTIVE: Meaning(
        Look("badge-check", "green"),
        _("Found in %(connection)s"),
        _("%(code)s is active there."),
    ),
    V.FOUND_NOT_USABLE: Meaning(
        Look("archive", "amber"),
        _("Found, but not active"),
        _("An administration that is not active cannot receive documents."),
        (_("Have the office make %(code)s active again in the package."),),
    ),
    V.NOT_FOUND_OR_NO_ACCESS: Meaning(
        NOT_SEEN,
        _("Not found, or no access"),
        _(
            "%(connection)s does not show %(code)s. It is not there yet, or our "
            "user may not "
            "see it. We cannot tell which."
        ),
        (_("Ask the office whether the code is exactly %(code)s."),),
    ),
    V.WRONG_ENVIRONMENT: Meaning(
        Look("git-branch", "red"),
        _("Found, but in another environment"),
        _("The administration is in %(seen)s. We asked %(connection)s."),
        (
            _("Is %(connection)s meant? Then the office still has to move it there."),
            _("Is %(seen)s meant? Then choose that connection in the request."),
        ),
    ),
    V.AMBIGUOUS: Meaning(
        Look("copy", "amber"),
        _("Several administrations look like %(code)s"),
        _("The answer does not say which of them it is, so a person decides."),
        (_("Ask the office which one it is, and have a team lead attest it."),),
    ),
    V.OLD_CODE_STILL_SHOWN: Meaning(
        Look("copy", "amber"),
        _("Found, and the old code too"),
        _(
            "%(code)s is active there, but the old code is still in the same list. So "
            "it may be another administration."
        ),
        (_("Ask the office whether the code has really been changed."),),
    ),
    V.AUTH_REQUIRED: Meaning(
        Look("key-round", "orange"),
        _("The connection has no consent"),
        _(
            "The consent for %(connection)s was never given, or has ended. That "
            "does not "
            "pass by itself."
        ),
        (_("Ask an administrator to connect %(connection)s."),),
    ),
    V.RATE_LIMITED: Meaning(
        Look("hourglass", "slate"),
        _("Asked too often, we wait"),
        _("That says nothing about the administration. We ask again by ourselves."),
    ),
    V.UNAVAILABLE: Meaning(
        Look("cloud-off", "slate"),
        _("The package does not answer"),
        _("That says nothing about the administration. We ask again by ourselves."),
    ),
    V.CONFIG_ERROR: Meaning(
        Look("unplug", "slate"),
        _("%(connection)s cannot be asked yet"),
        _(
            "This connection wants an answer of the package itself, and we cannot ask "
            "it yet. That says nothing about the administration."
        ),
        (
            _("Ask an administrator to look at the connection of %(connection)s."),
            _("A team lead can attest in its place, with a reason."),
        ),
    ),
    V.ATTESTED: Meaning(
        Look("file-text", "slate"),
        _("Attested that it was moved"),
        _("Not seen by ourselves in the package."),
    ),
}
NOT_LET_IN = Meaning(
    Look("key-round", "orange"),
    _("The package does not let our user do this"),
    _(
        "The consent for %(connection)s is there, but the package refuses what "
        "we ask with "
        "it. That does not pass by itself."
    ),
    (_("Ask an administrator to look at the connection of %(connection)s."),),
)
OF_THE_USER = frozenset(
    {
        *(
            FailureReason.FORBIDDEN,
            FailureReason.NO_DIVISION_ACCESS,
            FailureReason.USER_BLOCKED,
            FailureReason.USER_INACTIVE,
        ),
        *(
            FailureReason.CUSTOMER_BLOCKED,
            FailureReason.LICENCE_EXPIRED,
            FailureReason.CLAIM_MISSING,
        ),
        *(
            FailureReason.FAULT_102,
            FailureReason.FAULT_104,
            FailureReason.FAULT_105,
            FailureReason.FAULT_106,
        ),
        *(
            FailureReason.FAULT_351,
            FailureReason.FAULT_352,
            FailureReason.FAULT_353,
            FailureReason.TOKEN_REFUSED,
        ),
    }
)
"""Reasons to refuse our user although the consent was not taken back."""
NOT_RECOGNISED = Meaning(
    Look("circle-question-mark", "orange"),
    _("Found, but is it this one?"),
    _(
        "Our record knows another administration at this place, and nothing in the "
        "answer says that it is this one. So a person decides."
    ),
    (_("Have a team lead look in the package and attest it."),),
)
ACCESS: Mapping[Package, tuple[Promise, ...]] = {
    Package.TWINFIELD: (
        _("Have the office give user %(user)s access to the administration."),
    ),
    Package.EXACT_ONLINE: (
        _("Have the office give %(user)s rights on the administration."),
        _("Consent again, and tick the administration on the page of Exact."),
    ),
    Package.UNIT4: (
        _("Have the office add the administration to the groups of %(user)s."),
    ),
    Package.ACCOUNTVIEW: (
        _("Some offices make a new code each year. Ask which code is in use now."),
        _("A new administration is shown later there. It is asked again by itself."),
    ),
}
"""Per package, how an administration becomes visible to our user."""
SECOND_LOOK: Mapping[str, Meaning] = {
    "shown": Meaning(
        NOT_SEEN,
        _("It is there, and our user may not see it"),
        _(
            "The licence of %(connection)s has %(code)s, but does not show it to "
            "%(user)s."
        ),
        ACCESS[Package.EXACT_ONLINE],
    ),
    "absent": Meaning(
        NOT_SEEN,
        _("Not found, or no access"),
        _(
            "%(code)s is not among the administrations of the licence of "
            "%(connection)s. "
            "What was not ticked at the consent is never shown."
        ),
        (
            _("Ask the office whether the code is exactly %(code)s."),
            _("Ask the office whether it was moved to this licence already."),
            _("Consent again, and tick the administration on the page of Exact."),
        ),
    ),
}
"""Per result of ``exact.confirm``, which asks whether the licence has the code."""
NOT_MOVED = _("It is still shown in the old place, so it was probably not moved yet.")
OLD_PLACE: Mapping[str, Promise] = {
    "still_shown": _(
        "It is still shown in the old place too. That holds nothing back, but have a "
        "look whether it was copied."
    ),
    "not_shown": _("It is not shown in the old place any more."),
}
