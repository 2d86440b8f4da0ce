"""What each answer of a package means, in words for who waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from adminmoves.models import Proof
from adminmoves.vocabulary import Look, Verdict

V = Verdict


@dataclass(frozen=True, slots=True)
class Meaning:
    """A head, what it says and does not say, and what a person can do."""

    look: Look
    head: Any
    says: Any
    todo: tuple[Any, ...] = ()


MEANINGS: Mapping[Verdict, Meaning] = {
    V.FOUND_ACTIVE: Meaning(
        Look("badge-check", "green"),
        _("Found in %(link)s"),
        _("%(code)s is active there."),
    ),
    V.FOUND_NOT_USABLE: Meaning(
        Look("archive", "amber"),
        _("Found, but not active"),
        _("An administration that is not active cannot receive documents."),
        (_("Have the office make %(code)s active again in the package."),),
    ),
    V.NOT_FOUND_OR_NO_ACCESS: Meaning(
        Look("search-x", "orange"),
        _("Not found, or no access"),
        _(
            "%(link)s does not show %(code)s. It is not there yet, or our user may not "
            "see it. We cannot tell which."
        ),
        (
            _("Ask the office whether the code is exactly %(code)s."),
            _("Have the office give our user access to the administration."),
        ),
    ),
    V.WRONG_ENVIRONMENT: Meaning(
        Look("git-branch", "red"),
        _("Found, but in another environment"),
        _("The administration is in %(seen)s. We asked %(link)s."),
        (
            _("Is %(link)s meant? Then the office still has to move it there."),
            _("Is %(seen)s meant? Then choose that accounting system in the request."),
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
        _("The connection is no longer signed in"),
        _("The permission for %(link)s has ended. That does not pass by itself."),
        (_("Ask an administrator to sign %(link)s in again."),),
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
        _("%(link)s cannot be asked yet"),
        _(
            "This accounting system wants an answer of the package itself, and that "
            "link is not there yet. That says nothing about the administration."
        ),
        (_("A team lead can attest in its place, with a reason."),),
    ),
    V.ATTESTED: Meaning(
        Look("file-text", "slate"),
        _("Attested that it was moved"),
        _("Not seen by ourselves in the package."),
    ),
}
NOT_RECOGNISED = Meaning(
    Look("circle-question-mark", "orange"),
    _("Found, but is it this one?"),
    _(
        "Our record knows another administration at this place, and nothing in the "
        "answer says that it is this one. So a person decides."
    ),
    (_("Have a team lead look in the package and attest it."),),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A meaning with the names of this proof filled in."""

    look: Look
    head: str
    says: str
    todo: tuple[str, ...]


def tell(proof: Proof) -> Told:
    verdict = Verdict(proof.verdict)
    meaning = MEANINGS[verdict] if proof.counts else NOT_RECOGNISED
    names = {
        "link": str(proof.connection),
        "code": proof.code,
        "seen": proof.observed_environment,
    }
    return Told(
        meaning.look,
        str(meaning.head) % names,
        str(meaning.says) % names,
        tuple(str(line) % names for line in meaning.todo),
    )
