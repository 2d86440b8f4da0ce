"""Twinfield: OpenID Connect, and a list of offices by SOAP.

Offices are told by code and name alone. A copy that was made elsewhere leaves the
source as it was; absence is the only sign that an office is gone.
"""

import re
from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import (
    Element,
    ParseError,
    SubElement,
    tostring,
)
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from rehearsal import oauth
from rehearsal.grants import TokenRules
from rehearsal.limits import MINUTE
from rehearsal.messages import Answer, Kind, Request, in_json, in_xml
from rehearsal.service import Call, Row, Service, route
from rehearsal.world import Package, Status

LOGIN = "login.twinfield.com"
AUTHORITY = f"https://{LOGIN}/auth/authentication"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OWN = "http://www.twinfield.com/"
DECLARED = '<?xml version="1.0" encoding="utf-16"?>'
ENVELOPE = (
    f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}">'
    "<soap:Body>{}</soap:Body></soap:Envelope>"
)
# The fault codes of the documentation, with their HTTP status and words.
CODES: Mapping[int, tuple[int, str]] = {
    100: (500, "Something unexpected happened."),
    101: (500, "An access token with a company, or a session, is missing."),
    102: (403, "No access."),
    103: (401, "The log-on does not hold any more."),
    104: (403, "The log-on was deleted."),
    105: (403, "The log-on was disabled."),
    106: (403, "The organisation is not active any more."),
    107: (500, "The text message was not sent."),
    108: (500, "No access to this server: another cluster."),
    109: (500, "The log-on needs access to a company at least."),
    110: (500, "No log-on is allowed on this server."),
    122: (500, "This client software is not allowed."),
    168: (500, "Another user logged on under this name."),
    186: (500, "The Zlib data are not valid."),
    187: (500, "The XML data are not valid."),
    351: (401, "No claim twf.organisationUserCode. Look up the scope for it."),
    352: (403, "No claim twf.organisationCode. Look up the scope for it."),
    353: (403, "No claim twf.organisationId. Look up the scope for it."),
    354: (401, "The token is not valid."),
    358: (500, "The token cannot be validated."),
    359: (403, "The company id is not right."),
}
# Which claims come with which scope. Who lacks one of the first three is refused.
CLAIMS: Mapping[str, tuple[str, ...]] = {
    "twf.organisationUser": ("twf.organisationUserCode",),
    "twf.organisation": (
        *("twf.organisationCode", "twf.organisationId", "twf.clusterUrl"),
    ),
}
NEEDED = {"twf.organisationUser": 351, "twf.organisation": 352}
OF_STATUS = {401: 354, 403: 102, 500: 100}
TOKEN = re.compile(rb"<(?:\w+:)?AccessToken[^>]*>([^<]*)</")


def soap_fault(code: int | str, status: int = 0) -> Answer:
    """A SOAP fault with the documented status, unless another one is given.

    Without a code the fault has no detail.
    """
    number = int(code) if str(code).isdigit() else 0
    documented, message = CODES.get(number, (500, "An error occurred."))
    text = escape(message)
    detail = (
        f"<detail><message>{text}</message>"
        f"<code>{number}</code><source>Security</source></detail>"
    )
    body = (
        "<soap:Fault><faultcode>soap:Client</faultcode>"
        f"<faultstring>{text}</faultstring>{detail if number else ''}</soap:Fault>"
    )
    return in_xml(ENVELOPE.format(body), status or documented)


def refuse(status: int, _reason: str) -> Answer:
    if status not in OF_STATUS:
        return Answer(status, b"", "text/plain")
    return soap_fault(OF_STATUS[status], status)


def token_in(request: Request) -> str:
    """Where Twinfield expects it: in the address, or in the SOAP header."""
    found = TOKEN.search(request.body)
    in_header = found.group(1).decode("ascii", "replace").strip() if found else ""
    return request.query.get("token", in_header)


def validation(call: Call) -> Answer:
    """The owner of the token. A claim comes only with its scope."""
    grant = call.grant
    if grant is None:
        return in_json({"error": "invalid_token"}, 400)
    organisation = call.organisation
    ends = max(grant.access.values())
    scopes = grant.scope.split()
    claims: dict[str, object] = {
        "aud": f"{AUTHORITY}/resources",
        "iss": AUTHORITY,
        "nbf": int(grant.issued_at),
        "exp": int(ends),
        "client_id": grant.client_id,
        "scope": scopes,
        "sub": _identifier("user", organisation.key),
        "auth_time": int(grant.consented_at),
        "idp": "idsrv",
        "amr": ["password"],
        "twf.organisationUserCode": organisation.user,
        "twf.organisationCode": organisation.name,
        "twf.organisationId": _identifier("organisation", organisation.key),
        "twf.clusterUrl": f"https://{call.world.cluster}",
    }
    for scope, names in CLAIMS.items():
        if scope not in scopes:
            claims = {name: claims[name] for name in claims if name not in names}
    if call.suffers("without_claim") and call.fault:
        claims.pop(str(call.fault.options.get("claim", "twf.clusterUrl")), None)
    return in_json(claims)


