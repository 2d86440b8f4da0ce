"""Refusals, each with a sentence for people."""

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """This actor may never take this action. Django answers 403."""


class DomainError(Exception):
    """It cannot be done now, and a person can be told why. The text is for them."""


class StepRefused(DomainError):
    """The move is not in a state from which this step can be taken (HTTP 409)."""


class ChangedMeanwhile(StepRefused):
    """Somebody else changed what the form was about; the text says who and when."""


class RuleHeld(DomainError):
    """The database held a rule; nothing of this transaction can be kept.

    ``rule``: the name of the constraint.
    """

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule


class FourEyes(DomainError):
    """Who contributed to a move does not approve it."""


class CheckRefused(DomainError):
    """A check holds the move back; ``report`` tells which, all at once."""

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class ProofRefused(DomainError):
    """The proof does not hold (any more) for this move, connection and code."""


class LeaseLost(Exception):
    """Another worker carries the run on; whatever this one still holds is void."""
