"""One asks, another decides; everything is looked at again under the lock."""

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
    administration = _lock_administration(administration_id)
    if waiting := administration.retirements.waiting().first():
        raise StepRefused(_asked_already(waiting))
    _require_possible(administration, kind)
    asked = Retirement(
        administration=administration,
        kind=kind,
        reason=reason.strip(),
        requested_by_id=actor.person,
    )
    _save(asked)
    _record(asked, actor, {"reason": asked.reason})
    return asked


@transaction.atomic
def approve_retirement(retirement_id: int, *, actor: Actor) -> Retirement:
    """Do what was asked, if nothing is in the way.

    Raises NotAllowed, FourEyes, StepRefused (decided meanwhile), DomainError.
    """
    access.require(actor, Action.APPROVE)
    asked = _lock_waiting(retirement_id)
    _require_another(asked, actor)
    _require_possible(asked.administration, RetirementKind(asked.kind))
    return _decide(asked, Outcome.APPROVED, actor)


@transaction.atomic
def decline_retirement(retirement_id: int, *, actor: Actor, reason: str) -> Retirement:
    access.require(actor, Action.REJECT)
    if not reason.strip():
        raise DomainError(_("Write the reason, so that the agent can act on it."))
    asked = _lock_waiting(retirement_id)
    _require_another(asked, actor)
    return _decide(asked, Outcome.DECLINED, actor, {"reason": reason.strip()})


@transaction.atomic
def withdraw_retirement(retirement_id: int, *, actor: Actor) -> Retirement:
    """Any agent may, since the one who asked may be away."""
    access.require(actor, Right.RETIRE)
    return _decide(_lock_waiting(retirement_id), Outcome.WITHDRAWN, actor)


def _decide(
    asked: Retirement,
    outcome: RetirementOutcome,
    actor: Actor,
    words: Mapping[str, str] | None = None,
) -> Retirement:
    asked.outcome = outcome
    asked.decided_by_id, asked.decided_at = actor.person, timezone.now()
    _save(asked)
    _record(asked, actor, words or {})
    return asked


def _lock_administration(administration_id: int) -> Administration:
    """FOR UPDATE: no move of it is submitted meanwhile, and no file changes it."""
    locked = Administration.objects.with_place().select_for_update(of=("self",))
    return locked.get(pk=administration_id)


def _lock_waiting(retirement_id: int) -> Retirement:
    """The administration first, as the database does."""
    known = Retirement.objects.get(pk=retirement_id)
    administration = _lock_administration(known.administration_id)
    asked = Retirement.objects.select_for_update(of=("self",)).get(pk=retirement_id)
    if not asked.is_waiting:
        raise StepRefused(_decided_already(asked))
    asked.administration = administration
    return asked


def _require_another(asked: Retirement, actor: Actor) -> None:
    if asked.requested_by_id == actor.person:
        raise FourEyes(_("You asked for this, so another team lead decides on it."))


def _require_possible(administration: Administration, kind: RetirementKind) -> None:
    if found := obstacles(administration, kind):
        raise DomainError(" ".join(one.sentence for one in found))


def _save(asked: Retirement) -> None:
    try:
        asked.save()
    except DatabaseError as refused:
        raise lifecycle.refusal_of_database(refused) from refused


def _record(asked: Retirement, actor: Actor, words: Mapping[str, str]) -> None:
    line = trail.about_administration(
        asked.administration,
        EVENTS[asked.kind, asked.outcome],
        params={"retirement": asked.pk},
        words=words,
    )
    trail.record(actor, [line])


def _asked_already(waiting: Retirement) -> str:
    sentence = _("%(who)s asked this already, at %(when)s. A team lead decides on it.")
    return sentence % {
        "who": waiting.requested_by.get_full_name()
        or waiting.requested_by.get_username(),
        "when": _moment(waiting.requested_at),
    }


def _decided_already(asked: Retirement) -> str:
    decider = asked.decided_by
    sentence = _("%(who)s decided this already, at %(when)s: %(outcome)s.")
    return sentence % {
        "who": decider and (decider.get_full_name() or decider.get_username()),
        "when": _moment(asked.decided_at),
        "outcome": asked.get_outcome_display(),
    }


def _moment(moment: datetime | None) -> str:
    local = timezone.localtime(moment)
    return formats.date_format(local, "DATETIME_FORMAT")
