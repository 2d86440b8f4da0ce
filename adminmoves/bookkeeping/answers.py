"""What a package answers, in our words (domain.md par. 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer: the verdict and what was seen. Never tokens, never lists of users."""

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
    raw_status: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedAdministration:
    """One administration as a package shows it; ``raw`` holds its own status fields.

    ``unusable`` says why it cannot be used now; None when it can.
    ``environment`` is the licence that owns it, where a row tells that.
    ``code_unread``: it has a code, or must have one, that could not be read.
    """

    code: str
    external_id: str = ""
    name: str = ""
    kvk_number: str = ""
    environment: str = ""
    unusable: FailureReason | None = None
    code_unread: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """All administrations that the consenting user may see, and as whom they were seen.

    ``observed_environment``: the licence or organisation that answered, where the
    package tells it for the whole list. ``user_id``: the package's own id of the user.
    """

    rows: tuple[ListedAdministration, ...]
    endpoint: str
    observed_environment: str = ""
    seen_as: str = ""
    user_id: str = ""
    request_id: str = ""
    fetched_at: datetime = field(default_factory=timezone.now)


class NoAnswer(Exception):
    """The package did not say what was asked; ``verdict`` and ``reason`` say why.

    ``stale_token``: a new access token may help, once. ``again``: so may asking again.
    ``consent_lost``: the tokens are worth nothing any more, for sure.
    ``unexplained``: a renewal was refused for no cause that we know, or for one that
    ought to pass; see ``grants``.
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
    """An answer that is not in the documented shape says nothing about anything."""
    return NoAnswer(Verdict.UNAVAILABLE, why)
