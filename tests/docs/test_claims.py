"""Sentences of the pages that name a figure or a package, held against the code."""

import re

import pytest
from django.conf import settings

from adminmoves.bookkeeping import connection_lock
from adminmoves.bookkeeping.gateway import ADAPTERS, LIST_AGE
from adminmoves.models.search import WINDOW_DAYS
from adminmoves.overview.connections.consent import MAX_CONSENT_SECONDS
from adminmoves.rules.checks.code import LONGEST_IN_ADDRESS
from adminmoves.scheduling.queue import LATE_AFTER, LATE_TIMES
from tests.docs.pages import pages, read

WORDS = {
    2: "two",
    3: "three",
    5: "five",
    10: "ten",
}
ATTESTED_DAYS = settings.PORTAL_ATTESTED_PROOF_DAYS
LOCKED_MINUTES = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
CLAIMS = [
    ("support-agent", f"at most {settings.PORTAL_EVIDENCE_MAX_MB} MB"),
    ("support-agent", f"An attestation holds for {ATTESTED_DAYS} days"),
    ("domain", f"holds for {ATTESTED_DAYS} days, a setting"),
    ("domain", f"in the last {settings.PORTAL_COUNT_OLD_DAYS} days (a setting)"),
    (
        "support-agent",
        f"Counts of more than {settings.PORTAL_COUNT_OLD_DAYS} days ago are a warning",
    ),
    (
        "team-lead",
        (
            f"more than {WORDS[LATE_TIMES]} times as long as others of its type and "
            f"size, and more than {WORDS[LATE_AFTER.seconds // 60]} minutes"
        ),
    ),
    ("auditor", f"looked for in the newest {WINDOW_DAYS} days"),
    ("administrator", f"You have {WORDS[MAX_CONSENT_SECONDS // 60]} minutes"),
    (
        "administrator",
        (
            f"After {WORDS[settings.AXES_FAILURE_LIMIT]} wrong passwords for one name "
            f"from one address the log-in is locked for {LOCKED_MINUTES} minutes"
        ),
    ),
    ("domain", f"address, at most {LONGEST_IN_ADDRESS} characters"),
    ("packages/README", f"kept for {WORDS[LIST_AGE.seconds // 60]} minutes"),
    (
        "packages/README",
        (
            f"from {connection_lock.SHORTEST_QUIET.seconds} seconds up to "
            f"{connection_lock.LONGEST_QUIET.seconds // 60} minutes"
        ),
    ),
]


@pytest.mark.parametrize(("page", "sentence"), CLAIMS)
def test_a_figure_on_a_page_is_the_one_in_the_code(page: str, sentence: str) -> None:
    assert sentence in " ".join(read(f"docs/{page}.md").split())


def test_the_packages_that_can_be_asked_are_named() -> None:
    words = next(
        sentence
        for sentence in read("docs/domain.md").replace("\n", " ").split(". ")
        if "The portal can ask" in sentence
    )

    assert [package for package in ADAPTERS if package.label not in words] == []


def test_no_page_says_that_packages_cannot_be_asked() -> None:
    denied = re.compile(r"no package (can be asked|is connected)", re.IGNORECASE)

    assert [page.name for page in pages() if denied.search(page.read_text())] == []
