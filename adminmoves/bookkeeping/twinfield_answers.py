"""Reads the answers of Twinfield: the owner of a token, offices, faults and limits.

Sources as in ``twinfield.py``. An answer is a SOAP envelope with a document of XML as
text inside it; a SOAP fault has a code of its own ("Guidelines").
"""

import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from adminmoves.bookkeeping.answers import (
    ListedAdministration,
    NoAnswer,
    unreadable,
)
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.bookkeeping.http import HttpAnswer, host_in
from adminmoves.bookkeeping.http_status import (
    BAD_REQUEST,
    SERVER_SIDE,
    TOO_MANY,
    UNAUTHORISED,
    add_retry_after,
    is_page,
    refuse_status,
    retry_after,
)
from adminmoves.bookkeeping.session import code_in, json_in, text_in
from adminmoves.vocabulary import Verdict

CLUSTER_HOST = r"([a-z0-9-]+\.)+twinfield\.com"
RESULT = "{http://www.twinfield.com/}ProcessXmlStringResult"
# The inner document declares UTF-16, which it no longer is as text in an envelope.
DECLARATION = re.compile(r"^[\s\ufeff]*(<\?xml[^>]*\?>)?")
# XML 1.0 par. 2.2 and 4.1: characters that it cannot hold, and references to one.
NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(
    r"&(?:(?P<name>[A-Za-z][A-Za-z0-9]{0,40});"
    r"|#(?:x(?P<hex>[0-9A-Fa-f]+)|(?P<decimal>[0-9]+));)?"
)
XML_NAMES = frozenset({"amp", "apos", "gt", "lt", "quot"})
MARK = "\ufffd"
V = Verdict
# "Guidelines": the codes of a SOAP fault.
FAULTS: Mapping[str, Callable[[], NoAnswer]] = {
    **{
        code: partial(
            NoAnswer, V.AUTH_REQUIRED, FailureReason(f"fault_{code}"), stale_token=True
        )
        for code in ("103", "351", "354")
    },
    **{
        code: partial(NoAnswer, V.AUTH_REQUIRED, FailureReason(f"fault_{code}"))
        for code in ("102", "104", "105", "106", "352", "353")
    },
    **{
        code: partial(
            NoAnswer, V.UNAVAILABLE, FailureReason(f"fault_{code}"), again=True
        )
        for code in ("100", "358")
    },
    **{
        code: partial(NoAnswer, V.UNAVAILABLE, FailureReason(f"fault_{code}"))
        for code in ("107", "110", "168")
    },
    **{
        code: partial(NoAnswer, V.CONFIG_ERROR, FailureReason(f"fault_{code}"))
        for code in ("122", "186", "187")
    },
    "359": partial(NoAnswer, V.CONFIG_ERROR, FailureReason.COMPANY_MISSING),
    "101": partial(NoAnswer, V.CONFIG_ERROR, FailureReason.COMPANY_MISSING),
    "108": partial(NoAnswer, V.UNAVAILABLE, FailureReason.WRONG_CLUSTER),
    "109": partial(NoAnswer, V.NOT_FOUND_OR_NO_ACCESS, FailureReason.NO_OFFICE),
}
OTHER_FAULT = partial(NoAnswer, V.UNAVAILABLE, FailureReason.FAULT_OTHER)


class TokenOwner(NamedTuple):
    """The organisation and the user of a token; ``cluster``: the address to ask."""

    cluster: str
    organisation: str
    user: str


def read_token_owner(answer: HttpAnswer) -> TokenOwner:
    """Read the claims of a token ("OpenID Connect authentication"). Raises NoAnswer."""
    if answer.status == BAD_REQUEST and not is_page(answer):
        # 400 of the validation means that the token is no longer valid.
        raise NoAnswer(V.AUTH_REQUIRED, FailureReason.TOKEN_INVALID, stale_token=True)
    refuse_status(answer)
    claims = json_in(answer)
    if not isinstance(claims, dict):
        raise unreadable(FailureReason.NO_CLAIMS)
    cluster_url = text_in(claims.get("twf.clusterUrl")).rstrip("/")
    organisation = text_in(claims.get("twf.organisationCode"))
    if not cluster_url or not organisation:
        # A box was not ticked at the consent, and a new token gives no more than that.
        raise NoAnswer(V.AUTH_REQUIRED, FailureReason.CLAIM_MISSING)
    cluster = _own_cluster(cluster_url)
    user = text_in(claims.get("twf.organisationUserCode"))
    return TokenOwner(cluster, organisation, user)


