"""The tokens of a connection: refreshed by one at a time, stored before use.

Whoever refreshes holds the connection's line. A rotating refresh token whose answer
was never stored is gone; the package then refuses the old one, and the grant says
that somebody must consent again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from adminmoves.access import WORKER, Actor
from adminmoves.audit import trail
from adminmoves.bookkeeping import oauth as protocol
from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import Sender, Wire
from adminmoves.bookkeeping.oauth import REFUSED_AGAIN, OAuth, Tokens, registered
from adminmoves.bookkeeping.record import recorded
from adminmoves.bookkeeping.vault import SealBroken, seal, unseal
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
)
from adminmoves.vocabulary import EventCode, LostGrant, Verdict

EARLY = timedelta(seconds=60)
"""So long before its end a token is refreshed."""
REFUSALS = frozenset(range(400, 500)) - {408, 429}
MOST_REFUSED, LONGEST_REFUSED = 6, timedelta(hours=1)
"""Renewals without a cause that passes: as many, or for so long, and somebody is asked
to consent again. Longer than any package wants to wait between two of them."""
EVENTS = {
    LostGrant.REVOKED: EventCode.CONSENT_LOST,
    LostGrant.DISCONNECTED: EventCode.CONNECTION_DISCONNECTED,
}


def needs_consent() -> Q:
    """Connections that a package is asked for and where nobody consented, or where
    the consent ended or is no longer renewed: an administrator gives it on the
    package's own page."""
    ended = (
        Q(grant__lost_at__isnull=False)
        | Q(grant__refresh_until__lt=timezone.now())
        | Q(line__trouble_why=FailureReason.RENEWAL_REFUSED)
    )
    asks = Q(demand=BookkeepingConnection.Demand.API)
    return asks & registered() & (Q(grant__isnull=True) | ended)


def held_up() -> Q:
    """Connections that are to be asked, and are left alone now or need a consent."""
    asks = Q(demand=BookkeepingConnection.Demand.API)
    return needs_consent() | (asks & Q(line__quiet_until__gt=timezone.now()))


@dataclass(frozen=True, slots=True)
class Client:
    """The portal at one package, for one connection."""

    oauth: OAuth
    identity: tuple[str, str]
    connection: BookkeepingConnection
    calls: list[ConnectionCall] = field(default_factory=list)

    def token(self, wire: Wire, *, stale: bool = False) -> str:
        """An access token that holds; ``stale``: the package just refused ours.

        Raises NoAnswer: AUTH_REQUIRED without a consent that holds, RATE_LIMITED
        where the package does not give a new one yet.
        """
        grant = ConnectionGrant.objects.filter(connection=self.connection).first()
        if grant is None or grant.lost_at is not None:
            raise NoAnswer(Verdict.AUTH_REQUIRED, FailureReason.NO_CONSENT)
        now = timezone.now()
        if not stale and now < grant.access_until - EARLY:
            return _opened(grant.sealed_access)
        earliest = grant.refreshed_at + self.oauth.earliest_refresh
        if earliest > now:
            if not stale and now < grant.access_until:
                return _opened(grant.sealed_access)
            raise NoAnswer(
                Verdict.RATE_LIMITED, FailureReason.TOO_EARLY, retry_at=earliest
            )
        return self._refresh(wire, grant)

    def renewed_since(self, moment: datetime) -> bool:
        return ConnectionGrant.objects.filter(
            connection=self.connection, refreshed_at__gte=moment
        ).exists()

    def _refresh(self, wire: Wire, grant: ConnectionGrant) -> str:
        token = _opened(grant.sealed_refresh)
        try:
            with recorded(self.calls, self.connection, "token", wire) as noting:
                tokens = self._renewed(noting, token, grant)
        except NoAnswer as no:
            if no.consent_lost:
                lose(grant, LostGrant.REVOKED)
            raise
        if not _store(grant, self.oauth, tokens):
            raise NoAnswer(Verdict.UNAVAILABLE, FailureReason.REFRESHED_ELSEWHERE)
        return tokens.access

    def _renewed(self, wire: Sender, token: str, grant: ConnectionGrant) -> Tokens:
        try:
            return protocol.refresh(
                wire,
                self.oauth,
                self.identity,
                token=token,
                redirect_uri=grant.redirect_uri,
            )
        except NoAnswer as no:
            if not no.unexplained or not _keeps_failing(grant):
                raise
            again = timezone.now() + REFUSED_AGAIN
            raise NoAnswer(
                Verdict.AUTH_REQUIRED, FailureReason.RENEWAL_REFUSED, retry_at=again
            ) from no


def _keeps_failing(grant: ConnectionGrant) -> bool:
    """Whether renewals were refused so often, or for so long, that none will come."""
    refused = ConnectionCall.objects.filter(
        connection=grant.connection,
        endpoint="token",
        at__gt=grant.refreshed_at,
        status__in=REFUSALS,
    )
    long_ago = timezone.now() - LONGEST_REFUSED
    return (
        refused.count() >= MOST_REFUSED - 1 or refused.filter(at__lt=long_ago).exists()
    )


def _store(grant: ConnectionGrant, oauth: OAuth, tokens: Tokens) -> bool:
    """Keep new tokens; False where another stored meanwhile."""
    facts = facts_of(oauth, tokens)
    if not tokens.refresh:
        del facts["sealed_refresh"]
    return bool(
        ConnectionGrant.objects.filter(pk=grant.pk, version=grant.version).update(
            version=F("version") + 1, **facts
        )
    )


def facts_of(oauth: OAuth, tokens: Tokens) -> dict[str, object]:
    """What is stored of tokens that just came."""
    now = timezone.now()
    life = oauth.refresh_life
    return {
        "sealed_access": seal(tokens.access),
        "sealed_refresh": seal(tokens.refresh),
        "access_until": now + timedelta(seconds=tokens.expires_in),
        "refreshed_at": now,
        "refresh_until": now + life if life else None,
    }


@transaction.atomic
def lose(grant: ConnectionGrant, why: LostGrant, *, actor: Actor = WORKER) -> None:
    """The consent does not hold any more: forget its tokens, on the record.

    Nothing happens where somebody stored other ones meanwhile.
    """
    lost = ConnectionGrant.objects.filter(
        pk=grant.pk, version=grant.version, lost_at=None
    ).update(
        sealed_access="",
        sealed_refresh="",
        lost_at=timezone.now(),
        lost_why=why,
        version=F("version") + 1,
    )
    if lost:
        line = trail.about_connection(grant.connection, EVENTS[why], params={})
        trail.record(actor, [line])


def _opened(sealed: str) -> str:
    try:
        return unseal(sealed)
    except SealBroken as error:
        # The key may only be missing by mistake: the tokens are kept.
        raise NoAnswer(Verdict.CONFIG_ERROR, FailureReason.KEY_MISSING) from error
