"""Events and reasons as people read them, in both languages."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from adminmoves.audit.sentences import ANSWERS, SENTENCES, quotes, sentence, who
from adminmoves.execution.actions import DONE, NOT_DONE, ROLL_BACK
from adminmoves.models import Event, EventWords
from adminmoves.rules import reasons
from adminmoves.rules.reasons import FACTS, REASONS
from adminmoves.vocabulary import EventCode, MoveState, Role
from tests.cast import MakeMove

CODE = Path(__file__).resolve().parents[2] / "adminmoves"


def event(code: EventCode, **facts: object) -> Event:
    return Event(
        code=code,
        actor_name="Medewerker 1",
        actor_role=Role.SUPPORT_AGENT,
        **facts,
    )


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", EventCode)
def test_every_event_has_a_sentence_even_without_its_facts(
    code: EventCode, language: str
) -> None:
    with translation.override(language):
        text = sentence(event(code))

    assert text
    assert "%(" not in text


@pytest.mark.parametrize("code", EventCode)
def test_every_sentence_has_a_dutch_text(code: EventCode) -> None:
    with translation.override("en"):
        english = str(SENTENCES[code])
    with translation.override("nl"):
        dutch = str(SENTENCES[code])

    assert dutch != english or english == "%(done)s: %(item)s"


@pytest.mark.parametrize(
    ("code", "params", "expected"),
    [
        (
            EventCode.MOVE_APPROVED,
            {"not_before": None, "warnings": [{}, {}]},
            "gaf akkoord: zodra het portaal vrij is, 2 waarschuwingen gezien",
        ),
        (
            EventCode.MOVE_RESCHEDULED,
            {"not_before": "2026-11-24T19:00:00+00:00"},
            "koos een ander moment: niet eerder dan 24 november 2026 20:00",
        ),
        (
            EventCode.PROOF_STORED,
            {
                "connection": "Twinfield BERG-01",
                "code": "NL2041",
                "verdict": "NOT_FOUND_OR_NO_ACCESS",
            },
            "vroeg Twinfield BERG-01 naar NL2041: niet gevonden, of geen toegang",
        ),
        (
            EventCode.MOVE_FAILED,
            {"attempt": 1, "code": "not_alone_at_place", "count": 2},
            "draaide alles terug: er stonden 2 administraties op de gewenste plek",
        ),
        (
            EventCode.AFTERCARE_TICKED,
            {"item": "test_booking", "done": True},
            "vinkte af: Maak een testboeking",
        ),
        (
            EventCode.ADMINISTRATION_MOVED,
            {
                "number": "M-2026-00418",
                "after": {"code": "NL2041", "mail_address": "vkz221.nl2041@x.nl"},
            },
            (
                "verplaatste de administratie met M-2026-00418: code NL2041, "
                "adres vkz221.nl2041@x.nl"
            ),
        ),
    ],
)
def test_facts_stand_in_the_sentence(
    code: EventCode, params: dict[str, object], expected: str
) -> None:
    with translation.override("nl"):
        assert sentence(event(code, params=params)) == expected


def test_a_machine_is_called_by_its_role() -> None:
    line = event(EventCode.MOVE_STARTED)
    line.actor_name, line.actor_role = "worker", Role.WORKER

    with translation.override("nl"):
        assert who(line) == "Het portaal"


def test_free_text_is_quoted_and_may_be_emptied() -> None:
    line = event(EventCode.PROOF_ATTESTED)
    texts = {"said_by": "Supergebruiker Zuid", "ticket": "", "reason": "Storing."}
    line.words = EventWords(event=line, texts=texts)

    with translation.override("nl"):
        assert quotes(line) == ("Gezegd door Supergebruiker Zuid", "“Storing.”")
    assert quotes(event(EventCode.COMMENTED)) == ()


def test_the_answers_are_those_of_settling() -> None:
    assert set(ANSWERS) == {DONE, NOT_DONE, ROLL_BACK}


# --- reasons


def codes_in_the_code() -> set[str]:
    """Every reason that is written down somewhere: {"code": "…"} and RunFailed("…")."""
    found: set[str] = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict):
                found |= {
                    str(value.value)
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant)
                    and key.value == "code"
                    and isinstance(value, ast.Constant)
                }
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "RunFailed":
                found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_reason_that_the_code_stores_can_be_told() -> None:
    assert codes_in_the_code() == set(REASONS)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_sentence_and_a_way_on(code: str, language: str) -> None:
    with translation.override(language):
        reason = reasons.tell({"code": code})

    assert reason is not None
    assert reason.sentence
    assert reason.remedy
    assert "%(" not in reason.sentence + reason.remedy


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_dutch_text(code: str) -> None:
    sentences = []
    for language in ("nl", "en"):
        with translation.override(language):
            sentences.append((str(REASONS[code].title), str(REASONS[code].remedy)))

    assert not set(sentences[0]) & set(sentences[1])


def test_no_reason_is_none() -> None:
    assert reasons.tell({}) is None


def test_a_check_that_makes_it_wait_speaks_for_itself() -> None:
    stored = {
        "code": "leaving",
        "check": "place_free",
        "number": "M-2026-00012",
        "name": "Bakkerij Voorbeeld B.V.",
    }

    with translation.override("en"):
        reason = reasons.tell(stored)

    assert reason == reasons.Reason(
        "leaving",
        "Waits for M-2026-00012",
        "Bakkerij Voorbeeld B.V. is still at the wanted place, and on its way out.",
    )


def test_a_changed_plan_names_what_changed() -> None:
    place = {"office": "VKN104", "code": "2041", "licence": "NOORD-NL"}
    stored = {
        "code": "plan_changed",
        "changes": {
            "name": ["Bakkerij", "Bakkerij B.V."],
            "to": [place, {**place, "code": "2042"}],
            "proof": ["VERIFIED", "ATTESTED"],
        },
    }

    with translation.override("nl"):
        reason = reasons.tell(stored)

    assert reason is not None
    assert reason.details == (
        "naam: was Bakkerij, is nu Bakkerij B.V.",
        "gewenste plek: was VKN104.2041 (NOORD-NL), is nu VKN104.2042 (NOORD-NL)",
        "soort bewijs: was door het pakket zelf gezien, is nu verklaard",
    )


@pytest.mark.django_db
def test_every_fact_of_a_plan_has_a_name(a_move: MakeMove) -> None:
    move = a_move(MoveState.APPROVED)

    assert set(FACTS) == set(move.plan)


def test_a_check_that_holds_is_named() -> None:
    found = {"code": "unprocessed", "say": "some", "params": {"count": 3}}

    with translation.override("en"):
        reason = reasons.tell({"code": "new_warning", "checks": [found]})

    assert reason is not None
    assert reason.details == ("Documents that are not processed: 3",)
