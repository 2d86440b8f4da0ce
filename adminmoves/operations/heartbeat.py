"""Writes from a thread into the database that this process is alive.

Each beat opens its connection and closes it, so that a database that was away is found
again, and no child process inherits an open connection.
"""

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.db.models.functions import Now
from django.utils import timezone

from adminmoves.models import WorkerBeat
from adminmoves.vocabulary import BeatKind

logger = logging.getLogger(__name__)

ReadDoing = Callable[[], list[str] | None]


class Heartbeat(threading.Thread):
    """Beats every PORTAL_HEARTBEAT_SECONDS, until it is stopped.

    Each beat calls ``doing`` for the names of what the process works on; if it returns
    None, the beat is left out.
    """

    def __init__(self, name: str, kind: BeatKind, doing: ReadDoing) -> None:
        super().__init__(name="heart", daemon=True)
        self.row = WorkerBeat(name=name, kind=kind, started_at=timezone.now())
        self.doing = doing
        self.stopped = threading.Event()
        self.is_failing = False

    def run(self) -> None:
        self.beat()
        while not self.stopped.wait(settings.PORTAL_HEARTBEAT_SECONDS):
            self.beat()
        self.write(self.forget)

    def stop(self) -> None:
        """Stop, and remove the row: a process that ended in order is not missed."""
        self.stopped.set()
        self.join(settings.PORTAL_HEARTBEAT_SECONDS)

    def beat(self) -> None:
        doing = self.doing()
        if doing is None:
            return
        self.row.doing = doing
        self.write(self.show)

    def show(self) -> None:
        self.row.seen_at = Now()
        WorkerBeat.objects.bulk_create(
            [self.row],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["kind", "started_at", "seen_at", "doing"],
        )
        WorkerBeat.objects.forget_old()

    def forget(self) -> None:
        WorkerBeat.objects.filter(pk=self.row.pk).delete()

    def write(self, change: Callable[[], None]) -> None:
        """Change the database; log a failure once, since the next beat tries again."""
        try:
            change()
        except Error:
            if not self.is_failing:
                logger.warning("The heartbeat could not be written.", exc_info=True)
            self.is_failing = True
        else:
            self.is_failing = False
        finally:
            connection.close()
