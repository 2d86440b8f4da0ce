"""Refusals, each with a sentence for people."""

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """The actor may not take this action. Django answers 403."""


class DomainError(Exception):
    """Refuses an action now. The text is a sentence for the person."""


class StepRefused(DomainError):
    """The move is not in a state from which this step can be taken (HTTP 409)."""


class ChangedMeanwhile(StepRefused):
    """Somebody else changed what the form shows; the text says who and when."""


class RuleHeld(DomainError):
    """The database held a rule; nothing of this transaction can be kept.

    ``rule``: the name of the constraint.
    """

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule


class FourEyes(DomainError):
    """A contributor to a move does not approve it."""


class CheckRefused(DomainError):
    """Checks hold the move back; ``report`` has all of them."""

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class ProofRefused(DomainError):
    """The proof does not hold (any more) for this move, connection and code."""


class LeaseLost(Exception):
    """Another worker carries the run on: this one writes nothing more."""
