"""Priority and window override: two things that a lead grants a run, with a reason."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from adminmoves.errors import DomainError
from adminmoves.models import Move

URGENT_NEEDS_REASON = _("Say why it is urgent.")
OVERRIDE_NEEDS_REASON = _("Say why it may run outside the window.")


@dataclass(frozen=True, slots=True)
class Priority:
    """An urgent run goes before the others of its offices."""

    urgent: bool = False
    reason: str = ""

    def lacks_reason(self, move: Move) -> bool:
        # The reason that was given with an earlier decision still counts.
        return self.urgent and not move.urgent and not self.reason.strip()


@dataclass(frozen=True, slots=True)
class WindowOverride:
    """An allowed run may start outside the windows of its offices."""

    allowed: bool = False
    reason: str = ""

    def lacks_reason(self, move: Move) -> bool:
        return self.allowed and not move.outside_windows and not self.reason.strip()


NO_PRIORITY = Priority()
NO_OVERRIDE = WindowOverride()


def require_reasons(
    move: Move, priority: Priority, window_override: WindowOverride
) -> None:
    if priority.lacks_reason(move):
        raise DomainError(str(URGENT_NEEDS_REASON))
    if window_override.lacks_reason(move):
        raise DomainError(str(OVERRIDE_NEEDS_REASON))


def changed_params(
    move: Move, priority: Priority, window_override: WindowOverride
) -> dict[str, bool]:
    """For the trail, which names only what differs from before."""
    params = {}
    if priority.urgent != move.urgent:
        params["urgent"] = priority.urgent
    if window_override.allowed != move.outside_windows:
        params["outside_windows"] = window_override.allowed
    return params


def reason_words(priority: Priority, window_override: WindowOverride) -> dict[str, str]:
    """For the trail; a reason that came without its tick says nothing."""
    return {
        "urgent": priority.reason if priority.urgent else "",
        "outside_windows": window_override.reason if window_override.allowed else "",
    }
