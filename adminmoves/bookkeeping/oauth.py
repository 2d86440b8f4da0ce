"""OAuth 2.0 as the packages speak it (RFC 6749), for the portal as a client.

Each package's addresses and habits stand beside its adapter, with their source.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from adminmoves.bookkeeping.answers import NoAnswer, unreadable
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import HttpAnswer, Request, Sender, page_address
from adminmoves.bookkeeping.refusals import (
    BAD_REQUEST,
    NOT_FOUND,
    OK,
    SERVER_SIDE,
    TOO_MANY,
    UNAUTHORISED,
    is_page,
    retry_after,
    server_fault,
)
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package, Verdict

LONGEST_LIFE = 24 * 3600
REFUSED_CLIENT = frozenset({"invalid_client", "unauthorized_client", "invalid_scope"})
REFUSED_REQUEST = frozenset({"invalid_request", "unsupported_grant_type"})
PASSING = frozenset({"temporarily_unavailable", "server_error"})
LATER = re.compile("tooearly|notexpired|ratelimit|toomany|slowdown|throttl")
"""An error that a wait mends, by the letters of its name, words and ``Reason``."""
DOUBTFUL = re.compile(
    "temporar|tryagain|later|issuedto|anotherclient|redirecturi"
    "|locked|inactive|disabled|suspended|licen[cs]e|maintenance"
)
"""Words of an error that do not say that the consent itself is lost."""
EARLY_AGAIN, REFUSED_AGAIN = timedelta(minutes=2), timedelta(hours=1)
"""Too early is told without a moment; ten refusals in an hour are the most."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Errors that mean something of their own at one package, beside RFC 6749.

    ``used_before``: this refresh token is spent. ``too_early``: ask again later.
    """

    used_before: frozenset[str] = frozenset()
    too_early: frozenset[str] = frozenset()


NO_CAUSE = Cause()


@dataclass(frozen=True, slots=True)
class OAuth:
    """How one package asks for consent and gives tokens.

    ``basic``: id and secret in an Authorization header instead of in the form.
    ``earliest_refresh``: since the last one. ``refresh_life``: of an unused token.
    ``renewal``: what its own errors mean when a token is renewed.
    """

    authorize: str
    token: str
    scope: str = ""
    basic: bool = False
    nonce: bool = False
    earliest_refresh: timedelta = timedelta()
    refresh_life: timedelta | None = None
    renewal: Cause = NO_CAUSE


@dataclass(frozen=True, slots=True)
class Tokens:
    """``refresh`` is empty where the package keeps the old one; lives in seconds."""

    access: str
    refresh: str
    expires_in: int


def client_of(connection: BookkeepingConnection) -> tuple[str, str] | None:
    """Our id and secret at this package, None where we are not registered."""
    name: str = connection.package
    if name == Package.EXACT_ONLINE:
        name = f"{name}_{connection.country or 'NL'}"
    client: tuple[str, str] | None = settings.PORTAL_CLIENTS.get(name)
    return client


def registered() -> Q:
    """The connections that ``client_of`` knows a client for."""
    known = set(settings.PORTAL_CLIENTS)
    exact = f"{Package.EXACT_ONLINE}_"
    countries = {name.removeprefix(exact) for name in known if name.startswith(exact)}
    blank = {""} if "NL" in countries else set()
    return Q(package__in=known - {Package.EXACT_ONLINE}) | Q(
        package=Package.EXACT_ONLINE, country__in=countries | blank
    )


def consent_page(
    oauth: OAuth, client_id: str, *, redirect_uri: str, state: str, nonce: str
) -> str:
    """The address of the package's own page, for a person's browser."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if oauth.scope:
        asked["scope"] = oauth.scope
    if oauth.nonce:
        asked["nonce"] = nonce
    return page_address(f"{oauth.authorize}?{urlencode(asked)}")


def exchange(
    wire: Sender, oauth: OAuth, client: tuple[str, str], *, code: str, redirect_uri: str
) -> Tokens:
    """Tokens for a code that came back from the consent page. Raises NoAnswer."""
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
    }
    return _ask(wire, oauth, client, grant)


def refresh(
    wire: Sender,
    oauth: OAuth,
    client: tuple[str, str],
    *,
    token: str,
    redirect_uri: str,
) -> Tokens:
    """New tokens for a refresh token. Raises NoAnswer; is never asked twice."""
    grant = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "redirect_uri": redirect_uri,
    }
    return _ask(wire, oauth, client, grant, oauth.renewal)


def _ask(
    wire: Sender,
    oauth: OAuth,
    client: tuple[str, str],
    grant: dict[str, str],
    cause: Cause = NO_CAUSE,
) -> Tokens:
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    if oauth.basic:
        pair = base64.b64encode(":".join(client).encode()).decode("ascii")
        headers["Authorization"] = f"Basic {pair}"
    else:
        grant |= {"client_id": client[0], "client_secret": client[1]}
    request = Request("POST", oauth.token, headers, urlencode(grant))
    return read_tokens(wire.send(request), cause)


