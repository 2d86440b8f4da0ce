"""Verifies the trail and compares the record with it; exit code 1 if one is wrong."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from adminmoves.access import SYSTEM
from adminmoves.audit import chain, record, trail
from adminmoves.vocabulary import EventCode

JOB = "verify_audit"
MAX_LINES = 100


class Command(BaseCommand):
    help = (
        "Check every chain of the audit trail and name the first row of each stream "
        "that was changed, removed, inserted or swapped; compare the record with the "
        "trail, and the files of evidence with their rows, and name every difference. "
        "The outcome is an event too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default="en",
            help="The language of what is told.",
        )
        parser.add_argument(
            "--without-files",
            action="store_true",
            help="Read no files of evidence from the disk.",
        )

    def handle(self, *, language: str, without_files: bool, **_options: Any) -> None:
        with translation.override(language):
            self.verify(with_files=not without_files)

    def verify(self, *, with_files: bool) -> None:
        found = chain.verify()
        differences = record.differences(with_files=with_files)
        self.record_verification(found, len(differences))
        summary = _("%(events)s events in %(streams)s streams") % {
            "events": found.events,
            "streams": found.streams,
        }
        if found.emptied:
            summary += _(", the words of %(n)s were emptied") % {"n": found.emptied}
        if not found.faults and not differences:
            self.stdout.write(
                _("%(seen)s: all as they were written.") % {"seen": summary}
            )
            return
        for line in [*found.faults, *differences][:MAX_LINES]:
            self.stdout.write(str(line))
        wrong = _(
            "%(seen)s: %(streams)s streams are not as written, and %(rows)s rows are "
            "not as the trail tells."
        )
        counts = {"streams": len(found.faults), "rows": len(differences)}
        raise CommandError(wrong % {"seen": summary, **counts})

    def record_verification(self, found: chain.Verification, differences: int) -> None:
        params = {
            "events": found.events,
            "streams": found.streams,
            "faults": len(found.faults),
            "differences": differences,
        }
        line = trail.about_job(JOB, EventCode.AUDIT_VERIFIED, subject="", params=params)
        trail.record(SYSTEM, [line])
