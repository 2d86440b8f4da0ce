"""Coming in and leaving are lines of the trail, like every other action."""

from dataclasses import replace

from django.contrib.auth.models import User

from adminmoves.access import SYSTEM, actor_for
from adminmoves.audit import trail
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


def write_down_failure(name: str, *, request_id: str) -> None:
    """A wrong password belongs to the person. A name that nobody has is free text:
    it stands apart, since it may be a password in the wrong field."""
    code = EventCode.SIGN_IN_FAILED
    user = User.objects.filter(username=name).first()
    if user is not None:
        line = trail.about_person(user, code)
    else:
        words = {"username": name}
        line = trail.about_job(JOB, code, subject="", params={}, words=words)
    trail.record(replace(SYSTEM, request_id=request_id), [line])
