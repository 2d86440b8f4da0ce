"""The tokens of a connection: refreshed under its lock, and stored before use.

A rotating refresh token is gone when the answer was never stored: the package then
refuses the old one, and somebody has to give consent again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from adminmoves.access import WORKER, Actor
from adminmoves.audit import trail
from adminmoves.bookkeeping import oauth as protocol
from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import HttpClient, Sender
from adminmoves.bookkeeping.oauth import REFUSED_AGAIN, OAuth, Tokens, registered
from adminmoves.bookkeeping.record import record_call
from adminmoves.bookkeeping.vault import SealBroken, seal, unseal
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
)
from adminmoves.vocabulary import EventCode, LostGrant, Verdict

REFRESH_BEFORE_END = timedelta(seconds=60)
REFUSALS = frozenset(range(400, 500)) - {408, 429}
MAX_REFUSALS, MAX_REFUSED_TIME = 6, timedelta(hours=1)
"""After as many unexplained refusals, or so long, somebody has to consent again. The
time is longer than any package demands between two renewals."""
EVENTS = {
    LostGrant.REVOKED: EventCode.CONSENT_LOST,
    LostGrant.DISCONNECTED: EventCode.CONNECTION_DISCONNECTED,
}


def needs_consent() -> Q:
    """Connections asked by API without a consent, or where it ended or fails to renew.

    An administrator gives it on the package's own page.
    """
    ended = (
        Q(grant__lost_at__isnull=False)
        | Q(grant__refresh_until__lt=timezone.now())
        | Q(line__trouble_why=FailureReason.RENEWAL_REFUSED)
    )
    asks = Q(demand=BookkeepingConnection.Demand.API)
    return asks & registered() & (Q(grant__isnull=True) | ended)


def cannot_be_asked() -> Q:
    """Connections asked by API that back off now, or need a consent."""
    asks = Q(demand=BookkeepingConnection.Demand.API)
    return needs_consent() | (asks & Q(line__quiet_until__gt=timezone.now()))


class TokenColumns(TypedDict):
    sealed_access: str
    sealed_refresh: NotRequired[str]
    access_until: datetime
    refreshed_at: datetime
    refresh_until: datetime | None


@dataclass(frozen=True, slots=True)
class Client:
    """The portal as OAuth client of one package, for one connection."""

    oauth: OAuth
    identity: tuple[str, str]
    connection: BookkeepingConnection
    calls: list[ConnectionCall] = field(default_factory=list)

    def token(self, http_client: HttpClient, *, stale: bool = False) -> str:
        """Return a valid access token. ``stale``: the package just refused the old one.

        Raises NoAnswer: AUTH_REQUIRED without a valid consent, RATE_LIMITED where the
        package does not give a new token yet.
        """
        grant = ConnectionGrant.objects.filter(connection=self.connection).first()
        if grant is None or grant.lost_at is not None:
            raise NoAnswer(Verdict.AUTH_REQUIRED, FailureReason.NO_CONSENT)
        now = timezone.now()
        if not stale and now < grant.access_until - REFRESH_BEFORE_END:
            return _opened(grant.sealed_access)
        earliest = grant.refreshed_at + self.oauth.earliest_refresh
        if earliest > now:
            if not stale and now < grant.access_until:
                return _opened(grant.sealed_access)
            raise NoAnswer(
                Verdict.RATE_LIMITED, FailureReason.TOO_EARLY, retry_at=earliest
            )
        return self._refresh(http_client, grant)

    def renewed_since(self, moment: datetime) -> bool:
        return ConnectionGrant.objects.filter(
            connection=self.connection, refreshed_at__gte=moment
        ).exists()

    def _refresh(self, http_client: HttpClient, grant: ConnectionGrant) -> str:
        token = _opened(grant.sealed_refresh)
        try:
            with record_call(
                self.calls, self.connection, "token", http_client
            ) as sender:
                tokens = self._renewed(sender, token, grant)
        except NoAnswer as no:
            if no.consent_lost:
                lose(grant, LostGrant.REVOKED)
            raise
        if not _store(grant, self.oauth, tokens):
            raise NoAnswer(Verdict.UNAVAILABLE, FailureReason.REFRESHED_ELSEWHERE)
        return tokens.access

    def _renewed(self, sender: Sender, token: str, grant: ConnectionGrant) -> Tokens:
        try:
            return protocol.refresh(
                sender,
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
    """Whether renewals were refused so often, or for so long, that we give up."""
    refused = ConnectionCall.objects.filter(
        connection=grant.connection,
        endpoint="token",
        at__gt=grant.refreshed_at,
        status__in=REFUSALS,
    )
    long_ago = timezone.now() - MAX_REFUSED_TIME
    return (
        refused.count() >= MAX_REFUSALS - 1 or refused.filter(at__lt=long_ago).exists()
    )


def _store(grant: ConnectionGrant, oauth: OAuth, tokens: Tokens) -> bool:
    """Store new tokens; False where somebody else stored some in the meantime."""
    columns = token_columns(oauth, tokens)
    if not tokens.refresh:
        # The package gave no new refresh token, so the old one stays valid.
        del columns["sealed_refresh"]
    return bool(
        ConnectionGrant.objects.filter(pk=grant.pk, version=grant.version).update(
            version=F("version") + 1, **columns
        )
    )


def token_columns(oauth: OAuth, tokens: Tokens) -> TokenColumns:
    """The columns of a grant for tokens that just came."""
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
    """Delete the tokens of a consent that ended, and record that.

    Does nothing where somebody stored new ones in the meantime.
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
        # The key may be missing by mistake only, so the tokens stay stored.
        raise NoAnswer(Verdict.CONFIG_ERROR, FailureReason.KEY_MISSING) from error
