"""Four eyes with names: who worked on a move, and who can still approve it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from adminmoves.access import Actor, can
from adminmoves.models import ApprovalLoan, Contributor, Move
from adminmoves.models.people import names_apart
from adminmoves.vocabulary import Action, MoveState, Role


@dataclass(frozen=True)
class FourEyesStatus:
    """``is_mine``: the reader worked on it; ``may``: the reader can decide now.

    ``names``: of everybody who worked on it, by their id.
    """

    names: Mapping[int, str]
    is_mine: bool
    may: bool

    @property
    def contributors(self) -> tuple[str, ...]:
        return tuple(self.names.values())

    @cached_property
    def approvers(self) -> tuple[str, ...]:
        return who_can_approve(but=set(self.names))

    @property
    def contributors_text(self) -> str:
        return get_text_list(list(self.contributors), _("and"))

    @property
    def approvers_text(self) -> str:
        return get_text_list(list(self.approvers), _("and"))


def contributors_column() -> ArraySubquery:
    """A column of a move for ``names_of``, in order of arrival."""
    rows = Contributor.objects.filter(move=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        rows.values(
            person=JSONObject(
                id="user_id",
                first_name="user__first_name",
                last_name="user__last_name",
                username="user__username",
            )
        )
    )


def names_of(contributed: Iterable[Mapping[str, object]]) -> dict[int, str]:
    # Unsaved users, for their names alone.
    return names_apart(User(**person) for person in contributed)


def who_worked(move: Move) -> dict[int, str]:
    """Everybody who contributed to any revision, in order of arrival."""
    moves = Move.objects.filter(pk=move.pk)
    return names_of(moves.values_list(contributors_column(), flat=True).get())


def who_can_approve(*, but: set[int]) -> tuple[str, ...]:
    """Leads, and who borrows the right now; without those who worked on the move."""
    borrowers = ApprovalLoan.objects.running().values("borrower_id")
    agent, lead = Role.SUPPORT_AGENT, Role.TEAM_LEAD
    able = (
        User.objects.filter(is_active=True)
        .filter(Q(groups__name=lead) | Q(pk__in=borrowers, groups__name=agent))
        .exclude(pk__in=but)
        .order_by("first_name", "last_name", "username")
        .distinct()
    )
    return tuple(names_apart(able).values())


def load_four_eyes(
    move: Move, actor: Actor, worked: Mapping[int, str] | None = None
) -> FourEyesStatus:
    """``worked``: who did, where that was read with the move; else one query."""
    worked = who_worked(move) if worked is None else worked
    is_mine = actor.user_id in worked
    waits = move.state == MoveState.AWAITING_APPROVAL
    return FourEyesStatus(
        names=worked,
        is_mine=is_mine,
        may=waits and not is_mine and can(actor, Action.APPROVE),
    )