def read_tokens(answer: HttpAnswer, cause: Cause) -> Tokens:
    """Raises NoAnswer; ``consent_lost`` where nothing but a new consent helps."""
    said = _object_in(answer)
    access, kept = said.get("access_token"), said.get("refresh_token")
    if answer.status != OK or (not access and said.get("error")):
        raise _refusal(answer, said, cause)
    # RFC 6749 A.12; anything else would not fit in a header.
    if not isinstance(access, str) or not re.fullmatch(r"[\x20-\x7e]+", access):
        raise unreadable(FailureReason.NO_TOKEN)
    return Tokens(access, kept if isinstance(kept, str) else "", _life(said))


def _life(said: dict[str, object]) -> int:
    """Exact writes the number as text; what is no number is asked anew soon."""
    try:
        return int(max(0.0, min(float(str(said.get("expires_in"))), LONGEST_LIFE)))
    except ValueError:
        return 0


def _object_in(answer: HttpAnswer) -> dict[str, object]:
    try:
        said = json.loads(answer.text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(answer: HttpAnswer, said: dict[str, object], cause: Cause) -> NoAnswer:
    """By cause: the limits, the package's own trouble, then what the error names.

    What is not known for sure keeps the tokens.
    """
    error = str(said.get("error", "")).strip().lower()
    if answer.status == TOO_MANY:
        soon = retry_after(answer) or timezone.now() + timedelta(minutes=1)
        return NoAnswer(
            Verdict.RATE_LIMITED, FailureReason.TOKENS_LIMITED, retry_at=soon
        )
    if error in cause.too_early or LATER.search(_letters(answer, said)):
        soon = retry_after(answer) or timezone.now() + EARLY_AGAIN
        return NoAnswer(
            Verdict.RATE_LIMITED,
            FailureReason.TOO_EARLY,
            retry_at=soon,
            unexplained=True,
        )
    if answer.status >= SERVER_SIDE:
        return server_fault(answer, FailureReason.TOKEN_ENDPOINT)
    if error:
        return _named(answer, error, cause, sure=_is_sure(answer, said))
    return _nameless(answer)


def _letters(answer: HttpAnswer, said: dict[str, object]) -> str:
    """All that a refusal says of itself, however it is quoted, spaced or written."""
    told = f"{said.get('error')} {said.get('error_description')}"
    words = f"{told} {answer.headers.get('reason')}"
    return re.sub("[^a-z]", "", words.lower())


def _is_sure(answer: HttpAnswer, said: dict[str, object]) -> bool:
    """Whether an error that ends a consent speaks of the consent, and of no wait."""
    doubtful = DOUBTFUL.search(_letters(answer, said))
    return retry_after(answer) is None and doubtful is None


def _named(answer: HttpAnswer, error: str, cause: Cause, *, sure: bool) -> NoAnswer:
    """A refusal with an error of RFC 6749 par. 5.2, or one that a package adds."""
    if error in cause.used_before and sure:
        return NoAnswer(
            Verdict.AUTH_REQUIRED, FailureReason.TOKEN_USED, consent_lost=True
        )
    if error == "invalid_grant" and sure:
        return NoAnswer(
            Verdict.AUTH_REQUIRED, FailureReason.CONSENT_ENDED, consent_lost=True
        )
    if error in REFUSED_CLIENT - cause.used_before:
        return NoAnswer(Verdict.CONFIG_ERROR, FailureReason.CLIENT_REFUSED)
    if error in REFUSED_REQUEST:
        return NoAnswer(Verdict.CONFIG_ERROR, FailureReason.REQUEST_REFUSED)
    return _not_now(answer, unexplained=error not in PASSING)


def _nameless(answer: HttpAnswer) -> NoAnswer:
    """A refusal that names no error: of a front door, or of a package in a hurry."""
    if answer.status == UNAUTHORISED:
        soon = timezone.now() + REFUSED_AGAIN
        return NoAnswer(
            Verdict.AUTH_REQUIRED,
            FailureReason.TOKEN_REFUSED,
            retry_at=soon,
            unexplained=True,
        )
    if answer.status == NOT_FOUND:
        return NoAnswer(Verdict.CONFIG_ERROR, FailureReason.NOT_FOUND)
    if is_page(answer):
        retry_at = retry_after(answer)
        return NoAnswer(Verdict.UNAVAILABLE, FailureReason.HTML, retry_at=retry_at)
    return _not_now(answer, unexplained=answer.status >= BAD_REQUEST)


def _not_now(answer: HttpAnswer, *, unexplained: bool) -> NoAnswer:
    return NoAnswer(
        Verdict.UNAVAILABLE,
        FailureReason.TOKEN_ENDPOINT,
        retry_at=retry_after(answer),
        unexplained=unexplained,
    )
