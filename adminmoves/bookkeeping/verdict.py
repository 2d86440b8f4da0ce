"""What a list says of one code: the same judgement for all packages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

from django.utils import timezone

from adminmoves.bookkeeping.answers import Evidence, ListedAdministration, Listing
from adminmoves.bookkeeping.failure_reasons import FailureReason
from adminmoves.vocabulary import Verdict

UNREAD_AGAIN = timedelta(minutes=15)
MARK = "\ufffd"
"""Stands where a character could not be read."""


def decide_verdict(
    listing: Listing, found: Sequence[ListedAdministration], expected: str
) -> Evidence:
    """The verdict on the rows with the wanted code.

    ``expected`` is the licence or organisation that the connection stands for. Another
    one that answers makes any hit worthless; of the rows that tell their own owner
    only those of ``expected`` count.
    """
    if not same(listing.observed_environment, expected):
        return _evidence(listing, Verdict.WRONG_ENVIRONMENT)
    ours = _distinct([row for row in found if same(row.environment, expected)])
    if not ours and found:
        return _evidence(listing, Verdict.WRONG_ENVIRONMENT, found[0])
    if not ours:
        return _absent(listing, expected)
    if len(ours) > 1:
        return _evidence(listing, Verdict.AMBIGUOUS)
    row = ours[0]
    verdict = Verdict.FOUND_NOT_USABLE if row.unusable else Verdict.FOUND_ACTIVE
    return _evidence(listing, verdict, row)


def _absent(listing: Listing, expected: str) -> Evidence:
    """Absent only if every code of ours could be read: it may be one that was not."""
    ours = [row for row in listing.rows if same(row.environment, expected)]
    if all(map(_is_read, ours)):
        return _evidence(listing, Verdict.NOT_FOUND_OR_NO_ACCESS)
    evidence = _evidence(listing, Verdict.UNAVAILABLE)
    soon = timezone.now() + UNREAD_AGAIN
    return replace(
        evidence, retry_at=soon, raw_status={"reason": FailureReason.CODES_UNREAD}
    )


def _is_read(row: ListedAdministration) -> bool:
    return not row.code_unread and MARK not in row.code


def _distinct(rows: Sequence[ListedAdministration]) -> list[ListedAdministration]:
    """Each administration once: one may stand in two groups, or on two pages.

    Of one that cannot be used by either of its rows, that row counts.
    """
    distinct: list[ListedAdministration] = []
    for row in sorted(rows, key=lambda row: row.unusable is None):
        if not any(_is_again(row, other) for other in distinct):
            distinct.append(row)
    return distinct


def _is_again(row: ListedAdministration, other: ListedAdministration) -> bool:
    """By the package's own id; where there is none, only if all is the same."""
    if row.external_id and other.external_id:
        return row.external_id.casefold() == other.external_id.casefold()
    return row == other


def key_of(code: str) -> str:
    """A code as the record compares it too: case, spaces and forms of a sign apart."""
    return normalize("NFKC", code.strip()).upper()


def same(observed: str, expected: str) -> bool:
    """Compared without case; what a package does not tell contradicts nothing."""
    told = observed.strip().casefold()
    return not told or told == expected.strip().casefold()


def _evidence(
    listing: Listing, verdict: Verdict, row: ListedAdministration | None = None
) -> Evidence:
    seen = row or ListedAdministration(code="")
    raw = dict(seen.raw)
    if seen.unusable:
        raw["reason"] = seen.unusable
    return Evidence(
        verdict,
        observed_environment=seen.environment or listing.observed_environment,
        external_id=seen.external_id,
        code=seen.code,
        name=seen.name,
        kvk_number=seen.kvk_number,
        seen_as=listing.seen_as,
        endpoint=listing.endpoint,
        request_id=listing.request_id,
        list_size=len(listing.rows),
        checked_at=listing.fetched_at,
        raw_status=raw,
    )
