"""All checks of a move at a moment, all problems at once. Changes nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from adminmoves.models import Move, Parties, Proof
from adminmoves.rules.checks.base import Check, CheckContext, Finding, Message, Target
from adminmoves.rules.checks.connection import NOTHING_FITS
from adminmoves.rules.types import CHECKS_BY_CODE, checks_for
from adminmoves.vocabulary import Moment, MoveType, Severity

BLOCKING, WAITING, TODO, WARNING, PASSED = (
    "blocking",
    "waiting",
    "todo",
    "warning",
    "passed",
)
OUTCOMES = (BLOCKING, WAITING, TODO, WARNING, PASSED)
OUTCOME_OF = {"ok": PASSED, "waiting": WAITING, "todo": TODO}
MOMENTS = (Moment.SUBMIT, Moment.APPROVE, Moment.START)


TWO_POINTS = re.compile(r"(?<!\.)\.\.(?=\s|$)")


def one_point(sentence: str) -> str:
    """A name may end in the point with which its sentence ends, too ("V.O.F.")."""
    return TWO_POINTS.sub(".", sentence)


@dataclass(frozen=True, slots=True)
class Result:
    """One check's answer: code and parameters, so that both languages can tell it."""

    code: str
    outcome: str
    say: str
    params: Mapping[str, Any]
    field: str
    holds_from: Moment

    @property
    def _saying(self) -> Message:
        return CHECKS_BY_CODE[self.code].sayings[self.say]

    def _told(self, text: Any) -> str:
        shown = dict(self.params)
        if "move_type" in shown:
            shown["move_type"] = MoveType(shown["move_type"]).label
        return one_point(str(text) % shown) if shown else str(text)

    @property
    def title(self) -> str:
        return self._told(self._saying.title)

    @property
    def remedy(self) -> str:
        return self._told(self._saying.remedy)

    @property
    def key(self) -> str:
        """Names a warning for ticking: another count is another warning."""
        told = ",".join(f"{name}={self.params[name]}" for name in sorted(self.params))
        return f"{self.code}:{self.say}:{told}"

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "say": self.say, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Report:
    results: tuple[Result, ...]

    def of(self, outcome: str) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.outcome == outcome)

    @property
    def counts(self) -> dict[str, int]:
        return {outcome: len(self.of(outcome)) for outcome in OUTCOMES}

    @property
    def warnings(self) -> tuple[Result, ...]:
        return self.of(WARNING)

    def holding(self, moment: Moment) -> tuple[Result, ...]:
        """What holds the move back at that moment."""
        return tuple(
            result
            for result in self.results
            if result.outcome in {BLOCKING, WAITING, TODO}
            and MOMENTS.index(result.holds_from) <= MOMENTS.index(moment)
        )

    def told(self, moment: Moment) -> str:
        """One sentence that names all that holds the move back."""
        titles = "; ".join(result.title for result in self.holding(moment))
        return _("This holds the migration back: %(titles)s.") % {"titles": titles}


def preflight(wish: Target) -> Report:
    judged = (
        _judge(check, _severity(check, wish), check.ask(wish))
        for check in checks_for(wish.intent)
    )
    results = _to_act_upon([result for result in judged if result])
    results.sort(key=lambda result: OUTCOMES.index(result.outcome))
    return Report(tuple(results))


def _to_act_upon(results: list[Result]) -> list[Result]:
    """Without what asks to choose a connection, where the office has none to choose.

    That blocks by itself; where a setting makes a warning of it, all is told.
    """
    if not any(one.say in NOTHING_FITS and one.outcome == BLOCKING for one in results):
        return results
    return [
        one for one in results if one.say in NOTHING_FITS or not _asks_connection(one)
    ]


def _asks_connection(result: Result) -> bool:
    is_about = result.field == "to_connection" or result.say == "choose"
    return is_about and result.outcome != PASSED


def _severity(check: Check, wish: Target) -> Severity:
    default = check.severities[wish.intent]
    if check.fixed:
        return default
    return Severity(wish.known.told.chosen.get((wish.intent, check.code), default))


def _judge(check: Check, severity: Severity, finding: Finding) -> Result | None:
    """None where there is nothing to tell: switched off, or a warning too early."""
    too_early = finding.kind == "todo" and severity == Severity.WARNING
    if severity == Severity.OFF or too_early:
        return None
    problem = BLOCKING if severity == Severity.BLOCKING else WARNING
    return Result(
        code=check.code,
        outcome=OUTCOME_OF.get(finding.kind, problem),
        say=finding.say,
        params=finding.params,
        field=finding.field,
        holds_from=max(check.holds_from, finding.holds_from, key=MOMENTS.index),
    )


def code_key(package: str, code: str) -> str:
    """The database's own key of a code, so that nothing compares otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT adminmoves_code_key(%s, %s)", [package, code])
        return str(cursor.fetchone()[0])


def wish_of(
    move: Move, proof: Proof | None = None, known: CheckContext | None = None
) -> Target | None:
    """What a stored move wants; None while no administration was chosen."""
    if move.administration is None:
        return None
    return Target(
        administration=move.administration,
        intent=MoveType(move.move_type or move.intent),
        to_environment=move.to_environment,
        to_connection=move.to_connection,
        to_code=move.to_code,
        to_code_key=key_of(move),
        parties=getattr(move, "parties", None) or Parties(move=move),
        move=move,
        proof=proof or move.proof,
        known=known or CheckContext(),
    )


def key_of(move: Move) -> str:
    """The key of the code that a stored move wants."""
    administration = move.administration
    if administration is None or administration.package == move.package:
        return str(move.to_code_key)
    return code_key(administration.package, move.to_code)


def inspect(move: Move) -> Report:
    """All checks of a stored move, as things are now."""
    return inspect_many([move])[move.pk]


def inspect_many(moves: Sequence[Move]) -> dict[int, Report]:
    """The same of many by their ids; what the checks read is read once for all."""
    known = CheckContext()
    wishes = {move.pk: wish_of(move, known=known) for move in moves}
    return {
        move_id: preflight(wish) if wish else Report(())
        for move_id, wish in wishes.items()
    }
