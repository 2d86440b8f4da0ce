"""Reasons why a move waits, failed, stopped or is in doubt: a code, and its words.

The code and its parameters stand in ``Move.reason`` and in the trail. A check that
makes a move wait has messages of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from adminmoves.cleaning import local_time
from adminmoves.rules.checks.base import Message
from adminmoves.rules.type_rules import CHECKS_BY_CODE
from adminmoves.vocabulary import MoveType, ProofKind, Verdict

REASONS: Mapping[str, Message] = {
    "proof_too_old": Message(
        gettext_lazy("the attestation is too old"),
        gettext_lazy("Have it attested again that it was moved in the package."),
    ),
    "evidence_changed": Message(
        gettext_lazy("the file of the evidence is no longer what was uploaded"),
        gettext_lazy("Have it attested again, with the file."),
    ),
    "evidence_away": Message(
        gettext_lazy("the folder of the evidence cannot be reached now"),
        gettext_lazy(
            "You need not do anything. It starts by itself when the folder is back; an "
            "administrator can see what is wrong."
        ),
    ),
    "package_not_asked": Message(
        gettext_lazy("the package gave no answer right before the run"),
        gettext_lazy("We ask the package again. You can also have it attested."),
    ),
    "package_does_not_answer": Message(
        gettext_lazy("the package does not answer now: %(verdict)s"),
        gettext_lazy("You need not do anything. We ask again at %(until)s."),
    ),
    "package_busy": Message(
        gettext_lazy("the package is being asked for another request"),
        gettext_lazy("You need not do anything. Its turn comes at %(until)s at most."),
    ),
    "package_asked_now": Message(
        gettext_lazy("the package itself is asked by now, so an attestation is not"),
        gettext_lazy("You need not do anything. We ask the package."),
    ),
    "package_says_otherwise": Message(
        gettext_lazy("the package gives another answer now: %(verdict)s"),
        gettext_lazy("Ask the office whether it was moved in the package."),
    ),
    "approver_gone": Message(
        gettext_lazy("%(who)s, who approved it, may not do that any more"),
        gettext_lazy("Look at it, and decide again."),
    ),
    "plan_changed": Message(
        gettext_lazy("the plan is another one than was approved"),
        gettext_lazy("Look at what changed, and decide again."),
    ),
    "check_holds": Message(
        gettext_lazy("a check holds it back right before the run"),
        gettext_lazy("Solve what holds it back, then decide again."),
    ),
    "new_warning": Message(
        gettext_lazy("there is a warning that nobody has seen yet"),
        gettext_lazy("Look at the warning, and decide again."),
    ),
    "no_progress": Message(
        gettext_lazy("the run was taken over %(takeovers)s times and got no further"),
        gettext_lazy("A team lead says how it goes on."),
    ),
    "plan_changed_while_running": Message(
        gettext_lazy("somebody changed the facts while it ran"),
        gettext_lazy("Run it again. Then everything is checked anew."),
    ),
    "not_alone_at_place": Message(
        gettext_lazy("%(count)s administrations were at the wanted place"),
        gettext_lazy("Move or remove the other one first. Then run it again."),
    ),
    "documents_differ": Message(
        gettext_lazy("there were %(before)s documents and then %(documents)s"),
        gettext_lazy("Count the documents again. Then run it again."),
    ),
    "database_refused": Message(
        gettext_lazy("the database refused the change: %(rule)s"),
        gettext_lazy("Look at the checks. Run it again when all of them pass."),
    ),
    "archive_differs": Message(
        gettext_lazy("the archive had %(before)s documents and then %(after)s"),
        gettext_lazy("Nothing was changed. Run it again."),
    ),
    "archive_damaged": Message(
        gettext_lazy("a document is not what it was when it arrived: %(file)s"),
        gettext_lazy("Have that file restored from a backup. Then run it again."),
    ),
    "copy_differs": Message(
        gettext_lazy("the storage did not return what was written: %(file)s"),
        gettext_lazy("Have the storage looked at. Then run it again."),
    ),
    "store_refused": Message(
        gettext_lazy("the storage refused: %(error)s"),
        gettext_lazy(
            "Have the storage looked at. Then run it again; what was copied is used."
        ),
    ),
    "archive_away": Message(
        gettext_lazy("the archive cannot be reached now"),
        gettext_lazy(
            "You need not do anything. It goes on by itself when the archive is back; "
            "an administrator can see what is wrong."
        ),
    ),
    "stopped_by_person": Message(
        gettext_lazy("%(who)s had it stopped"),
        gettext_lazy("Run it again when nothing is in the way any more."),
    ),
    "rolled_back_by_person": Message(
        gettext_lazy("%(who)s had it rolled back"),
        gettext_lazy("Run it again when nothing is in the way any more."),
    ),
}

FACTS: Mapping[str, Promise] = {
    "administration": pgettext_lazy("fact", "administration"),
    "name": pgettext_lazy("fact", "name"),
    "type": pgettext_lazy("fact", "type"),
    "package": pgettext_lazy("fact", "package"),
    "from": pgettext_lazy("fact", "present place"),
    "from_address": pgettext_lazy("fact", "present address"),
    "to": pgettext_lazy("fact", "wanted place"),
    "to_address": pgettext_lazy("fact", "wanted address"),
    "proof": pgettext_lazy("fact", "kind of proof"),
}
"""Names of the facts of a plan."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in the reader's language; ``details`` name what is behind it."""

    code: str
    sentence: str
    remedy: str
    details: tuple[str, ...] = ()


