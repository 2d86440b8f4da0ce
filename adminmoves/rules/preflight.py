"""All checks of a move at a moment, all problems at once. Changes nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from adminmoves.models import Move, Parties, Proof
from adminmoves.models.keys import code_key
from adminmoves.rules.checks.base import Check, CheckContext, Finding, Message, Target
from adminmoves.rules.checks.connection import NOTHING_FITS
from adminmoves.rules.type_rules import CHECKS_BY_CODE, checks_for
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
    message_key: str
    params: Mapping[str, Any]
    field: str
    holds_from: Moment

    @property
    def _message(self) -> Message:
        return CHECKS_BY_CODE[self.code].messages[self.message_key]

    def _fill_in(self, text: Any) -> str:
        params = dict(self.params)
        if "move_type" in params:
            params["move_type"] = MoveType(params["move_type"]).label
        return one_point(str(text) % params) if params else str(text)

    @property
    def title(self) -> str:
        return self._fill_in(self._message.title)

    @property
    def remedy(self) -> str:
        return self._fill_in(self._message.remedy)

    @property
    def key(self) -> str:
        """Names a warning for ticking: another count is another warning."""
        params = ",".join(f"{name}={self.params[name]}" for name in sorted(self.params))
        return f"{self.code}:{self.message_key}:{params}"

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "say": self.message_key, "params": dict(self.params)}


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
        """Results that hold the move back at that moment."""
        return tuple(
            result
            for result in self.results
            if result.outcome in {BLOCKING, WAITING, TODO}
            and MOMENTS.index(result.holds_from) <= MOMENTS.index(moment)
        )

    def message(self, moment: Moment) -> str:
        """One sentence that names all that holds the move back."""
        titles = "; ".join(result.title for result in self.holding(moment))
        return _("This holds the migration back: %(titles)s.") % {"titles": titles}


def preflight(target: Target) -> Report:
    answers = (
        _result_of(check, _severity(check, target), check.ask(target))
        for check in checks_for(target.intent)
    )
    results = _without_needless([result for result in answers if result])
    results.sort(key=lambda result: OUTCOMES.index(result.outcome))
    return Report(tuple(results))


def _without_needless(results: list[Result]) -> list[Result]:
    """Leave out requests to choose a connection if the office has none to choose.

    That blocks by itself; if a setting makes a warning of it, all results stay.
    """
    nothing_fits = [result for result in results if result.message_key in NOTHING_FITS]
    if not any(result.outcome == BLOCKING for result in nothing_fits):
        return results
    return [
        result
        for result in results
        if result in nothing_fits or not _asks_connection(result)
    ]


def _asks_connection(result: Result) -> bool:
    is_about = result.field == "to_connection" or result.message_key == "choose"
    return is_about and result.outcome != PASSED


def _severity(check: Check, target: Target) -> Severity:
    default = check.severities[target.intent]
    if check.fixed:
        return default
    return Severity(
        target.context.conflict_data.chosen.get((target.intent, check.code), default)
    )


def _result_of(check: Check, severity: Severity, finding: Finding) -> Result | None:
    """Return None if the check is off or its warning does not apply yet."""
    too_early = finding.kind == "todo" and severity == Severity.WARNING
    if severity == Severity.OFF or too_early:
        return None
    problem = BLOCKING if severity == Severity.BLOCKING else WARNING
    return Result(
        code=check.code,
        outcome=OUTCOME_OF.get(finding.kind, problem),
        message_key=finding.message_key,
        params=finding.params,
        field=finding.field,
        holds_from=max(check.holds_from, finding.holds_from, key=MOMENTS.index),
    )


def target_of(
    move: Move, proof: Proof | None = None, context: CheckContext | None = None
) -> Target | None:
    """The target of a stored move; None while no administration was chosen."""
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
        context=context or CheckContext(),
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
    context = CheckContext()
    targets = {move.pk: target_of(move, context=context) for move in moves}
    return {
        move_id: preflight(target) if target else Report(())
        for move_id, target in targets.items()
    }
