"""Before the first move: what has to be there, and what is there already."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from adminmoves.models import (
    Administration,
    BookkeepingConnection,
    Environment,
    Move,
)
from adminmoves.vocabulary import Package, Role
from adminmoves.web.lists import CAP

ENOUGH_LEADS = 2


@dataclass(frozen=True, slots=True)
class FirstRun:
    offices: int
    administrations: int
    packages: tuple[str, ...]
    leads: int

    @property
    def has_enough_leads(self) -> bool:
        return self.leads >= ENOUGH_LEADS

    @property
    def shown(self) -> int:
        return min(self.administrations, CAP)

    @property
    def has_more(self) -> bool:
        return self.administrations > CAP


def first_run() -> FirstRun | None:
    """What a first request needs; None once there is any move."""
    if Move.objects.exists():
        return None
    connections = BookkeepingConnection.objects.filter(is_active=True)
    connected = set(connections.values_list("package", flat=True).distinct())
    return FirstRun(
        offices=Environment.objects.count(),
        administrations=Administration.objects.in_use().order_by()[: CAP + 1].count(),
        packages=tuple(package.label for package in Package if package in connected),
        leads=User.objects.filter(groups__name=Role.TEAM_LEAD, is_active=True).count(),
    )