def tell(stored: Mapping[str, Any]) -> Reason | None:
    """The words for a stored reason; None if none is stored."""
    code = str(stored.get("code", ""))
    if not code:
        return None
    message = _message(code, stored.get("check"))
    words = _words(stored)
    return Reason(
        code=code,
        sentence=str(message.title) % words,
        remedy=str(message.remedy) % words,
        details=tuple(_details(stored)),
    )


def _message(code: str, check: str | None) -> Message:
    """A reason of an earlier version keeps its code, so that people can ask for it."""
    if check is not None and check in CHECKS_BY_CODE:
        return CHECKS_BY_CODE[check].messages.get(code, Message(code))
    return REASONS.get(code, Message(code.replace("%", "%%")))


class _StoredParams(dict[str, Any]):
    """Parameters for a sentence; one that an older version did not store is "…"."""

    def __missing__(self, name: str) -> str:
        return "…"


def _words(stored: Mapping[str, object]) -> _StoredParams:
    words = _StoredParams(stored)
    if (verdict := stored.get("verdict")) in Verdict.values:
        words["verdict"] = Verdict(verdict).label
    if until := parse_datetime(str(stored.get("until", ""))):
        words["until"] = date_format(local_time(until), "H:i")
    return words


def _details(stored: Mapping[str, Any]) -> Iterable[str]:
    for found in stored.get("checks", ()):
        yield check_title(found)
    for name, (before, after) in stored.get("changes", {}).items():
        yield _("%(fact)s: was %(before)s, is now %(after)s") % {
            "fact": FACTS.get(name, name),
            "before": fact_text(name, before),
            "after": fact_text(name, after),
        }


def check_title(found: Mapping[str, Any]) -> str:
    """The title of a check's answer, stored by code, message and parameters."""
    message = _message(str(found.get("say")), found.get("code"))
    words = _StoredParams(found.get("params", {}))
    if words.get("move_type") in MoveType.values:
        words["move_type"] = MoveType(words["move_type"]).label
    return str(message.title) % words


def fact_text(name: str, value: object) -> str:
    """A fact of a plan as people read it; a place as kantoorcode.code (licence)."""
    if isinstance(value, Mapping):
        place = f"{value.get('office', '…')}.{value.get('code', '…')}"
        return f"{place} ({value.get('licence', '…')})"
    labels = {"type": MoveType, "proof": ProofKind}.get(name)
    if labels and value in labels.values:
        return str(labels(value).label)
    return str(value or "…")
