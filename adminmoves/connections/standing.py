"""How a connection stands: one state, with its look and words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.bookkeeping.oauth import client_of
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
)
from adminmoves.vocabulary import Look, Verdict

CONNECTED = (Look("link", "green"), _("Connected"))
NOT_YET = (Look("unplug", "amber"), _("Nobody consented yet"))
ENDED = (Look("key-round", "orange"), _("Consent ended"))
TROUBLE = (Look("cloud-off", "orange"), _("In trouble"))
UNREGISTERED = (Look("unplug", "slate"), _("Portal not registered"))
BY_HAND = (Look("file-text", "slate"), _("Attested by people"))


@dataclass(frozen=True, slots=True)
class Standing:
    connection: BookkeepingConnection
    grant: ConnectionGrant | None
    line: ConnectionLine | None
    shown: ConnectionList | None

    @property
    def state(self) -> tuple[Look, Promise]:
        if self.connection.demand != BookkeepingConnection.Demand.API:
            return BY_HAND
        if self.grant is None:
            return NOT_YET if client_of(self.connection) else UNREGISTERED
        if self.grant.lost_at is not None:
            return ENDED
        return TROUBLE if self.quiet_until else CONNECTED

    @property
    def look(self) -> Look:
        return self.state[0]

    @property
    def words(self) -> Promise:
        return self.state[1]

    @property
    def is_connected(self) -> bool:
        return self.grant is not None and self.grant.lost_at is None

    @property
    def can_connect(self) -> bool:
        """Whether the package's own page can be opened."""
        asks = self.connection.demand == BookkeepingConnection.Demand.API
        return asks and client_of(self.connection) is not None

    @property
    def quiet_until(self) -> datetime | None:
        until = self.line.quiet_until if self.line else None
        return until if until and until > timezone.now() else None

    @property
    def quiet_why(self) -> str:
        return Verdict(self.line.quiet_why).label if self.line else ""


def standing_of(connection: BookkeepingConnection) -> Standing:
    """Reads what was selected along; costs no query after ``with_standing``."""
    return Standing(
        connection,
        getattr(connection, "grant", None),
        getattr(connection, "line", None),
        getattr(connection, "shown", None),
    )
