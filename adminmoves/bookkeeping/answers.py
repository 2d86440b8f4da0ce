"""The answers of a package as typed values (domain.md par. 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verdict and what the package showed. Never tokens, never lists of users."""

    verdict: Verdict
    retry_at: datetime | None = None
    observed_environment: str = ""
    external_id: str = ""
    code: str = ""
    name: str = ""
    kvk_number: str = ""
    seen_as: str = ""
    endpoint: str = ""
    request_id: str = ""
    list_size: int | None = None
    checked_at: datetime | None = None
    raw_status: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedAdministration:
    """One administration as a package shows it.

    ``environment``: the licence that owns it, where a row names one. ``unusable``: why
    it cannot be used now, None when it can. ``code_unread``: it has a code, or must
    have one, that could not be read. ``raw``: the status fields of the package itself.
    """

    code: str
    external_id: str = ""
    name: str = ""
    kvk_number: str = ""
    environment: str = ""
    unusable: FailureReason | None = None
    code_unread: bool = False
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """All administrations that the user who gave consent may see.

    ``observed_environment``: the licence or organisation that answered, where the
    package names one for the whole list. ``seen_as``: that user's name, ``user_id``
    their id in the package.
    """

    rows: tuple[ListedAdministration, ...]
    endpoint: str
    observed_environment: str = ""
    seen_as: str = ""
    user_id: str = ""
    request_id: str = ""
    fetched_at: datetime = field(default_factory=timezone.now)


class NoAnswer(Exception):
    """The package gave no answer; ``verdict`` and ``reason`` say why.

    ``retry_at``: the package does not want to be asked before. ``stale_token``: retry
    once with a new access token. ``again``: retry at once. ``consent_lost``: the tokens
    are certainly worthless. ``unexplained``: a renewal was refused for no cause that we
    know, or for one that ought to pass; ``grants`` counts these.
    """

    def __init__(
        self,
        verdict: Verdict,
        reason: FailureReason,
        *,
        retry_at: datetime | None = None,
        stale_token: bool = False,
        again: bool = False,
        consent_lost: bool = False,
        unexplained: bool = False,
    ) -> None:
        super().__init__(f"{verdict} {reason}")
        self.verdict = verdict
        self.reason = reason
        self.retry_at = retry_at
        self.stale_token = stale_token
        self.again = again
        self.consent_lost = consent_lost
        self.unexplained = unexplained

    def evidence(self) -> Evidence:
        return Evidence(
            self.verdict,
            retry_at=self.retry_at,
            checked_at=timezone.now(),
            raw_status={"reason": self.reason},
        )


def unreadable(why: FailureReason) -> NoAnswer:
    # An answer in another shape than documented says nothing about the administration.
    return NoAnswer(Verdict.UNAVAILABLE, why)
