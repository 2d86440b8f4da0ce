"""The status of a connection: one state, with its look and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.oauth import client_of
from adminmoves.bookkeeping.verdict import same
from adminmoves.evidence.texts.failures import remedies_of, why_of
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
)
from adminmoves.vocabulary import Look, Package, Verdict

CONNECTED = (Look("link", "green"), _("Connected"))
NO_LIST = (Look("hourglass", "slate"), _("Connected, no list yet"))
NOT_YET = (Look("unplug", "amber"), _("Nobody consented yet"))
ENDED = (Look("key-round", "orange"), _("Consent ended"))
NEEDED = (Look("key-round", "orange"), _("Consent needed"))
ELSEWHERE = (Look("git-branch", "red"), _("Consent for another one"))
TROUBLE = (Look("cloud-off", "orange"), _("In trouble"))
UNREGISTERED = (Look("unplug", "slate"), _("Portal not registered"))
BY_HAND = (Look("file-text", "slate"), _("Attested by people"))
NOT_LET_IN = _("the package does not let us in")


class Group(models.IntegerChoices):
    """For filters and sorting; the first ones need somebody to act."""

    CONSENT = 0, NEEDED[1]
    ELSEWHERE = 1, ELSEWHERE[1]
    TROUBLE = 2, TROUBLE[1]
    UNREGISTERED = 3, UNREGISTERED[1]
    CONNECTED = 4, CONNECTED[1]
    BY_HAND = 5, BY_HAND[1]


GROUPS = {
    "toestemming": Group.CONSENT,
    "andere": Group.ELSEWHERE,
    "problemen": Group.TROUBLE,
    "niet-geregistreerd": Group.UNREGISTERED,
    "verbonden": Group.CONNECTED,
    "verklaring": Group.BY_HAND,
}
"""By the value in the URL."""


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """``owners``: of the administrations in the list, where a row names one."""

    connection: BookkeepingConnection
    grant: ConnectionGrant | None
    line: ConnectionLine | None
    shown: ConnectionList | None
    owners: Sequence[str] = ()

    @property
    def state(self) -> tuple[Look, Promise]:
        if not self.connection.asks_package:
            return BY_HAND
        if client_of(self.connection) is None:
            return UNREGISTERED
        if self.grant is None:
            return NOT_YET
        return self._consented

    @property
    def _consented(self) -> tuple[Look, Promise]:
        """The state with a consent, which is good only once a list came."""
        if self.ended_at:
            return ENDED
        if self.line and self.line.trouble_why == FailureReason.RENEWAL_REFUSED:
            return NEEDED
        if self.elsewhere:
            return ELSEWHERE
        if self.quiet_until or self.trouble:
            return TROUBLE
        return CONNECTED if self.has_list else NO_LIST

    @property
    def look(self) -> Look:
        return self.state[0]

    @property
    def words(self) -> Promise:
        return self.state[1]

    @property
    def is_connected(self) -> bool:
        return self.grant is not None and self.ended_at is None

    @property
    def can_connect(self) -> bool:
        """Whether the package's own page can be opened."""
        return self.connection.asks_package and client_of(self.connection) is not None

    @property
    def ended_at(self) -> datetime | None:
        """When the consent ended: lost, or not used for too long."""
        if self.grant is None:
            return None
        until = self.grant.refresh_until
        expired = until if until and until < timezone.now() else None
        return self.grant.lost_at or expired

    @property
    def trouble(self) -> str:
        """The verdict that went wrong last; "" once an answer came."""
        return self._in_words(self.line.trouble) if self.line else ""

    @property
    def shows_trouble(self) -> bool:
        """Whether the trouble says more than that there is no consent, which the page
        says already."""
        is_consent = self.line and self.line.trouble_why == FailureReason.NO_CONSENT
        return bool(self.trouble) and (self.is_connected or not is_consent)

    @property
    def why(self) -> str:
        """The reason of the trouble, in words."""
        return why_of(self.line.trouble_why) if self.line else ""

    @property
    def remedies(self) -> tuple[str, ...]:
        if self.line is None:
            return ()
        return remedies_of(self.line.trouble_why, self.connection.package)

    @property
    def is_refused(self) -> bool:
        """Whether the package refuses tokens that we still have."""
        refused = self.line is not None and self.line.trouble == Verdict.AUTH_REQUIRED
        return self.is_connected and refused

    @property
    def one_chain(self) -> bool:
        """Whether a consent ends the earlier ones of the same user, as in Exact."""
        return self.connection.package == Package.EXACT_ONLINE

    @property
    def has_list(self) -> bool:
        """Whether a list came since the newest consent; it may be empty."""
        return self.shown is not None and bool(self.shown.endpoint)

    @property
    def elsewhere(self) -> str:
        """The owner of the list, where that is another one than expected; else ""."""
        if self.shown is None:
            return ""
        owners = (self.shown.observed_environment, *self.owners)
        named = [owner for owner in owners if owner]
        ours = self.connection.package_environment
        return "" if any(same(owner, ours) for owner in named) else "".join(named[:1])

    @property
    def quiet_until(self) -> datetime | None:
        until = self.line.quiet_until if self.line else None
        return until if until and until > timezone.now() else None

    @property
    def quiet_why(self) -> str:
        return self._in_words(self.line.quiet_why) if self.line else ""

    def _in_words(self, verdict: str) -> str:
        if verdict == Verdict.AUTH_REQUIRED and self.is_connected:
            return str(NOT_LET_IN)  # Its consent is there, and may be good.
        return str(Verdict(verdict).label) if verdict else ""


def sharing_user(status: ConnectionStatus) -> QuerySet[BookkeepingConnection]:
    """Other connections with a consent of the same user of the package."""
    own = status.shown.user_id if status.shown else ""
    connection = status.connection
    others = BookkeepingConnection.objects.select_related("environment").filter(
        package=connection.package,
        country=connection.country,
        grant__isnull=False,
        shown__user_id=own,
    )
    return others.exclude(pk=connection.pk) if own else others.none()


def status_of(connection: BookkeepingConnection) -> ConnectionStatus:
    # ``grant``, ``line`` and ``shown`` are absent where there is no such row; the list
    # annotates ``owners`` so that the long rows of ``shown`` stay unread.
    shown = getattr(connection, "shown", None)
    if hasattr(connection, "owners"):
        owners = connection.owners or ()
    else:
        owners = [row["environment"] for row in shown.rows] if shown else ()
    return ConnectionStatus(
        connection,
        getattr(connection, "grant", None),
        getattr(connection, "line", None),
        shown,
        owners,
    )
