"""Exact Online's calls as a client of it makes them."""

from typing import Any
from urllib.parse import quote, urlencode

from tests.rehearsal.client import BACK, CLIENT, SECRET, Client, Reply

BASE = "https://start.exactonline.nl"


def authorize(base: str = BASE) -> str:
    query = {"client_id": CLIENT, "redirect_uri": BACK, "response_type": "code"}
    return f"{base}/api/oauth2/auth?{urlencode(query)}"


def ask_token(client: Client, base: str = BASE, **form: str) -> Reply:
    own = {"client_id": CLIENT, "client_secret": SECRET}
    return client.call(f"{base}/api/oauth2/token", form=own | form)


def signed_in(client: Client, organisation: str = "EXACT_ONLINE:NL:EX-A") -> Any:
    """The first tokens of a consent."""
    code = client.consent(authorize(), organisation)["code"]
    return ask_token(
        client, grant_type="authorization_code", code=code, redirect_uri=BACK
    ).json


def renew(client: Client, refresh: str) -> Reply:
    return ask_token(client, grant_type="refresh_token", refresh_token=refresh)


def ask_divisions(
    client: Client, token: str, where: str = "system/Divisions", wanted: str = ""
) -> Reply:
    query = f"?$filter={quote(wanted)}" if wanted else ""
    return client.call(f"{BASE}/api/v1/1200411/{where}{query}", token=token)


def results(reply: Reply) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = reply.json["d"]["results"]
    return rows
