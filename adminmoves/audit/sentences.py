"""Writes an event of the trail as a sentence in the language of the reader.

The sentence follows the name of the actor: "Medewerker 1" + "submitted the request".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adminmoves.cleaning import local_time
from adminmoves.models import Event
from adminmoves.rules import reasons
from adminmoves.rules.type_rules import AFTERCARE_LABELS
from adminmoves.vocabulary import (
    EventCode,
    FileTrouble,
    MoveType,
    ProofKind,
    Role,
    StepCode,
    Verdict,
)

E = EventCode

SENTENCES: Mapping[EventCode, Promise] = {
    E.MOVE_DRAFTED: gettext_lazy("started a draft: %(intent)s"),
    E.MOVE_EDITED: gettext_lazy("edited the draft"),
    E.MOVE_TAKEN_OVER: gettext_lazy("took over the draft of %(from)s"),
    E.MOVE_SUBMITTED: gettext_lazy("submitted the request, %(warnings)s"),
    E.MOVE_PROVED: gettext_lazy("accepted the proof: %(kind)s"),
    E.MOVE_APPROVED: gettext_lazy("approved the plan: %(not_before)s, %(warnings)s"),
    E.MOVE_STARTED: gettext_lazy("started the run, attempt %(attempt)s"),
    E.MOVE_COMPLETED: gettext_lazy("completed the migration in attempt %(attempt)s"),
    E.MOVE_REOPENED: gettext_lazy("reopened the request for editing"),
    E.MOVE_SENT_BACK: gettext_lazy("sent the request back with a question"),
    E.MOVE_REJECTED: gettext_lazy("rejected the request"),
    E.MOVE_PROOF_EXPIRED: gettext_lazy("asks for proof again: %(reason)s"),
    E.MOVE_REAPPROVAL_ASKED: gettext_lazy("asks for approval again: %(reason)s"),
    E.MOVE_RESCHEDULED: gettext_lazy("chose another moment: %(not_before)s"),
    E.MOVE_FAILED: gettext_lazy("rolled everything back: %(reason)s"),
    E.MOVE_STOPPED: gettext_lazy("stopped and rolled everything back: %(reason)s"),
    E.MOVE_IN_DOUBT: gettext_lazy("asks a person: %(reason)s"),
    E.MOVE_SETTLED: gettext_lazy("said how it goes on: %(answer)s"),
    E.MOVE_RETRIED: gettext_lazy("queued it again"),
    E.MOVE_WITHDRAWN: gettext_lazy("withdrew the request"),
    E.RUN_TAKEN_OVER: gettext_lazy(
        "%(worker)s went on with attempt %(attempt)s, after silence of %(before)s"
    ),
    E.RUN_STEPS_DONE: gettext_lazy("carried out: %(steps)s"),
    E.RUN_STOP_ASKED: gettext_lazy("asked to stop attempt %(attempt)s"),
    E.EVIDENCE_DIFFERS: gettext_lazy(
        "found that a file of evidence is %(trouble)s; it counts for nothing"
    ),
    E.ARCHIVE_CLEANED: gettext_lazy("removed %(files)s files at the old place"),
    E.PROOF_STORED: gettext_lazy("asked %(connection)s for %(code)s: %(verdict)s"),
    E.PROOF_ATTESTED: gettext_lazy(
        "attested that %(code)s is in %(connection)s since %(moved_on)s"
    ),
    E.COMMENTED: gettext_lazy("wrote"),
    E.AFTERCARE_TICKED: gettext_lazy("%(done)s: %(item)s"),
    E.DOCUMENTS_RECOUNTED: gettext_lazy(
        "counted the documents again: %(before_documents)s became %(after_documents)s"
    ),
    E.ADMINISTRATION_MOVED: gettext_lazy(
        "moved the administration by %(number)s: code %(after_code)s, "
        "address %(after_mail_address)s"
    ),
    E.ADMINISTRATION_CHANGED: gettext_lazy("changed the administration %(subject)s"),
    E.RETIREMENT_ASKED: gettext_lazy("asked to retire %(subject)s"),
    E.BRINGING_BACK_ASKED: gettext_lazy("asked to bring %(subject)s back into use"),
    E.ADMINISTRATION_RETIRED: gettext_lazy("agreed: %(subject)s is retired"),
    E.ADMINISTRATION_BACK: gettext_lazy("agreed: %(subject)s is in use again"),
    E.RETIREMENT_DECLINED: gettext_lazy("declined to retire %(subject)s"),
    E.BRINGING_BACK_DECLINED: gettext_lazy(
        "declined to bring %(subject)s back into use"
    ),
    E.RETIREMENT_WITHDRAWN: gettext_lazy("withdrew the request to retire %(subject)s"),
    E.BRINGING_BACK_WITHDRAWN: gettext_lazy(
        "withdrew the request to bring %(subject)s back into use"
    ),
    E.ENVIRONMENT_CHANGED: gettext_lazy("changed the office %(subject)s"),
    E.CONNECTION_CHANGED: gettext_lazy("changed the connection %(subject)s"),
    E.CONNECTION_CONSENTED: gettext_lazy("connected %(subject)s to the package"),
    E.CONNECTION_DISCONNECTED: gettext_lazy(
        "disconnected %(subject)s from the package"
    ),
    E.CONSENT_LOST: gettext_lazy(
        "was let in no longer by the package of %(subject)s: somebody has to "
        "consent again"
    ),
    E.ESTATE_IMPORTED: gettext_lazy("imported offices, connections, administrations"),
    E.HISTORY_EXPORTED: gettext_lazy("exported the history"),
    E.AUDIT_VERIFIED: gettext_lazy(
        "verified the audit trail: %(events)s events, %(faults)s streams with a fault"
    ),
    E.APPROVAL_LENT: gettext_lazy(
        "lent the right to approve to %(subject)s until %(until)s"
    ),
    E.LOAN_ENDED: gettext_lazy("took back the right to approve from %(subject)s"),
    E.SIGNED_IN: gettext_lazy("signed in"),
    E.SIGN_IN_FAILED: gettext_lazy("could not sign in"),
    E.SIGNED_OUT: gettext_lazy("signed out"),
    E.PERSON_CHANGED: gettext_lazy("changed the account of %(subject)s"),
    E.SETTING_CHANGED: gettext_lazy("changed the setting %(subject)s"),
    E.QUEUE_PAUSED: gettext_lazy("paused the queue"),
    E.QUEUE_RESUMED: gettext_lazy("resumed the queue"),
}


def who(event: Event) -> str:
    """The name of the actor; a machine has that of its role."""
    if event.actor_role in {Role.WORKER, Role.SYSTEM}:
        return str(Role(event.actor_role).label).capitalize()
    return event.actor_name


def sentence(event: Event) -> str:
    """The sentence after the name, with "…" for a parameter that the event lacks."""
    words = _Texts(subject=event.subject, reason=_reason(event.params))
    for name, value in _flat(event.params):
        words[name] = SHOWN.get(name, _plain)(value)
    return str(SENTENCES[EventCode(event.code)]) % words


def quotes(event: Event) -> tuple[str, ...]:
    """The free texts of an event; empty if its words were removed.

    Load ``words`` with select_related, else each event costs a query.
    """
    words = getattr(event, "words", None)
    if words is None:
        return ()
    return tuple(
        str(QUOTES.get(name, QUOTE)) % {"text": text}
        for name, text in words.texts.items()
        if text
    )


QUOTE = gettext_lazy("“%(text)s”")
QUOTES: Mapping[str, Promise] = {
    "said_by": gettext_lazy("Said by %(text)s"),
    "ticket": gettext_lazy("Ticket %(text)s"),
    "urgent": gettext_lazy("Urgent: “%(text)s”"),
    "outside_windows": gettext_lazy("Outside the windows: “%(text)s”"),
    "username": gettext_lazy("User name %(text)s"),
}
"""The label of a free text that is no quotation."""


class _Texts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def _flat(params: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Flatten ``before`` and ``after`` to names such as before_code, after_code."""
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}_{inner}", fact) for inner, fact in value.items())
        else:
            yield name, value


