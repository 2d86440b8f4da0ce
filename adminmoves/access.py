"""Who may do what: one table, read by everything, tested cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from adminmoves.errors import NotAllowed
from adminmoves.models import ApprovalLoan
from adminmoves.vocabulary import Action, Right, Role

R = Role
AGENTS = frozenset({R.SUPPORT_AGENT, R.TEAM_LEAD})
LEADS = frozenset({R.TEAM_LEAD})
WORKERS = frozenset({R.WORKER})
EVERYONE = frozenset({R.SUPPORT_AGENT, R.TEAM_LEAD, R.AUDITOR, R.ADMINISTRATOR})

MAY: Mapping[Action | Right, frozenset[Role]] = {
    Action.SUBMIT: AGENTS,
    Action.PROVE: AGENTS | WORKERS,
    Action.APPROVE: LEADS,
    Action.START: WORKERS,
    Action.FINISH: WORKERS,
    Action.REOPEN: AGENTS,
    Action.SEND_BACK: LEADS,
    Action.REJECT: LEADS,
    Action.EXPIRE_PROOF: WORKERS,
    Action.REAPPROVE: WORKERS,
    Action.RESCHEDULE: LEADS,
    Action.FAIL: WORKERS,
    Action.STOP: WORKERS,
    Action.DOUBT: WORKERS,
    Action.SETTLE: LEADS,
    Action.RETRY: LEADS,
    Action.WITHDRAW: AGENTS,
    Right.DRAFT: AGENTS,
    Right.TAKE_OVER: AGENTS,
    Right.ATTEST: AGENTS,
    Right.OVERRULE_PROOF: LEADS,
    Right.RECOUNT: AGENTS,
    Right.COMMENT: AGENTS,
    Right.STOP_RUN: AGENTS,
    Right.TICK_AFTERCARE: AGENTS,
    Right.LEND_APPROVAL: LEADS,
    Right.READ_EVIDENCE: AGENTS | {R.AUDITOR},
    Right.READ_MOVES: EVERYONE,
    Right.READ_HISTORY: LEADS | {R.AUDITOR, R.ADMINISTRATOR},
    Right.EXPORT_HISTORY: LEADS | {R.AUDITOR, R.ADMINISTRATOR},
    Right.KEEP_ESTATE: frozenset({R.ADMINISTRATOR}),
    Right.READ_OPERATIONS: LEADS | {R.ADMINISTRATOR},
    Right.SWITCH_QUEUE: LEADS | {R.ADMINISTRATOR},
}
LENDABLE = frozenset({Action.APPROVE, Action.SEND_BACK, Action.REJECT})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step: always named, never None, so nothing is allowed by absence."""

    name: str
    role: Role
    user_id: int | None = None
    borrowed: frozenset[Action] = field(default_factory=frozenset)
    request_id: str = ""

    @property
    def person(self) -> int:
        """The user who acts; machines are refused where only people may."""
        if self.user_id is None:
            raise NotAllowed(_("Only a person may do this."))
        return self.user_id


WORKER = Actor(name="worker", role=Role.WORKER)
SYSTEM = Actor(name="system", role=Role.SYSTEM)


def role_of(user: User) -> Role | None:
    """The role of a person: the name of their group. A superuser flag adds none."""
    names = set(user.groups.values_list("name", flat=True)) & set(Role.values)
    return Role(names.pop()) if len(names) == 1 else None


def actor_for(user: User, request_id: str = "") -> Actor:
    """Turn a logged-in user into an actor, with what was lent to them."""
    role = role_of(user)
    if role is None or role in {R.WORKER, R.SYSTEM} or not user.is_active:
        raise NotAllowed(
            _("You have no role in this portal. Ask an administrator for one.")
        )
    lent = ApprovalLoan.objects.running().filter(borrower=user).exists()
    return Actor(
        name=user.get_full_name() or user.get_username(),
        role=role,
        user_id=user.pk,
        borrowed=LENDABLE if lent and role in AGENTS else frozenset(),
        request_id=request_id,
    )


def can(actor: Actor, action: Action | Right) -> bool:
    return actor.role in MAY[action] or action in actor.borrowed


def require(actor: Actor, action: Action | Right) -> None:
    if not can(actor, action):
        helpers = " / ".join(str(role.label) for role in Role if role in MAY[action])
        raise NotAllowed(
            _("As %(role)s you may not do this. A %(helpers)s can help.")
            % {"role": Role(actor.role).label, "helpers": helpers}
        )
