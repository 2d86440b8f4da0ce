"""What Twinfield answers: the organisation of a token, the offices, faults and limits.

Sources as in ``twinfield.py``. An answer is a SOAP envelope with a document of XML as
text inside it; a SOAP fault has a code of its own ("Guidelines").
"""

import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
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
from adminmoves.bookkeeping.refusals import (
    BAD_REQUEST,
    SERVER_SIDE,
    TOO_MANY,
    UNAUTHORISED,
    heed_wait,
    is_page,
    refuse_status,
    retry_after,
)
from adminmoves.bookkeeping.session import code_in, json_in, text_in
from adminmoves.vocabulary import Verdict

CLUSTER_HOST = r"([a-z0-9-]+\.)+twinfield\.com"
RESULT = "{http://www.twinfield.com/}ProcessXmlStringResult"
# The inner document says that it is UTF-16; as text inside another it no longer is.
DECLARATION = re.compile(r"^[\s\ufeff]*(<\?xml[^>]*\?>)?")
# XML 1.0 par. 2.2 and 4.1: what is no character, and how one is referred to.
NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(
    r"&(?:(?P<name>[A-Za-z][A-Za-z0-9]{0,40});"
    r"|#(?:x(?P<hex>[0-9A-Fa-f]+)|(?P<decimal>[0-9]+));)?"
)
NAMES = frozenset({"amp", "apos", "gt", "lt", "quot"})
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


def read_who(answer: HttpAnswer) -> dict[str, str]:
    """Cluster, organisation and user of a token ("OpenID Connect authentication").

    Raises NoAnswer; 400 means that the token does not hold any more.
    """
    if answer.status == BAD_REQUEST and not is_page(answer):
        raise NoAnswer(V.AUTH_REQUIRED, FailureReason.TOKEN_INVALID, stale_token=True)
    refuse_status(answer)
    said = json_in(answer)
    if not isinstance(said, dict):
        raise unreadable(FailureReason.NO_CLAIMS)
    told = text_in(said.get("twf.clusterUrl")).rstrip("/")
    organisation = text_in(said.get("twf.organisationCode"))
    if not told or not organisation:
        # Somebody unticked a box at the consent: renewing gives no more than that.
        raise NoAnswer(V.AUTH_REQUIRED, FailureReason.CLAIM_MISSING)
    cluster = _own_cluster(told)
    user = text_in(said.get("twf.organisationUserCode"))
    return {"cluster": cluster, "organisation": organisation, "user": user}


def _own_cluster(told: str) -> str:
    """The address of a cluster: the token goes to no other host than Twinfield's."""
    try:
        where = urlsplit(told)
    except ValueError as error:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.STRANGE_CLUSTER) from error
    host = host_in(where)
    more = where.path or where.query or where.fragment
    if where.scheme != "https" or not re.fullmatch(CLUSTER_HOST, host) or more:
        raise NoAnswer(V.CONFIG_ERROR, FailureReason.STRANGE_CLUSTER)
    return f"https://{host}"


def read_offices(answer: HttpAnswer) -> tuple[ListedAdministration, ...]:
    """The offices; code is the text of an element, name an attribute.

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
    """By its code; one without a code, or with a new one, hides no status."""
    code = text_in(fault.findtext(".//{*}detail/{*}code"))
    if code not in FAULTS and answer.status < SERVER_SIDE:
        refuse_status(answer)
    no = FAULTS.get(code, OTHER_FAULT)()
    no.stale_token = no.stale_token or answer.status == UNAUTHORISED
    return heed_wait(no, answer)


def _rows(offices: Element) -> tuple[ListedAdministration, ...]:
    """A list, whole: a row that was left out would count as gone. Raises NoAnswer."""
    erring = any(each.get("msgtype", "").lower() == "error" for each in offices.iter())
    if offices.get("result") == "0" or erring:
        # The text of a business error is in the user's language: not looked at.
        raise NoAnswer(V.UNAVAILABLE, FailureReason.BUSINESS_ERROR)
    if offices.tag != "offices" or offices.get("result") != "1":
        raise unreadable(FailureReason.NO_OFFICES)
    return tuple(_row(office) for office in offices)


def _parsed(answer: HttpAnswer) -> Element:
    try:
        return _xml(answer.text)
    except NoAnswer:
        refuse_status(answer)
        raise


def _xml(text: str) -> Element:
    """Refuses document types and entities: no package needs them.

    What XML cannot hold is replaced by a mark, so that it spoils its own name and
    not the list: never left out, since that would make another code of it.
    """
    try:
        return _strict_xml(text)
    except NoAnswer as no:
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
    """A reference as it is where XML knows it; a mark for one of HTML, or a bare &."""
    if found["name"]:
        return found[0] if found["name"] in NAMES else MARK
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
    """Credits left in this minute ("Fair use policy"), where the answer tells it."""
    left = answer.headers.get("x-ratelimit-remaining", "").strip()
    return {"minute_left": int(left)} if re.fullmatch("[0-9]{1,6}", left) else {}
