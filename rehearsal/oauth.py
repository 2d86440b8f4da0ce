"""The token endpoint of all four packages, and the words of its refusals."""

import base64
import binascii
from hmac import compare_digest

from rehearsal.grants import OAuthRefused, Tokens
from rehearsal.messages import Answer, Request, in_json
from rehearsal.service import Call, Service

UNAUTHORISED = 401
WORDS = {
    401: "invalid_client",
    403: "access_denied",
    429: "temporarily_unavailable",
    500: "server_error",
}


def token(call: Call) -> Answer:
    """Tokens for a code or a refresh token; a refusal as RFC 6749 shapes it."""
    form = call.request.form
    try:
        client_id = _require_client(call)
        tokens = _granted(call, form, client_id)
    except OAuthRefused as refused:
        return _refusal(refused)
    return in_json(_answer(call.service, tokens), headers={"Cache-Control": "no-store"})


def refuse(status: int, reason: str) -> Answer:
    error = WORDS.get(status, "invalid_request")
    return _refusal(OAuthRefused(error, reason or error, status, reason))


def _granted(call: Call, form: dict[str, str], client_id: str) -> Tokens:
    rules = call.service.tokens
    grants = call.world.grants
    if form.get("grant_type") == "authorization_code":
        return grants.redeem(
            form.get("code", ""),
            client_id=client_id,
            redirect_uri=form.get("redirect_uri", ""),
            rules=rules,
        )
    if form.get("grant_type") == "refresh_token":
        token = form.get("refresh_token", "")
        return grants.renew(token, client_id=client_id, rules=rules)
    raise OAuthRefused("unsupported_grant_type", "Only a code or a refresh token.")


def _require_client(call: Call) -> str:
    """The client id, once its secret is right."""
    form = call.request.form
    if call.service.basic:
        client_id, secret = _basic(call.request)
    else:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    expected = call.world.applications.get(client_id)
    if expected is None or not compare_digest(expected.encode(), secret.encode()):
        status = UNAUTHORISED if call.service.basic else 400
        raise OAuthRefused("invalid_client", "Unknown client or secret.", status)
    return client_id


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, secret = pair.partition(":")
    return name, secret


def _answer(service: Service, tokens: Tokens) -> dict[str, str | int]:
    lifetime = tokens.lifetime
    answer: dict[str, str | int] = {
        "access_token": tokens.access,
        "token_type": "bearer" if service.textual_lifetime else "Bearer",
        "expires_in": str(lifetime) if service.textual_lifetime else lifetime,
    }
    if not service.basic or "offline_access" in tokens.scope.split():
        answer["refresh_token"] = tokens.refresh
    return answer


def _refusal(refused: OAuthRefused) -> Answer:
    content = {"error": refused.error, "error_description": refused.description}
    headers = {"Reason": refused.reason} if refused.reason else {}
    if refused.status == UNAUTHORISED:
        headers["WWW-Authenticate"] = 'Basic realm="rehearsal"'
    return in_json(content, refused.status, headers)