def _reason(params: Mapping[str, object]) -> str:
    reason = reasons.tell(params)
    return reason.sentence if reason else "…"


def _plain(value: object) -> str:
    return "…" if value is None or value == "" else str(value)


def _moment(value: str | None) -> str:
    if not value:
        return "…"
    local = local_time(datetime.fromisoformat(value))
    return f"{date_format(local, 'j F Y')} {local:%H:%M}"


def _end(value: str | None) -> str:
    return _moment(value) if value else _("until further notice")


def _day(value: str | None) -> str:
    return date_format(date.fromisoformat(value), "j F Y") if value else "…"


def _when(value: str | None) -> str:
    if not value:
        return _("as soon as a worker is free")
    return _("not before %(moment)s") % {"moment": _moment(value)}


def _warnings(found: Sequence[object] | None) -> str:
    count = len(found or ())
    if not count:
        return _("without warnings")
    return ngettext("%(n)s warning seen", "%(n)s warnings seen", count) % {"n": count}


def _count(count: int | None) -> str:
    return _("unknown") if count is None else str(count)


def _label(labels: Any) -> Callable[[Any], str]:
    """Return the label of a stored value, or the value if this version lacks it."""
    return lambda value: str(labels(value).label) if value in labels.values else value


def _steps(codes: Sequence[str]) -> str:
    label = _label(StepCode)
    return ", ".join(label(code) for code in codes)


SHOWN: Mapping[str, Callable[[Any], str]] = {
    "not_before": _when,
    "until": _moment,
    "starts_at": _moment,
    "ends_at": _end,
    "weekdays": lambda days: ", ".join(str(WEEKDAYS[day]) for day in days),
    "moved_on": _day,
    "checked_at": _moment,
    "documents_counted_at": _moment,
    "documents": _count,
    "before_documents": _count,
    "documents_unprocessed": _count,
    "documents_awaiting_authorisation": _count,
    "warnings": _warnings,
    "trouble": _label(FileTrouble),
    "verdict": _label(Verdict),
    "kind": _label(ProofKind),
    "intent": _label(MoveType),
    "steps": _steps,
    "item": lambda code: str(AFTERCARE_LABELS.get(code, code)),
    "done": lambda done: _("ticked off") if done else _("unticked"),
    "answer": lambda answer: str(ANSWERS.get(answer, answer)),
}
"""How a parameter is shown; one that is not listed is shown as it is."""

ANSWERS: Mapping[str, Promise] = {
    "done": gettext_lazy("what is written down was done"),
    "not_done": gettext_lazy("the step is done again"),
    "roll_back": gettext_lazy("everything is rolled back"),
}
