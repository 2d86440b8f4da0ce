"""Answers of Twinfield as text, in the documented shape."""

from xml.sax.saxutils import escape, quoteattr

from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.twinfield import Twinfield

adapter = Twinfield()
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WHO = {
    "client_id": "migratieportaal",
    "twf.organisationCode": "KANTOOR-A",
    "twf.organisationUserCode": "SYNC01",
    "twf.clusterUrl": "https://accounting2.twinfield.com/",
}


def office(code: str, name: str = "Bakkerij & Zn. Voorbeeld") -> str:
    return f'<office name={quoteattr(name)} shortname="V">{escape(code)}</office>'


def offices(*rows: str) -> str:
    return f'<offices result="1">{"".join(rows)}</offices>'


def in_envelope(inner: str, status: int = 200) -> HttpAnswer:
    """A document as text inside the answer, as ``ProcessXmlString`` gives it."""
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}">'
        '<soap:Body><ProcessXmlStringResponse xmlns="http://www.twinfield.com/">'
        f"<ProcessXmlStringResult>{escape(inner)}</ProcessXmlStringResult>"
        "</ProcessXmlStringResponse></soap:Body></soap:Envelope>"
    )
    return HttpAnswer(status, {}, body)


def listed(*rows: str) -> HttpAnswer:
    return in_envelope(offices(*rows))
