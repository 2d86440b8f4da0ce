"""OAuth 2.0 (RFC 6749) with the portal as the client.

The addresses and deviations of a package are in its adapter, with their source.
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
from adminmoves.bookkeeping.http_status import (
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

MAX_TOKEN_SECONDS = 24 * 3600
REFUSED_CLIENT = frozenset({"invalid_client", "unauthorized_client", "invalid_scope"})
REFUSED_REQUEST = frozenset({"invalid_request", "unsupported_grant_type"})
PASSING = frozenset({"temporarily_unavailable", "server_error"})
LATER = re.compile("tooearly|notexpired|ratelimit|toomany|slowdown|throttl")
"""An error that passes by waiting, in the letters of its name, words and ``Reason``."""
DOUBTFUL = re.compile(
    "temporar|tryagain|later|issuedto|anotherclient|redirecturi"
    "|locked|inactive|disabled|suspended|licen[cs]e|maintenance"
)
"""An error with these words does not say for sure that the consent is lost."""
EARLY_AGAIN, REFUSED_AGAIN = timedelta(minutes=2), timedelta(hours=1)
"""Too early comes without a moment. Exact blocks after ten refusals in an hour."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Errors with which a package deviates from RFC 6749.

    ``used_before``: this refresh token was used. ``too_early``: ask again later.
    """

    used_before: frozenset[str] = frozenset()
    too_early: frozenset[str] = frozenset()


NO_CAUSE = Cause()


@dataclass(frozen=True, slots=True)
class OAuth:
    """How one package asks for consent and gives tokens.

    ``basic``: id and secret go in an Authorization header, not in the form.
    ``earliest_refresh``: how long after the last refresh the next one may come.
    ``refresh_life``: how long an unused refresh token is valid. ``renewal``: the
    package's own errors at a refresh.
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
    """``refresh``: empty where the old one stays valid. ``expires_in``: seconds."""

    access: str
    refresh: str
    expires_in: int


def client_of(connection: BookkeepingConnection) -> tuple[str, str] | None:
    """Id and secret of the portal at this package; None where it is not registered."""
    name: str = connection.package
    if name == Package.EXACT_ONLINE:
        name = f"{name}_{connection.country or 'NL'}"
    client: tuple[str, str] | None = settings.PORTAL_CLIENTS.get(name)
    return client


def registered() -> Q:
    """Connections for which ``client_of`` gives a client."""
    names = set(settings.PORTAL_CLIENTS)
    exact = f"{Package.EXACT_ONLINE}_"
    countries = {name.removeprefix(exact) for name in names if name.startswith(exact)}
    blank = {""} if "NL" in countries else set()
    return Q(package__in=names - {Package.EXACT_ONLINE}) | Q(
        package=Package.EXACT_ONLINE, country__in=countries | blank
    )


def consent_page(
    oauth: OAuth, client_id: str, *, redirect_uri: str, state: str, nonce: str
) -> str:
    """Address of the consent page of the package, for a person's browser."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if oauth.scope:
        query["scope"] = oauth.scope
    if oauth.nonce:
        query["nonce"] = nonce
    return page_address(f"{oauth.authorize}?{urlencode(query)}")


def exchange(
    sender: Sender,
    oauth: OAuth,
    client: tuple[str, str],
    *,
    code: str,
    redirect_uri: str,
) -> Tokens:
    """Exchange the code of the consent page for tokens. Raises NoAnswer."""
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
    }
    return _ask(sender, oauth, client, grant)


def refresh(
    sender: Sender,
    oauth: OAuth,
    client: tuple[str, str],
    *,
    token: str,
    redirect_uri: str,
) -> Tokens:
    """Exchange a refresh token for new tokens, without a retry. Raises NoAnswer."""
    grant = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "redirect_uri": redirect_uri,
    }
    return _ask(sender, oauth, client, grant, oauth.renewal)


def _ask(
    sender: Sender,
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
    return read_tokens(sender.send(request), cause)


def read_tokens(answer: HttpAnswer, cause: Cause) -> Tokens:
    """Raises NoAnswer; ``consent_lost`` where nothing but a new consent helps."""
    content = _object_in(answer)
    access, renewal = content.get("access_token"), content.get("refresh_token")
    if answer.status != OK or (not access and content.get("error")):
        raise _refusal(answer, content, cause)
    # RFC 6749 A.12; anything else would not fit in a header.
    if not isinstance(access, str) or not re.fullmatch(r"[\x20-\x7e]+", access):
        raise unreadable(FailureReason.NO_TOKEN)
    refresh_token = renewal if isinstance(renewal, str) else ""
    return Tokens(access, refresh_token, _seconds_in(content))


def _seconds_in(content: dict[str, object]) -> int:
    """Seconds that an access token is valid; 0 where it is no number: renew it soon."""
    try:
        # Exact writes the number as text.
        seconds = float(str(content.get("expires_in")))
        return int(max(0.0, min(seconds, MAX_TOKEN_SECONDS)))
    except ValueError:
        return 0


def _object_in(answer: HttpAnswer) -> dict[str, object]:
    try:
        content = json.loads(answer.text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _refusal(answer: HttpAnswer, content: dict[str, object], cause: Cause) -> NoAnswer:
    """The refusal by its cause: a limit, a fault of the package, then the named error.

    Only an error that is certain makes us give the tokens up.
    """
    error = str(content.get("error", "")).strip().lower()
    if answer.status == TOO_MANY:
        soon = retry_after(answer) or timezone.now() + timedelta(minutes=1)
        return NoAnswer(
            Verdict.RATE_LIMITED, FailureReason.TOKENS_LIMITED, retry_at=soon
        )
    if error in cause.too_early or LATER.search(_letters(answer, content)):
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
        return _named_error(answer, error, cause, sure=_is_sure(answer, content))
    return _unnamed_error(answer)


def _letters(answer: HttpAnswer, content: dict[str, object]) -> str:
    """The letters of a refusal, so that spaces, quotes and case do not matter."""
    error = f"{content.get('error')} {content.get('error_description')}"
    words = f"{error} {answer.headers.get('reason')}"
    return re.sub("[^a-z]", "", words.lower())


def _is_sure(answer: HttpAnswer, content: dict[str, object]) -> bool:
    """Whether an error surely ends the consent, and does not just ask us to wait."""
    doubtful = DOUBTFUL.search(_letters(answer, content))
    return retry_after(answer) is None and doubtful is None


def _named_error(
    answer: HttpAnswer, error: str, cause: Cause, *, sure: bool
) -> NoAnswer:
    """A refusal that names an error of RFC 6749 par. 5.2, or one of the package."""
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


def _unnamed_error(answer: HttpAnswer) -> NoAnswer:
    """A refusal without an error: of a firewall, or of a package under load."""
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
