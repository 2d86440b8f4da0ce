"""Whatever Twinfield says is read as offices or as no answer, and as nothing else."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminmoves.bookkeeping.answers import ListedAdministration, Listing, NoAnswer
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.bookkeeping.twinfield_answers import (
    _parsed,
    limits_in,
    read_offices,
    read_token_owner,
)
from adminmoves.bookkeeping.verdict import decide_verdict
from adminmoves.vocabulary import Verdict
from tests.bookkeeping.any_json import any_json, gone_wrong
from tests.bookkeeping.twinfield_answers import (
    WHO,
    adapter,
    in_envelope,
    listed,
    office,
    offices,
)

V = Verdict
A = Verdict.AUTH_REQUIRED


def reason_of(answer: HttpAnswer) -> str:
    with pytest.raises(NoAnswer) as caught:
        read_offices(answer)
    return f"{caught.value.verdict} {caught.value.reason}"


def test_codes_are_text_and_names_are_unescaped() -> None:
    assert read_offices(listed(office("001"), office(" BASEC-15 ", "Zuid"))) == (
        ListedAdministration(
            "001", name="Bakkerij & Zn. Voorbeeld", raw={"shortname": "V"}
        ),
        ListedAdministration("BASEC-15", name="Zuid", raw={"shortname": "V"}),
    )


@pytest.mark.parametrize(
    "declared",
    [
        '<?xml version="1.0" encoding="utf-16"?>',
        '\n<?xml version="1.0" encoding="UTF-16"?>\r\n',
        '\ufeff<?xml version="1.0"?>',
    ],
)
def test_the_inner_document_may_call_itself_something_else(declared: str) -> None:
    rows = read_offices(in_envelope(declared + offices(office("001"))))
    assert [row.code for row in rows] == ["001"]


def test_an_organisation_without_offices_has_none() -> None:
    assert read_offices(listed()) == ()


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ('<offices result="0" msgtype="error" msg="Geen toegang"/>', "business_error"),
        ('<office result="0"/>', "business_error"),
        (
            '<offices result="1"><office msgtype="error">001</office></offices>',
            "business_error",
        ),
        (
            '<offices result="1"><office><x msgtype="Error"/>001</office></offices>',
            "business_error",
        ),
        ("<offices><office>001</office></offices>", "no_offices"),
        ('<companies result="1"/>', "no_offices"),
        ('<offices result="1"><office name="Leeg"/></offices>', "no_code"),
        ('<offices result="1"><office>0<b/>01</office></offices>', "no_code"),
        ('<offices result="1"><x>001</x></offices>', "no_code"),
        (offices(office("9" * 101)), "no_code"),
        ("<offices", "not_xml"),
        ("001", "not_xml"),
        ("", "no_result"),
    ],
)
def test_what_is_not_a_whole_list_says_nothing(inner: str, reason: str) -> None:
    assert reason_of(in_envelope(inner)) == f"{V.UNAVAILABLE} {reason}"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("A&nbsp;B", "A\ufffdB"),
        ("A & B", "A \ufffd B"),
        ("A&B", "A\ufffdB"),
        ("&#x110000;", "\ufffd"),
        ("&#1114112;", "\ufffd"),
        ("&#xFFFFFFFFFFFFFFFFFFFF;", "\ufffd"),
        ("&#x0000001F;", "\ufffd"),
        ("&#xD800;&#31;", "\ufffd\ufffd"),
        ("&eacute;&#233;&#xE9;", "\ufffdéé"),
        ("\x1f", "\ufffd"),
    ],
)
def test_what_xml_cannot_hold_spoils_its_own_name_alone(
    written: str, name: str
) -> None:
    inner = f'<office name="{written}">001</office><office name="B &amp; C">2</office>'
    rows = read_offices(in_envelope(offices(inner)))
    assert [(row.code, row.name) for row in rows] == [("001", name), ("2", "B & C")]


def test_what_xml_can_hold_is_never_mended() -> None:
    inner = "<office><![CDATA[A&B&nbsp;]]></office>"
    [row] = read_offices(in_envelope(offices(inner)))
    assert row.code == "A&B&nbsp;"


def test_a_page_in_place_of_a_validation_says_nothing_of_the_token() -> None:
    for body, verdict in (("<html>", V.UNAVAILABLE), ('{"error": "x"}', A)):
        with pytest.raises(NoAnswer) as caught:
            read_token_owner(HttpAnswer(400, {}, body))
        assert caught.value.verdict == verdict


@pytest.mark.parametrize("code", ["100", "358", "999", "", "108"])
@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_is_asked_again_when_the_package_says(status: int, code: str) -> None:
    detail = f"<detail><code>{code}</code></detail>" if code else ""
    body = f"<Envelope><Body><Fault>{detail}</Fault></Body></Envelope>"

    with pytest.raises(NoAnswer) as caught:
        read_offices(HttpAnswer(status, {"retry-after": "3600"}, body))

    assert (caught.value.verdict, caught.value.again) == (V.UNAVAILABLE, False)
    assert caught.value.retry_at is not None


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("Request blocked", V.UNAVAILABLE),
        ("", V.UNAVAILABLE),
        ("<Error><Code>AccessDenied</Code></Error>", V.UNAVAILABLE),
        ("<script>x()</script>", V.UNAVAILABLE),
        ("<s:Envelope xmlns:s='s'><s:Body><s:Fault/></s:Body></s:Envelope>", A),
        ('{"error": "access_denied"}', A),
    ],
)
def test_a_403_is_of_our_user_only_if_the_package_says_it(
    body: str, verdict: Verdict
) -> None:
    for read in (read_offices, read_token_owner):
        with pytest.raises(NoAnswer) as caught:
            read(HttpAnswer(403, {}, body))
        assert caught.value.verdict == verdict


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "answer",
    [
        HttpAnswer(200, {}, f'{BOMB}<offices result="1">&b;</offices>'),
        in_envelope(f'{BOMB}<offices result="1"><office>&b;</office></offices>'),
        in_envelope(f'<!DOCTYPE x SYSTEM "http://evil.example/x">{offices()}'),
        in_envelope(f'<?xml version="1.0"?><!DOCTYPE offices>{offices()}'),
    ],
)
def test_a_document_type_is_refused_inside_and_outside(answer: HttpAnswer) -> None:
    assert reason_of(answer) == f"{V.UNAVAILABLE} doctype"


def test_an_answer_as_deep_as_it_may_be_long_is_refused() -> None:
    assert reason_of(in_envelope("<a>" * 500_000)) == f"{V.UNAVAILABLE} not_xml"


@pytest.mark.parametrize(
    ("header", "left"),
    [("12", {"minute_left": 12}), ("", {}), ("-1", {}), ("9" * 5000, {}), ("٣", {})],
)
def test_credits_left_are_a_number_or_unknown(
    header: str, left: dict[str, int]
) -> None:
    assert limits_in(HttpAnswer(200, {"x-ratelimit-remaining": header}, "")) == left


# --- any answer there can be ------------------------------------------------------

PIECES = (
    "<", ">", "/", '"', "&", "&amp;", "NL100", "nl100", "100", "result=", '"0"', '"1"',
    "<office>", "</office>", "<offices>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;",
    "<!DOCTYPE x>", "msgtype", "\x00", "\ufeff", "é", "<?xml?>", " ",
)  # fmt: skip
STATUSES = st.sampled_from([200] * 6 + [204, 302, 400, 401, 403, 404, 429, 500, 503])
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-ratelimit-remaining"]),
    st.text() | st.integers().map(str),
)
NOISE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join)


@st.composite
def mutated(draw: st.DrawFn, good: str) -> str:
    """A good text with up to three places replaced by something else."""
    text = good
    for _time in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(start + 12, len(text))))
        text = text[:start] + draw(NOISE) + text[end:]
    return text


GOOD = offices(office("NL100"), office("001"))
INNER = mutated(GOOD).map(in_envelope) | NOISE.map(in_envelope)
OUTER = mutated(in_envelope(GOOD).text) | NOISE


def really_there(answer: HttpAnswer) -> bool:
    """Whether the code stands as an office, read without an XML library."""
    result = _parsed(answer).findtext(".//{*}ProcessXmlStringResult") or ""
    plain = re.sub(
        r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>", "", result, flags=re.DOTALL
    )
    return re.search(r">\s*NL100\s*</office\s*>", plain, re.IGNORECASE) is not None


def verdict_on(answer: HttpAnswer) -> Verdict:
    try:
        rows = read_offices(answer)
    except NoAnswer as no:
        return no.verdict
    listing = Listing(rows, "offices", observed_environment="KANTOOR-A")
    return decide_verdict(listing, adapter.find(listing, "NL100"), "KANTOOR-A").verdict


def test_the_measure_knows_the_good_answer() -> None:
    assert really_there(in_envelope(GOOD))
    assert not really_there(listed(office("NL1000", "NL100")))
    assert verdict_on(in_envelope(GOOD)) == V.FOUND_ACTIVE


@given(answer=INNER, status=STATUSES, headers=HEADERS)
def test_any_list_is_a_verdict_and_found_only_what_is_there(
    answer: HttpAnswer, status: int, headers: dict[str, str]
) -> None:
    verdict = verdict_on(HttpAnswer(status, headers, answer.text))
    assert verdict in V
    if verdict == V.FOUND_ACTIVE:
        assert 200 <= status < 300
        assert really_there(answer)


@given(text=OUTER, status=STATUSES, headers=HEADERS)
def test_any_envelope_is_a_verdict(
    text: str, status: int, headers: dict[str, str]
) -> None:
    answer = HttpAnswer(status, headers, text)
    if verdict_on(answer) == V.FOUND_ACTIVE:
        assert really_there(answer)
    limits_in(answer)


VALUES = any_json(tuple(WHO), (*WHO.values(), "https://evil.example", "http://x"))


@given(claims=gone_wrong(WHO, VALUES) | VALUES, status=STATUSES, headers=HEADERS)
def test_whoever_it_says_we_are_is_at_twinfield_or_no_answer(
    claims: object, status: int, headers: dict[str, str]
) -> None:
    try:
        owner = read_token_owner(HttpAnswer(status, headers, json.dumps(claims)))
    except NoAnswer:
        return
    assert 200 <= status < 300
    assert re.fullmatch(r"https://([a-z0-9-]+\.)+twinfield\.com", owner.cluster)
    assert owner.organisation


@given(text=st.text() | NOISE, status=STATUSES)
def test_claims_that_are_no_json_are_no_answer(text: str, status: int) -> None:
    try:
        read_token_owner(HttpAnswer(status, {}, text))
    except NoAnswer:
        return
    assert "twinfield.com" in text
