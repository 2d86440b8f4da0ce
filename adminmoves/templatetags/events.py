"""Icons, tones, facts and sentences of events."""

from collections.abc import Mapping

from django import template

from adminmoves.audit import details, sentences
from adminmoves.models import Event
from adminmoves.vocabulary import EventCode, Look

register = template.Library()

E = EventCode
PLAIN = Look("dot", "grey")
EVENT_LOOKS: Mapping[EventCode, Look] = {
    E.MOVE_DRAFTED: Look("pencil-line", "grey"),
    E.MOVE_EDITED: Look("pencil-line", "grey"),
    E.MOVE_TAKEN_OVER: Look("user", "grey"),
    E.MOVE_SUBMITTED: Look("plus", "grey"),
    E.MOVE_PROVED: Look("badge-check", "green"),
    E.MOVE_APPROVED: Look("user-check", "green"),
    E.MOVE_STARTED: Look("play", "blue"),
    E.MOVE_COMPLETED: Look("check", "green"),
    E.MOVE_REOPENED: Look("pencil-line", "orange"),
    E.MOVE_SENT_BACK: Look("undo-2", "orange"),
    E.MOVE_REJECTED: Look("x", "grey"),
    E.MOVE_PROOF_EXPIRED: Look("book-open-check", "slate"),
    E.MOVE_REAPPROVAL_ASKED: Look("user-check", "amber"),
    E.MOVE_RESCHEDULED: Look("calendar-clock", "slate"),
    E.MOVE_FAILED: Look("triangle-alert", "red"),
    E.MOVE_STOPPED: Look("rotate-ccw", "purple"),
    E.MOVE_IN_DOUBT: Look("circle-question-mark", "orange"),
    E.MOVE_SETTLED: Look("circle-check", "orange"),
    E.MOVE_RETRIED: Look("rotate-cw", "slate"),
    E.MOVE_WITHDRAWN: Look("ban", "grey"),
    E.RUN_TAKEN_OVER: Look("refresh-cw", "blue"),
    E.RUN_STEPS_DONE: Look("list-checks", "blue"),
    E.PROOF_STORED: Look("plug", "slate"),
    E.PROOF_ATTESTED: Look("file-text", "slate"),
    E.COMMENTED: Look("message-square", "grey"),
    E.AFTERCARE_TICKED: Look("check", "grey"),
    E.RUN_STOP_ASKED: Look("rotate-ccw", "purple"),
    E.EVIDENCE_DIFFERS: Look("triangle-alert", "red"),
    E.ARCHIVE_CLEANED: Look("trash-2", "grey"),
    E.DOCUMENTS_RECOUNTED: Look("calculator", "grey"),
    E.ADMINISTRATION_MOVED: Look("arrow-right-left", "green"),
    E.RETIREMENT_ASKED: Look("archive", "slate"),
    E.BRINGING_BACK_ASKED: Look("archive", "slate"),
    E.ADMINISTRATION_RETIRED: Look("archive", "grey"),
    E.ADMINISTRATION_BACK: Look("rotate-ccw", "green"),
    E.RETIREMENT_DECLINED: Look("x", "grey"),
    E.BRINGING_BACK_DECLINED: Look("x", "grey"),
    E.RETIREMENT_WITHDRAWN: Look("ban", "grey"),
    E.BRINGING_BACK_WITHDRAWN: Look("ban", "grey"),
    E.HISTORY_EXPORTED: Look("download", "grey"),
    E.CONNECTION_CONSENTED: Look("link", "green"),
    E.CONNECTION_DISCONNECTED: Look("unlink", "grey"),
    E.CONSENT_LOST: Look("key-round", "orange"),
    E.AUDIT_VERIFIED: Look("shield-check", "green"),
    E.SIGNED_IN: Look("log-in", "grey"),
    E.SIGNED_OUT: Look("log-out", "grey"),
    E.SIGN_IN_FAILED: Look("triangle-alert", "amber"),
}


@register.simple_tag
def event_facts(event: Event) -> list[details.Fact]:
    """Its facts besides its sentence."""
    return details.details(event)


@register.simple_tag
def event_look(event: Event) -> Look:
    """Its icon and tone; a grey dot for a code without one."""
    return EVENT_LOOKS.get(EventCode(event.code), PLAIN)


register.filter("who", sentences.who)
register.filter("sentence", sentences.sentence)
register.filter("quotes", sentences.quotes)
