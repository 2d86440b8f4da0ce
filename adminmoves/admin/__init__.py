"""Django's admin, in which administrators keep the estate, people and settings.

Nothing here goes round a rule: places, moves, proofs and events are only read, and each
change writes an event.
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
