"""The rights of each role, in one table, and the actor of a step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from adminmoves.errors import NotAllowed
from adminmoves.models import ApprovalLoan, Preferences
from adminmoves.models.people import display_name, lock_rights
from adminmoves.models.question import KEY, Question
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
    Right.RETIRE: AGENTS,
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
PREFERENCE_FIELDS = ("user_id", "language", "theme", "single_letter_keys")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or machine that takes a step. Never None: absence allows nothing."""

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


@dataclass(frozen=True, slots=True)
class UserContext:
    """The role, loan and preferences of a person at this moment.

    ``preferences``: None until they store some. ``extra``: values of the further
    expressions of ``question``.
    """

    role: Role | None
    has_loan: bool
    preferences: Preferences | None
    extra: tuple[Any, ...]


def question(*extra: Any) -> Question[User]:
    """Groups, loan and preferences in one query, with ``extra`` expressions."""
    loans = ApprovalLoan.objects.running().filter(borrower=OuterRef("pk"))
    rows = User.objects.filter(pk=KEY).values_list(
        ArraySubquery(Group.objects.filter(user=OuterRef("pk")).values("name")),
        Exists(loans),
        "preferences__language",
        "preferences__theme",
        "preferences__single_letter_keys",
        *extra,
    )
    return Question.of(rows)


def user_context_of(user: User, query: Question[User]) -> UserContext:
    """Read for every request, so that a right that is taken away is gone at once."""
    groups, has_loan, language, theme, keys, *extra = query.values(user.pk)
    stored = None
    if language:
        row = (user.pk, language, theme, keys)
        stored = Preferences.from_db(connection.alias, PREFERENCE_FIELDS, row)
    return UserContext(_only_role(groups), has_loan, stored, tuple(extra))


@cache
def _context_query() -> Question[User]:
    return question()


def _only_role(groups: Iterable[str]) -> Role | None:
    """The role among a person's groups; None if there are two. No flag adds one."""
    names = set(groups) & set(Role.values)
    return Role(names.pop()) if len(names) == 1 else None


def role_of(user: User) -> Role | None:
    return _only_role(user.groups.values_list("name", flat=True))


def actor_for(user: User, request_id: str = "") -> Actor:
    """Turn a logged-in user into an actor, with what was lent to them."""
    return actor_in(user_context_of(user, _context_query()), user, request_id)


def actor_in(context: UserContext, user: User, request_id: str = "") -> Actor:
    """The actor of somebody whose context was read already. Raises NotAllowed."""
    role = context.role
    if role is None or role in {R.WORKER, R.SYSTEM} or not user.is_active:
        raise NotAllowed(
            _("You have no role in this portal. Ask an administrator for one.")
        )
    return Actor(
        name=display_name(user),
        role=role,
        user_id=user.pk,
        borrowed=LENDABLE if context.has_loan and role in AGENTS else frozenset(),
        request_id=request_id,
    )


def require_still(actor: Actor) -> None:
    """Raise NotAllowed if the actor lost a role or a loan since the request began.

    Called last in a transaction, after all that it waits for: the rights of the person
    stay locked until it ends.
    """
    if actor.user_id is None:
        return
    lock_rights(actor.user_id)
    # Another statement than the lock, which would not see what it waited for.
    values = _active_context_query().values(actor.user_id)
    groups, has_loan, *_preferences, is_active = values
    lost_loan = actor.borrowed and not has_loan
    if lost_loan or not is_active or _only_role(groups) != actor.role:
        raise NotAllowed(
            _("Your rights were changed meanwhile, so nothing of this was done.")
        )


@cache
def _active_context_query() -> Question[User]:
    return question("is_active")


def approval_counts(approver_id: int, at: datetime) -> bool:
    """Whether the approver is active, and may approve or had the right lent ``at``."""
    loans = ApprovalLoan.objects.filter(
        borrower=approver_id, starts_at__lte=at, ends_at__gt=at, taken_back=None
    )
    may = Q(groups__name__in=MAY[Action.APPROVE]) | Q(Exists(loans))
    return User.objects.filter(may, pk=approver_id, is_active=True).exists()


def can(actor: Actor, action: Action | Right) -> bool:
    return actor.role in MAY[action] or action in actor.borrowed


def require(actor: Actor, action: Action | Right) -> None:
    if not can(actor, action):
        helpers = " / ".join(str(role.label) for role in Role if role in MAY[action])
        raise NotAllowed(
            _("As %(role)s you may not do this. A %(helpers)s can help.")
            % {"role": Role(actor.role).label, "helpers": helpers}
        )
