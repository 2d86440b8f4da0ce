"""Twinfield's calls as a client of it makes them."""

import base64
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tests.rehearsal.client import BACK, CLIENT, SECRET, Client, Reply

CONNECT = "https://login.twinfield.com/auth/authentication/connect"
CLUSTER = "https://accounting2.twinfield.com"
SCOPES = "openid twf.user twf.organisation twf.organisationUser offline_access"


def authorize(**other: str) -> str:
    query = {
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": SCOPES,
        "state": "st4te",
        "nonce": "n0nce",
    }
    return f"{CONNECT}/authorize?{urlencode(query | other)}"


def ask_token(client: Client, secret: str = SECRET, **form: str) -> Reply:
    word = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()
    return client.call(
        f"{CONNECT}/token", form=form, headers={"Authorization": f"Basic {word}"}
    )


def redeem(client: Client, code: str, back: str = BACK) -> Reply:
    return ask_token(
        client, grant_type="authorization_code", code=code, redirect_uri=back
    )


def signed_in(client: Client, organisation: str = "TWINFIELD:TWF-A") -> str:
    """An access token of that organisation."""
    code = client.consent(authorize(), organisation)["code"]
    return str(redeem(client, code).json["access_token"])


def process(client: Client, token: str, inner: str, host: str = CLUSTER) -> Reply:
    body = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        '<soap:Header><Header xmlns="http://www.twinfield.com/">'
        f"<AccessToken>{token}</AccessToken></Header></soap:Header><soap:Body>"
        '<ProcessXmlString xmlns="http://www.twinfield.com/"><xmlRequest>'
        f"{escape(inner)}</xmlRequest></ProcessXmlString></soap:Body></soap:Envelope>"
    )
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '"http://www.twinfield.com/ProcessXmlString"',
    }
    return client.call(
        f"{host}/webservices/processxml.asmx", body=body, headers=headers
    )


def ask_offices(client: Client, token: str) -> Reply:
    return process(client, token, "<list><type>offices</type></list>")


def inner(reply: Reply) -> ET.Element:
    """The document that the answer carries as text."""
    _, _, rest = reply.text.partition("<ProcessXmlStringResult>")
    text = unescape(rest.partition("</ProcessXmlStringResult>")[0])
    declaration, _, document = text.partition("?>")
    assert 'encoding="utf-16"' in declaration
    return ET.fromstring(document)  # noqa: S314 - from the world under test


def offices_in(reply: Reply) -> list[tuple[str | None, str | None]]:
    return [(each.text, each.get("name")) for each in inner(reply)]


def fault_code(reply: Reply) -> int:
    _, _, rest = reply.text.partition("<code>")
    return int(rest.partition("</code>")[0])