def _own_cluster(address: str) -> str:
    """The address of a cluster. Raises NoAnswer: a token is sent to Twinfield only."""
    try:
        where = urlsplit(address)
    except ValueError as error:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.STRANGE_CLUSTER) from error
    host = host_in(where)
    more = where.path or where.query or where.fragment
    if where.scheme != "https" or not re.fullmatch(CLUSTER_HOST, host) or more:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.STRANGE_CLUSTER)
    return f"https://{host}"


def read_offices(answer: HttpAnswer) -> tuple[ListedAdministration, ...]:
    """Read the offices: the code is the text of an element, the name an attribute.

    Raises NoAnswer for faults, business errors and anything unreadable.
    """
    if answer.status == TOO_MANY:
        raise NoAnswer(
            V.RATE_LIMITED, FailureReason.LIMITED, retry_at=retry_after(answer)
        )
    if is_page(answer) or not answer.text.strip():
        refuse_status(answer)
        raise unreadable(FailureReason.EMPTY)
    envelope = _parsed(answer)
    fault = envelope.find(".//{*}Fault")
    if fault is not None:
        raise _meaning_of(fault, answer)
    refuse_status(answer)
    result = envelope.find(f".//{RESULT}")
    if result is None or not result.text:
        raise unreadable(FailureReason.NO_RESULT)
    return _rows(_xml(DECLARATION.sub("", result.text)))


def _meaning_of(fault: Element, answer: HttpAnswer) -> NoAnswer:
    """The refusal of a SOAP fault by its code."""
    code = text_in(fault.findtext(".//{*}detail/{*}code"))
    # A fault without a code that we know tells less than the status does.
    if code not in FAULTS and answer.status < SERVER_SIDE:
        refuse_status(answer)
    no = FAULTS.get(code, OTHER_FAULT)()
    no.stale_token = no.stale_token or answer.status == UNAUTHORISED
    return add_retry_after(no, answer)


def _rows(offices: Element) -> tuple[ListedAdministration, ...]:
    """The rows of a list. Raises NoAnswer where any of them cannot be read."""
    erring = any(each.get("msgtype", "").lower() == "error" for each in offices.iter())
    if offices.get("result") == "0" or erring:
        # The text of the error is in the user's language, so it decides nothing.
        raise NoAnswer(V.UNAVAILABLE, FailureReason.BUSINESS_ERROR)
    if offices.tag != "offices" or offices.get("result") != "1":
        raise unreadable(FailureReason.NO_OFFICES)
    # A row that was skipped would count as gone, so one bad row refuses the list.
    return tuple(_row(office) for office in offices)


def _parsed(answer: HttpAnswer) -> Element:
    try:
        return _xml(answer.text)
    except NoAnswer:
        refuse_status(answer)
        raise


def _xml(text: str) -> Element:
    """Parse XML. Raises NoAnswer, also for a document type: no package needs one."""
    try:
        return _strict_xml(text)
    except NoAnswer as no:
        # What XML cannot hold becomes a mark, so that it spoils one name and not the
        # list. It is not left out, since that would make another code of it.
        mended = REFERENCE.sub(_as_xml, NO_CHARACTER.sub(MARK, text))
        if no.reason != FailureReason.NOT_XML or mended == text:
            raise
    return _strict_xml(mended)


def _strict_xml(text: str) -> Element:
    try:
        return defusedxml.ElementTree.fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise unreadable(FailureReason.DOCTYPE) from error
    except (ParseError, ValueError, RecursionError) as error:
        raise unreadable(FailureReason.NOT_XML) from error


def _as_xml(found: re.Match[str]) -> str:
    """A reference that XML knows stays; one of HTML, or a bare &, becomes a mark."""
    if found["name"]:
        return found[0] if found["name"] in XML_NAMES else MARK
    digits = (found["hex"] or found["decimal"] or "").lstrip("0")
    number = int(digits[:8] or "0", 16 if found["hex"] else 10)
    whole = number <= sys.maxunicode and not NO_CHARACTER.match(chr(number))
    return found[0] if whole else MARK


def _row(office: Element) -> ListedAdministration:
    code, shortname = code_in(office.text), text_in(office.get("shortname"))
    if office.tag != "office" or len(office) or not code:
        raise unreadable(FailureReason.NO_CODE)
    return ListedAdministration(
        code=code,
        name=text_in(office.get("name")),
        raw={"shortname": shortname} if shortname else {},
    )


def limits_in(answer: HttpAnswer) -> dict[str, int]:
    """Credits left in this minute ("Fair use policy"), where a header names them."""
    left = answer.headers.get("x-ratelimit-remaining", "").strip()
    return {"minute_left": int(left)} if re.fullmatch("[0-9]{1,6}", left) else {}
