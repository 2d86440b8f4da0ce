"""One person asks to retire an administration or to bring it back, another decides.

Whatever the page showed is looked at again under the lock.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from adminmoves import access, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import DomainError, FourEyes, StepRefused
from adminmoves.models import Administration, Retirement
from adminmoves.models.people import display_name
from adminmoves.retirement.obstacles import obstacles
from adminmoves.vocabulary import (
    Action,
    EventCode,
    RetirementKind,
    RetirementOutcome,
    Right,
)

E, K = EventCode, RetirementKind
Outcome = RetirementOutcome
EVENTS: Mapping[tuple[str, str], EventCode] = {
    (K.RETIRE, Outcome.WAITING): E.RETIREMENT_ASKED,
    (K.RETIRE, Outcome.APPROVED): E.ADMINISTRATION_RETIRED,
    (K.RETIRE, Outcome.DECLINED): E.RETIREMENT_DECLINED,
    (K.RETIRE, Outcome.WITHDRAWN): E.RETIREMENT_WITHDRAWN,
    (K.BRING_BACK, Outcome.WAITING): E.BRINGING_BACK_ASKED,
    (K.BRING_BACK, Outcome.APPROVED): E.ADMINISTRATION_BACK,
    (K.BRING_BACK, Outcome.DECLINED): E.BRINGING_BACK_DECLINED,
    (K.BRING_BACK, Outcome.WITHDRAWN): E.BRINGING_BACK_WITHDRAWN,
}


@transaction.atomic
def ask_retirement(
    administration_id: int, kind: RetirementKind, *, actor: Actor, reason: str
) -> Retirement:
    """Ask to retire an administration, or to bring it back; a team lead decides.

    Raises NotAllowed, DomainError (no reason, or something is in the way),
    StepRefused (somebody asked already).
    """
    access.require(actor, Right.RETIRE)
    if not reason.strip():
        raise DomainError(_("Write the reason: it stays with the administration."))
    # Locked before the look, so that no move is submitted between it and the row.
    administration = _lock_administration(administration_id)
    if waiting := administration.retirements.waiting().first():
        raise StepRefused(_already_asked_message(waiting))
    _require_no_obstacles(administration, kind)
    retirement = Retirement(
        administration=administration,
        kind=kind,
        reason=reason.strip(),
        requested_by_id=actor.person,
    )
    _save(retirement)
    _record(retirement, actor, {"reason": retirement.reason})
    return retirement


@transaction.atomic
def approve_retirement(retirement_id: int, *, actor: Actor) -> Retirement:
    """Retire the administration or bring it back, whichever was asked.

    Raises NotAllowed, FourEyes, StepRefused (decided meanwhile), DomainError.
    """
    access.require(actor, Action.APPROVE)
    retirement = _lock_waiting(retirement_id)
    _require_four_eyes(retirement, actor)
    kind = RetirementKind(retirement.kind)
    _require_no_obstacles(retirement.administration, kind)
    return _decide(retirement, Outcome.APPROVED, actor)


@transaction.atomic
def decline_retirement(retirement_id: int, *, actor: Actor, reason: str) -> Retirement:
    """Raises NotAllowed, FourEyes, StepRefused, DomainError (no reason)."""
    access.require(actor, Action.REJECT)
    if not reason.strip():
        raise DomainError(_("Write the reason, so that the agent can act on it."))
    retirement = _lock_waiting(retirement_id)
    _require_four_eyes(retirement, actor)
    return _decide(retirement, Outcome.DECLINED, actor, {"reason": reason.strip()})


@transaction.atomic
def withdraw_retirement(retirement_id: int, *, actor: Actor) -> Retirement:
    """Any agent may, since the one who asked may be away.

    Raises NotAllowed, StepRefused.
    """
    access.require(actor, Right.RETIRE)
    return _decide(_lock_waiting(retirement_id), Outcome.WITHDRAWN, actor)


def _decide(
    retirement: Retirement,
    outcome: RetirementOutcome,
    actor: Actor,
    words: Mapping[str, str] | None = None,
) -> Retirement:
    retirement.outcome = outcome
    retirement.decided_by_id, retirement.decided_at = actor.person, timezone.now()
    # If it is approved, a trigger changes the administration with it.
    _save(retirement)
    _record(retirement, actor, words or {})
    return retirement


def _lock_administration(administration_id: int) -> Administration:
    """Lock it: until the transaction ends no move of it is submitted, and no import
    changes it."""
    administrations = Administration.objects.with_place()
    return administrations.select_for_update(of=("self",)).get(pk=administration_id)


def _lock_waiting(retirement_id: int) -> Retirement:
    unlocked = Retirement.objects.get(pk=retirement_id)
    # The administration first, as in the request itself, so that there is no deadlock.
    administration = _lock_administration(unlocked.administration_id)
    locked = Retirement.objects.select_for_update(of=("self",)).get(pk=retirement_id)
    if not locked.is_waiting:
        raise StepRefused(_already_decided_message(locked))
    locked.administration = administration
    return locked


def _require_four_eyes(retirement: Retirement, actor: Actor) -> None:
    if retirement.requested_by_id == actor.person:
        raise FourEyes(_("You asked for this, so another team lead decides on it."))


def _require_no_obstacles(administration: Administration, kind: RetirementKind) -> None:
    if found := obstacles(administration, kind):
        raise DomainError(" ".join(obstacle.sentence for obstacle in found))


def _save(retirement: Retirement) -> None:
    """Raises RuleHeld."""
    try:
        retirement.save()
    except DatabaseError as error:
        raise lifecycle.refusal_of_database(error) from error


def _record(retirement: Retirement, actor: Actor, words: Mapping[str, str]) -> None:
    entry = trail.about_administration(
        retirement.administration,
        EVENTS[retirement.kind, retirement.outcome],
        params={"retirement": retirement.pk},
        words=words,
    )
    trail.record(actor, [entry])


def _already_asked_message(waiting: Retirement) -> str:
    sentence = _("%(who)s asked this already, at %(when)s. A team lead decides on it.")
    return sentence % {
        "who": display_name(waiting.requested_by),
        "when": _moment(waiting.requested_at),
    }


def _already_decided_message(retirement: Retirement) -> str:
    decider = retirement.decided_by
    sentence = _("%(who)s decided this already, at %(when)s: %(outcome)s.")
    return sentence % {
        "who": decider and display_name(decider),
        "when": _moment(retirement.decided_at),
        "outcome": retirement.get_outcome_display(),
    }


def _moment(moment: datetime | None) -> str:
    local = timezone.localtime(moment)
    return formats.date_format(local, "DATETIME_FORMAT")