def offices(call: Call) -> Answer:
    """The one service call that needs no company."""
    if refused := _refused(call):
        return refused
    rows = [row for row in call.rows() if row[1].status != Status.DELETED]
    if not rows and not call.suffers("forget"):
        return soap_fault(109)
    found = Element("offices", result="1")
    for _owner, each in rows:
        attributes = {"name": each.name, "shortname": each.name[:20]}
        SubElement(found, "office", attributes).text = each.code
    return _processed(call, found)


def office(call: Call) -> Answer:
    """One office; it wants the code twice, else there is no access."""
    if refused := _refused(call):
        return refused
    request = _inner(call.request.body)
    if request is None or request.findtext("type") != "office":
        return soap_fault(100)
    code = request.findtext("code") or ""
    row = _named(call.rows(), code)
    if row is None or request.findtext("office") != code:
        text = "U hebt geen toegang tot deze administratie."
        refusal = Element("office", result="0", msgtype="error", msg=text)
        return _processed(call, refusal)
    return _processed(call, _office(row))


def _office(row: Row) -> Element:
    _owner, each = row
    status = "deleted" if each.status == Status.DELETED else "active"
    found = Element("office", result="1", status=status)
    SubElement(found, "code").text = each.code
    SubElement(found, "name").text = each.name
    SubElement(found, "shortname").text = each.name[:20]
    general = SubElement(found, "general")
    SubElement(general, "basecurrency").text = "EUR"
    SubElement(general, "cocnumber").text = each.kvk_number
    return found


def _named(rows: list[Row], code: str) -> Row | None:
    return next((row for row in rows if row[1].code.upper() == code.upper()), None)


def _refused(call: Call) -> Answer | None:
    """A fault of Twinfield's own, the wrong cluster, or too many calls."""
    if call.suffers("soap_fault") and call.fault:
        options = call.fault.options
        return soap_fault(options.get("code", 100), int(options.get("status", 0)))
    if call.suffers("wrong_cluster") or call.request.host != call.world.cluster_host:
        return soap_fault(108)
    for scope, code in NEEDED.items():
        if scope not in call.consent.scope.split():
            return soap_fault(code)
    if call.suffers("business_error"):
        text = "Er is iets misgegaan."
        return _processed(call, Element("x", result="0", msgtype="error", msg=text))
    whose = f"{call.consent.client_id} {call.consent.organisation}"
    room = call.limits.take("twinfield_credits", whose, MINUTE)
    if room is None or not room.refused:
        return None
    answer = Answer(429, b"", "text/plain")
    answer.headers |= {
        "Retry-After": str(room.after),
        "X-RateLimit-Limit": str(room.limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Credited": "1",
    }
    return answer


def _processed(call: Call, found: Element) -> Answer:
    """The document as text inside the envelope, with the declaration it carries."""
    # A control character is written as what it is not allowed to be: a reference.
    options = call.fault.options if call.fault else {}
    text = str(options.get("text", "&#x1F;"))
    written = tostring(found, encoding="unicode").replace("\x1f", text)
    inner = DECLARED + written
    body = (
        f'<ProcessXmlStringResponse xmlns="{OWN}"><ProcessXmlStringResult>'
        f"{escape(inner)}</ProcessXmlStringResult></ProcessXmlStringResponse>"
    )
    return in_xml(ENVELOPE.format(body))


def _inner(body: bytes) -> Element | None:
    """The document that was sent as text; None when there is none."""
    try:
        envelope = fromstring(body)
        text = envelope.findtext(f".//{{{OWN}}}xmlRequest") or ""
        return fromstring(text)
    except ParseError:
        return None


def _identifier(what: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{what} {key}"))


CONNECT = "/auth/authentication/connect"
PROCESS = r"/webservices/processxml\.asmx"
SERVICE = Service(
    package=Package.TWINFIELD,
    serves=lambda host: host.endswith(".twinfield.com"),
    routes=(
        route("POST", f"{CONNECT}/token", Kind.TOKEN, oauth.token, guarded=False),
        route(
            "GET",
            f"{CONNECT}/accesstokenvalidation",
            Kind.WHO,
            validation,
            guarded=False,
        ),
        route("POST", PROCESS, Kind.LIST, offices, mark=b"offices"),
        route("POST", PROCESS, Kind.DETAIL, office),
    ),
    authorize=re.compile(f"{CONNECT}/authorize", re.IGNORECASE),
    required=("client_id", "redirect_uri", "response_type", "scope", "nonce"),
    tokens=TokenRules(lifetime=3600, rotates=False),
    refuse=refuse,
    token_in=token_in,
    basic=True,
    asks_scopes=True,
)
