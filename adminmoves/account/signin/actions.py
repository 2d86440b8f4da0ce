"""Coming in and leaving are lines of the trail, like every other action."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User

from adminmoves.access import SYSTEM, actor_for
from adminmoves.audit import trail
from adminmoves.audit.trail import TrailEntry
from adminmoves.errors import NotAllowed
from adminmoves.vocabulary import EventCode

JOB = "sign_in"


def write_down(user: User, code: EventCode, *, request_id: str) -> None:
    """Record it of that person; somebody without a role is written by the system."""
    try:
        actor = actor_for(user, request_id)
    except NotAllowed:
        actor = replace(SYSTEM, request_id=request_id)
    trail.record(actor, [trail.about_person(user, code)])


def write_down_failure(name: str, *, request_id: str, locked_minutes: int = 0) -> None:
    """``locked_minutes``: of the failure by which the name is locked."""
    told = {"locked_minutes": locked_minutes} if locked_minutes else {}
    line = line_of(name, EventCode.SIGN_IN_FAILED, told)
    trail.record(replace(SYSTEM, request_id=request_id), [line])


def line_of(name: str, code: EventCode, params: Mapping[str, Any]) -> TrailEntry:
    """A wrong password belongs to the person. A name that nobody has is free text:
    it stands apart, since it may be a password in the wrong field."""
    user = User.objects.filter(username=name).first()
    if user is not None:
        return trail.about_person(user, code, params=params)
    words = {"username": name} if name else {}
    return trail.about_job(JOB, code, subject="", params=params, words=words)
