"""What a lead lets a move do: go first, or run outside the windows of its offices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.errors import DomainError
from adminmoves.models import Move

ASK_WHY: Mapping[str, Promise] = {
    "urgent": _("Say why it is urgent."),
    "outside_windows": _("Say why it may run outside the window."),
}


@dataclass(frozen=True, slots=True)
class Priority:
    """``reasons`` by the name of what they are for."""

    urgent: bool = False
    outside_windows: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)

    def without_reason(self, move: Move) -> list[str]:
        """What is new for this move and has no reason."""
        return [
            name
            for name in ASK_WHY
            if getattr(self, name)
            and not getattr(move, name)
            and not self.reasons.get(name, "").strip()
        ]

    def require_reasons(self, move: Move) -> None:
        if unsaid := self.without_reason(move):
            raise DomainError(str(ASK_WHY[unsaid[0]]))

    def changes(self, move: Move) -> dict[str, bool]:
        """What the trail tells of it."""
        chosen = {name: bool(getattr(self, name)) for name in ASK_WHY}
        return {
            name: is_so
            for name, is_so in chosen.items()
            if is_so != getattr(move, name)
        }

    def words(self) -> dict[str, str]:
        """The reasons of what was chosen."""
        return {
            name: self.reasons.get(name, "") for name in ASK_WHY if getattr(self, name)
        }


NO_PRIORITY = Priority()
