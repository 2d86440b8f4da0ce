"""Answers of Exact Online, composed in the documented shape."""

import json
from collections.abc import Mapping
from typing import Any

from adminmoves.bookkeeping.answers import Evidence, Listing, NoAnswer
from adminmoves.bookkeeping.exact import ExactOnline
from adminmoves.bookkeeping.exact_answers import SYSTEM, Divisions, read_page
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.verdict import decide_verdict

LICENCE = "100200"


def division(**facts: Any) -> dict[str, Any]:
    """One row as system/Divisions shows it."""
    return {
        "__metadata": {
            "uri": "https://start.exactonline.nl/api/v1/1234567/system/Divisions(1)",
            "type": "Exact.Web.Api.System.Divisions",
        },
        "Code": 2345678,
        "Hid": "411",
        "Description": "Bakkerij Voorbeeld B.V.",
        "Status": 1,
        "BlockingStatus": 0,
        "ArchiveDate": None,
        "CustomerCode": "            100200",
        "CustomerName": "Voorbeeld Noord B.V.",
        "DivisionMoveDate": "/Date(1793491200000)/",
        "ChamberOfCommerceNumber": "90000001",
        **facts,
    }


def answer_with(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    text = content if isinstance(content, str) else json.dumps(content)
    return HttpAnswer(status, headers or {}, text)


def listed(*rows: object) -> HttpAnswer:
    return answer_with({"d": {"results": list(rows)}})


def verdict_of(
    answer: HttpAnswer, code: str = "411", which: Divisions = SYSTEM
) -> Evidence:
    try:
        listing = Listing(read_page(answer, which).rows, which.path)
    except NoAnswer as no:
        return no.evidence()
    return decide_verdict(listing, ExactOnline().find(listing, code), LICENCE)
