"""Is the audit trail as it was written? Exit code 1 when it is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adminmoves.access import SYSTEM
from adminmoves.audit import chain, trail
from adminmoves.vocabulary import EventCode

JOB = "verify_audit"
MOST_LINES = 100


class Command(BaseCommand):
    help = (
        "Check every chain of the audit trail and name the first row of each stream "
        "that was changed, removed, inserted or swapped. The outcome is an event too."
    )

    def handle(self, **_options: Any) -> None:
        found = chain.verify()
        self.write_down(found)
        told = f"{found.events} events in {found.streams} streams"
        if found.emptied:
            told += f", the words of {found.emptied} were emptied"
        if not found.faults:
            self.stdout.write(f"{told}: all as they were written.")
            return
        for fault in found.faults[:MOST_LINES]:
            self.stdout.write(str(fault))
        raise CommandError(f"{told}: {len(found.faults)} streams are not as written.")

    def write_down(self, found: chain.Verification) -> None:
        params = {
            "events": found.events,
            "streams": found.streams,
            "faults": len(found.faults),
        }
        line = trail.about_job(JOB, EventCode.AUDIT_VERIFIED, subject="", params=params)
        trail.record(SYSTEM, [line])
