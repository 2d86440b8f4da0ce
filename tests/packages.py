"""A package whose answers a test chooses; it stands where the gateway asks."""

from dataclasses import dataclass, field
from typing import Any

from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Verdict


@dataclass
class ChosenAnswers:
    """Answers with the next of ``answers``; the last one is repeated."""

    answers: list[Evidence] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def check(
        self, connection: BookkeepingConnection, code: str, *_rest: str, **_how: Any
    ) -> Evidence:
        self.asked.append((connection.package_environment, code))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def will_say(self, *verdicts: Verdict) -> None:
        self.answers = [Evidence(verdict) for verdict in verdicts]
