"""Django's admin, for who keeps the estate, the people and the settings.

Nothing here is a way round: places, moves, proofs and events are read here, and each
change leaves a line in the trail.
"""

from adminmoves.admin.administrations import AdministrationAdmin
from adminmoves.admin.estate import ConnectionAdmin, EnvironmentAdmin
from adminmoves.admin.people import PersonAdmin
from adminmoves.admin.record import EventAdmin, MoveAdmin, ProofAdmin
from adminmoves.admin.settings import PackageProfileAdmin, SeverityAdmin
from adminmoves.admin.site import site
from adminmoves.admin.windows import FreezeAdmin, WindowAdmin

__all__ = [
    "AdministrationAdmin",
    "ConnectionAdmin",
    "EnvironmentAdmin",
    "EventAdmin",
    "FreezeAdmin",
    "MoveAdmin",
    "PackageProfileAdmin",
    "PersonAdmin",
    "ProofAdmin",
    "SeverityAdmin",
    "WindowAdmin",
    "site",
]
