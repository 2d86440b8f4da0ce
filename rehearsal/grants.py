"""Consents and their tokens, as OAuth describes them.

Codes and tokens are kept as fingerprints: the state file holds none of them.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CODE_LIVES = 180  # seconds
MAX_SPENT_STORED = 50


class OAuthRefused(Exception):
    """A refusal in the words of RFC 6749."""

    def __init__(
        self, error: str, description: str, status: int = 400, reason: str = ""
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.reason = reason  # for the header Reason, Exact Online only


@dataclass(frozen=True, slots=True)
class TokenRules:
    """How a package gives its tokens out."""

    lifetime: int  # seconds
    rotates: bool  # whether a refresh token is replaced at each use
    rest: int = 0  # seconds from one access token until the next may be asked
    spent: tuple[int, str] = (400, "invalid_grant")  # to a token that was used before
    one_chain: bool = False  # a consent ends the earlier ones by the same user


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str
    lifetime: int  # seconds
    scope: str


@dataclass(slots=True)
class Grant:
    """One consent: of whom, to which application, and what came of it."""

    id: str
    client_id: str
    organisation: str
    host: str
    scope: str
    user: str
    redirect_uri: str
    code: str
    code_ends: float
    left_out: list[str] = field(default_factory=list)  # ids of administrations
    consented_at: float = 0
    code_used: bool = False
    refresh: str = ""
    spent: list[str] = field(default_factory=list)
    access: dict[str, float] = field(default_factory=dict)  # until when it is valid
    issued_at: float = 0
    revoked: bool = False

    def is_chain_of(self, other: "Grant") -> bool:
        return (self.user, self.host, self.client_id) == (
            other.user,
            other.host,
            other.client_id,
        )


class Grants:
    """All consents. Each change is kept before anybody is told of it."""

    def __init__(
        self,
        grants: list[Grant],
        now: Callable[[], float],
        save: Callable[[], None],
    ) -> None:
        self._grants = grants
        self._now = now
        self._save = save

    def __iter__(self) -> Iterator[Grant]:
        return iter(self._grants)

    def consent(
        self,
        organisation: str,
        *,
        client_id: str,
        host: str,
        scope: str,
        user: str,
        redirect_uri: str,
        left_out: list[str],
    ) -> str:
        """Keep a consent and give its code, to be used once and soon."""
        code = secrets.token_urlsafe(24)
        self._grants.append(
            Grant(
                id=secrets.token_hex(8),
                client_id=client_id,
                organisation=organisation,
                host=host,
                scope=scope,
                user=user,
                redirect_uri=redirect_uri,
                left_out=left_out,
                code=fingerprint(code),
                code_ends=self._now() + CODE_LIVES,
                consented_at=self._now(),
            )
        )
        self._save()
        return code

    def redeem(
        self, code: str, *, client_id: str, redirect_uri: str, rules: TokenRules
    ) -> Tokens:
        """The first tokens of a consent; OAuthRefused for any doubt about the code."""
        grant = self._by(lambda each: each.code == fingerprint(code))
        if grant is None or grant.client_id != client_id or grant.code_used:
            raise OAuthRefused("invalid_grant", "The code is unknown or used.")
        grant.code_used = True
        self._save()
        if grant.revoked or self._now() > grant.code_ends:
            raise OAuthRefused("invalid_grant", "The code is too old.")
        if grant.redirect_uri != redirect_uri:
            raise OAuthRefused("invalid_grant", "The redirect_uri is another one.")
        if rules.one_chain:
            self._end_chain(grant)
        return self._issue(grant, rules, "")

    def renew(self, token: str, *, client_id: str, rules: TokenRules) -> Tokens:
        """Tokens for a refresh token; OAuthRefused when it is spent or too early."""
        grant = self._by(lambda each: each.refresh == fingerprint(token))
        if not token or grant is None or grant.client_id != client_id or grant.revoked:
            raise self._not_valid(token, rules)
        if rules.rest and self._now() < grant.issued_at + rules.rest:
            raise OAuthRefused(
                "access_denied",
                "Rate limit exceeded: access_token not expired",
                reason="TooEarlyToRefreshTokens",
            )
        return self._issue(grant, rules, token)

    def _not_valid(self, token: str, rules: TokenRules) -> OAuthRefused:
        mark = fingerprint(token)
        if any(mark in each.spent and not each.revoked for each in self._grants):
            status, error = rules.spent
            return OAuthRefused(error, "The refresh token was used before.", status)
        return OAuthRefused("invalid_grant", "The refresh token is not valid.")

    def _end_chain(self, newest: Grant) -> None:
        """The earlier consents by this user to this application renew no more."""
        for each in self._grants:
            if each is not newest and each.refresh and each.is_chain_of(newest):
                each.spent = [each.refresh, *each.spent][:MAX_SPENT_STORED]
                each.refresh = ""

    def revoke(self, organisation: str) -> int:
        """Take back every consent of an organisation; how many there were."""
        found = [
            grant
            for grant in self._grants
            if grant.organisation == organisation and not grant.revoked
        ]
        for grant in found:
            grant.revoked = True
            grant.access.clear()
        self._save()
        return len(found)

    def expire(self, organisation: str = "") -> None:
        """Let all access tokens end now, of one organisation or of all."""
        for grant in self._grants:
            if organisation in ("", grant.organisation):
                grant.access.clear()
        self._save()

    def of(self, token: str) -> Grant | None:
        """The consent behind a valid access token."""
        grant = self._by(lambda each: fingerprint(token) in each.access)
        if grant is None or grant.access[fingerprint(token)] <= self._now():
            return None
        return grant

    def behind(self, secret: str) -> Grant | None:
        """The consent that a code or token was ever of, valid or not."""
        mark = fingerprint(secret)
        return self._by(
            lambda each: mark in (each.code, each.refresh, *each.spent, *each.access)
        )

    def _by(self, fits: Callable[[Grant], bool]) -> Grant | None:
        return next((grant for grant in self._grants if fits(grant)), None)

    def _issue(self, grant: Grant, rules: TokenRules, refresh: str) -> Tokens:
        now = self._now()
        if rules.rotates or not refresh:
            refresh = secrets.token_urlsafe(32)
            grant.spent = [grant.refresh, *grant.spent][:MAX_SPENT_STORED]
            grant.refresh = fingerprint(refresh)
        access = secrets.token_urlsafe(32)
        grant.access = {mark: end for mark, end in grant.access.items() if end > now}
        grant.access[fingerprint(access)] = now + rules.lifetime
        grant.issued_at = now
        self._save()
        return Tokens(access, refresh, rules.lifetime, grant.scope)


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
