"""Compares the rows of the record with the events that wrote them.

Each file of ``comparisons`` is one statement, so that a row that is written meanwhile
does not look like a difference. Its columns have the names of RecordDifference.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminmoves.archive.marks import StoreAway
from adminmoves.evidence.files import trouble_with
from adminmoves.models import EvidenceFile
from adminmoves.models.sql import fetch_as
from adminmoves.vocabulary import FileTrouble

FOLDER = Path(__file__).resolve().parent / "comparisons"
SLACK_SECONDS = 300
"""A row has the clock of a web host or a worker, its event that of the database."""
FACT = "fact "

KINDS: Mapping[str, Promise] = {
    "requester": gettext_lazy("is asked for by somebody else"),
    "number": gettext_lazy("was made in another year, so that its number differs"),
    "created_at": gettext_lazy("was made at another moment"),
    "administration": gettext_lazy("is about another administration"),
    "wanted": gettext_lazy("wants another place or is of another type"),
    "origin": gettext_lazy("comes from another place"),
    "approver": gettext_lazy("was approved by somebody else, or by nobody"),
    "approved_at": gettext_lazy("was approved at another moment"),
    "not_before": gettext_lazy("starts at another moment than was chosen"),
    "haste": gettext_lazy("is urgent or runs outside its window, against its events"),
    "loan_missing": gettext_lazy("is missing: a lent right to approve, or its end"),
    "loan_untold": gettext_lazy("is in no event: a lent right to approve, or its end"),
    "paused": gettext_lazy("is paused or open, against its last event"),
    "plan_hash": gettext_lazy("has another fingerprint of its plan"),
    "warnings": gettext_lazy("has other warnings that were seen"),
    "plan": gettext_lazy("has a plan that does not fit its fingerprint"),
    "planned": gettext_lazy("says something else than its plan"),
    "contributor_missing": gettext_lazy("is missing: somebody who worked on it"),
    "contributor_untold": gettext_lazy("is in no event: somebody who worked on it"),
    "proof_missing": gettext_lazy("is missing"),
    "proof_untold": gettext_lazy("is in no event"),
    "proof": gettext_lazy("says something else"),
    "attester": gettext_lazy("was attested by somebody else"),
    "moved_on": gettext_lazy("tells another day of the move in the package"),
    "checked_at": gettext_lazy("was given at another moment"),
    "evidence": gettext_lazy("refers to another file"),
    "words": gettext_lazy("has other words"),
    "former_missing": gettext_lazy("is missing: a former place"),
    "former_untold": gettext_lazy("is in no event: a former place"),
    "former": gettext_lazy("tells another former place"),
    "place": gettext_lazy("is not where its last migration brought it"),
    "move_untold": gettext_lazy("is completed, and no event says what moved"),
    "attempt_missing": gettext_lazy("is missing: an attempt"),
    "attempt_untold": gettext_lazy("is in no event: an attempt"),
    "outcome": gettext_lazy("ended otherwise"),
    "effect_missing": gettext_lazy("is missing: a step that was carried out"),
    "effect_untold": gettext_lazy("is in no event: a step that was carried out"),
    "subject_untold": gettext_lazy("has no trail at all"),
    "sign_in": gettext_lazy("signed in last at a moment that is in no event"),
    "actor_unknown": gettext_lazy("acted, and is gone"),
    "retirement_missing": gettext_lazy("is missing: a retirement"),
    "retirement_untold": gettext_lazy("is in no event: a retirement"),
    "decider": gettext_lazy("was decided by somebody else"),
    "retired": gettext_lazy("is in use or retired, against its last decision"),
    "archive": gettext_lazy("has other documents than its last migration read back"),
    "file_away": gettext_lazy(
        "and those after it could not be looked at: the folder of the evidence is away"
    ),
    "file_missing": gettext_lazy("has no file on disk"),
    "file_changed": gettext_lazy("has another file on disk than was uploaded"),
}

FILE_KINDS = {FileTrouble.MISSING: "file_missing", FileTrouble.CHANGED: "file_changed"}


class RecordDifference(NamedTuple):
    """A row that is not as its event wrote it; ``event_id`` is None without event."""

    kind: str
    table: str
    row: str
    event_id: int | None

    def __str__(self) -> str:
        if self.kind.startswith(FACT):
            name = self.kind.removeprefix(FACT)
            what = _("has another “%(name)s” than was written") % {"name": name}
        else:
            what = str(KINDS[self.kind])
        event = f" ({_('event')} {self.event_id})" if self.event_id else ""
        return f"{self.table} {self.row}{event}: {what}"


def differences(*, with_files: bool = True) -> list[RecordDifference]:
    """All differences, by table and row. ``with_files`` also reads all evidence."""
    found = [difference for name in comparisons() for difference in _compare(name)]
    if with_files:
        found += _changed_files()
    return sorted(
        found,
        key=lambda difference: (difference.table, difference.row, difference.kind),
    )


def comparisons() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.sql"))


def _compare(name: str) -> list[RecordDifference]:
    statement = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    params: dict[str, str | int] = {
        "zone": settings.TIME_ZONE,
        "slack": SLACK_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return fetch_as(cursor, RecordDifference)


def _changed_files() -> Iterator[RecordDifference]:
    for file in EvidenceFile.objects.order_by("pk").iterator():
        row = f"{file.pk} ({file.name})"
        try:
            trouble = trouble_with(file)
        except StoreAway:
            # The other files are in the same folder.
            yield RecordDifference("file_away", "adminmoves_evidencefile", row, None)
            return
        if trouble:
            yield RecordDifference(
                FILE_KINDS[trouble], "adminmoves_evidencefile", row, None
            )
