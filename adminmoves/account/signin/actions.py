"""The entries of the trail about log-in and log-out."""

from collections.abc import Mapping
from dataclasses import replace

from django.contrib.auth.models import User

from adminmoves.access import SYSTEM, actor_for
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.errors import NotAllowed
from adminmoves.vocabulary import EventCode

JOB = "sign_in"


def write_down(user: User, code: EventCode, *, request_id: str) -> None:
    """Record it about that person; about somebody without a role the system does."""
    try:
        actor = actor_for(user, request_id)
    except NotAllowed:
        actor = replace(SYSTEM, request_id=request_id)
    trail.record(actor, [trail.about_person(user, code)])


def write_down_failure(name: str, *, request_id: str, locked_minutes: int = 0) -> None:
    """``locked_minutes``: of the failure by which the name is locked, else 0."""
    params = {"locked_minutes": locked_minutes} if locked_minutes else {}
    entry = entry_about(name, EventCode.SIGN_IN_FAILED, params)
    trail.record(replace(SYSTEM, request_id=request_id), [entry])


def entry_about(name: str, code: EventCode, params: Mapping[str, object]) -> TrailEntry:
    """An entry about the person with that name. A name that nobody has is stored as
    free text, which can be erased: it may be a password in the wrong field."""
    user = User.objects.filter(username=name).first()
    if user is not None:
        return trail.about_person(user, code, params=params)
    words = {"username": name} if name else {}
    return trail.about_job(JOB, code, subject="", params=params, words=words)
