"""The verdict on one code by the list of a package: one rule for all packages."""

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
"""In the place of a character that could not be read."""


def decide_verdict(
    listing: Listing, found: Sequence[ListedAdministration], expected: str
) -> Evidence:
    """The verdict on the rows that have the code.

    ``expected``: the licence or organisation of the connection. A hit counts for
    nothing when another one answers, or owns the row.
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
    # Absent only when every code was read: an unread one may be the wanted one.
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
    """Each administration once: it may be listed in two groups, or on two pages.

    Of two rows the one that says why it cannot be used comes first.
    """
    distinct: list[ListedAdministration] = []
    for row in sorted(rows, key=lambda row: row.unusable is None):
        if not any(_is_again(row, other) for other in distinct):
            distinct.append(row)
    return distinct


def _is_again(row: ListedAdministration, other: ListedAdministration) -> bool:
    """Compare by the package's own id; without one, by all columns."""
    if row.external_id and other.external_id:
        return row.external_id.casefold() == other.external_id.casefold()
    return row == other


def key_of(code: str) -> str:
    """A code without case, outer spaces and forms of a sign, as the database has it."""
    return normalize("NFKC", code.strip()).upper()


def same(observed: str, expected: str) -> bool:
    """Whether two licences are the same, without case; True where none was observed."""
    name = observed.strip().casefold()
    return not name or name == expected.strip().casefold()


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
