"""What a refusal of a token endpoint means: the tokens go only where that is sure."""

import json
from collections.abc import Mapping

import pytest

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.exact import RENEWAL
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.oauth import NO_CAUSE, read_tokens
from adminmoves.vocabulary import Verdict

V = Verdict
LOSING = ("invalid_grant", "unauthorized_client")
WAITS = (
    {"error_description": "Rate limit exceeded: access_token not expired"},
    {"error_description": "(too early)"},
    {"error_description": "Too many requests."},
    {"Reason": "TooEarlyToRefreshTokens"},
    {"Reason": "Too Early"},
    {"Reason": '"TooEarlyToRefreshTokens: wait"'},
    {"Reason": "'too-early'"},
    {"Reason": "RateLimitExceeded"},
)
DOUBTS = (
    {"error_description": "Temporarily unavailable."},
    {"error_description": "Something went wrong, please try again."},
    {"error_description": "The token was issued to another client."},
    {"error_description": "The redirect_uri is another one."},
    {"error_description": "The account of this user is locked."},
    {"Reason": "BlockedUser"},
    {"Reason": "LicenseExpired: some words"},
    {"Retry-After": "60"},
)


def refusal(parts: Mapping[str, str], status: int = 400) -> NoAnswer:
    body = {name: parts[name] for name in parts if name.startswith("error")}
    headers = {name.lower(): parts[name] for name in parts if name not in body}
    with pytest.raises(NoAnswer) as caught:
        read_tokens(HttpAnswer(status, headers, json.dumps(body)), RENEWAL)
    return caught.value


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("parts", WAITS)
@pytest.mark.parametrize("error", LOSING)
def test_an_error_that_a_wait_mends_loses_no_consent(
    error: str, parts: Mapping[str, str], status: int
) -> None:
    no = refusal({"error": error, **parts}, status)

    assert (no.verdict, no.reason) == (V.RATE_LIMITED, "too_early")
    assert (no.consent_lost, no.retry_at is None) == (False, False)


@pytest.mark.parametrize("parts", DOUBTS)
@pytest.mark.parametrize("error", LOSING)
def test_an_error_that_may_be_of_something_else_loses_no_consent(
    error: str, parts: Mapping[str, str]
) -> None:
    no = refusal({"error": error, **parts})

    assert (no.verdict, no.reason) == (V.UNAVAILABLE, "token_endpoint")
    assert (no.consent_lost, no.unexplained) == (False, True)


@pytest.mark.parametrize(
    "description", ["", "The refresh token was used before.", "Token is revoked."]
)
@pytest.mark.parametrize("error", LOSING)
def test_an_error_that_speaks_of_the_consent_loses_it(
    error: str, description: str
) -> None:
    assert refusal({"error": error, "error_description": description}).consent_lost


@pytest.mark.parametrize("body", ["", "Request blocked", '{"error": null}', "[1]"])
@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_without_a_name_is_unexplained(status: int, body: str) -> None:
    with pytest.raises(NoAnswer) as caught:
        read_tokens(HttpAnswer(status, {}, body), NO_CAUSE)

    assert caught.value.verdict == V.UNAVAILABLE
    assert (caught.value.consent_lost, caught.value.unexplained) == (False, True)
