"""Whatever Exact Online says: a verdict, and found only what is there."""

import json

from hypothesis import given
from hypothesis import strategies as st

from adminmoves.bookkeeping.answers import NoAnswer
from adminmoves.bookkeeping.exact_answers import read_me
from adminmoves.bookkeeping.http import HttpAnswer
from adminmoves.vocabulary import Verdict
from tests.bookkeeping.exact_rows import LICENCE, division, listed, verdict_of

V = Verdict
NAMES = ("d", "results", "__next", "error", *division(), "HID", "CurrentDivision")
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([0, 1, 2, 411, "0", "1", "411", "0411", LICENCE, f" {LICENCE}"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=8)
    ),
    max_leaves=20,
)
STATUSES = st.sampled_from(
    [200] * 8 + [204, 302, 400, 401, 403, 404, 408, 429, 500, 503]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["reason", "x-ratelimit-reset", "x-ratelimit-minutely-reset", "retry-after"]
    ),
    st.text() | st.integers().map(str),
)
BODIES = st.text() | VALUES.map(json.dumps)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good answer of up to three rows in which some values were changed or lost."""
    rows = [
        division(**draw(st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=2)))
        for _row in range(draw(st.integers(1, 3)))
    ]
    for name in draw(st.sets(st.sampled_from(NAMES), max_size=1)):
        rows[0].pop(name, None)
    text = json.dumps({"d": {"results": rows}})
    place = draw(st.none() | st.integers(0, len(text)))
    return text if place is None else text[:place] + draw(st.text()) + text[place + 1 :]


def really_there(text: str) -> bool:
    """Whether somewhere in a JSON text stands the active division of our licence."""
    active = {"Hid": 411, "Status": 1, "BlockingStatus": 0}

    def is_it(row: object) -> bool:
        if not isinstance(row, dict):
            return False
        numbers = {
            name: int(str(row[name]).strip())
            for name in active
            if str(row.get(name)).strip().isdecimal()
        }
        return numbers == active and str(row.get("CustomerCode")).strip() == LICENCE

    inner = json.loads(text, strict=False)["d"]
    if isinstance(inner, dict):
        inner = inner if "Code" in inner else inner["results"]
        inner = [inner] if isinstance(inner, dict) else inner
    return any(map(is_it, inner))


def test_the_measure_knows_the_good_answer() -> None:
    assert really_there(listed(division()).text)
    assert not really_there(listed(division(Status=2)).text)


@given(text=mutated() | BODIES, status=STATUSES, headers=HEADERS)
def test_any_answer_is_a_verdict_and_found_only_what_is_there(
    text: str, status: int, headers: dict[str, str]
) -> None:
    evidence = verdict_of(HttpAnswer(status, headers, text))
    assert evidence.verdict in V
    if evidence.verdict == V.FOUND_ACTIVE:
        assert 200 <= status < 300
        assert really_there(text)


@given(text=BODIES, status=STATUSES, headers=HEADERS)
def test_whoever_it_says_we_are_is_a_user_or_no_answer(
    text: str, status: int, headers: dict[str, str]
) -> None:
    try:
        me = read_me(HttpAnswer(status, headers, text))
    except NoAnswer:
        return
    assert me.division == "" or me.division.isdecimal()
