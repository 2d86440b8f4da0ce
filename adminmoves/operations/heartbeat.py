"""A process says in the database that it is alive, from a thread of its own.

The connection is opened for each beat and closed after it: a database that was away
is met anew, and no child inherits an open one.
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

Doing = Callable[[], list[str] | None]


class Heartbeat(threading.Thread):
    """Beats every PORTAL_HEARTBEAT_SECONDS, until it is stopped.

    ``doing`` is asked at each beat for what the process works on; None means that
    there is nothing to say for itself this time, and the beat is left out.
    """

    def __init__(self, name: str, kind: BeatKind, doing: Doing) -> None:
        super().__init__(name="heart", daemon=True)
        self.of = WorkerBeat(name=name, kind=kind, started_at=timezone.now())
        self.doing = doing
        self.stopped = threading.Event()
        self.in_trouble = False

    def run(self) -> None:
        self.beat()
        while not self.stopped.wait(settings.PORTAL_HEARTBEAT_SECONDS):
            self.beat()
        self.attempt(self.forget)

    def stop(self) -> None:
        """End in order: the row goes too, since nobody has to miss it."""
        self.stopped.set()
        self.join(settings.PORTAL_HEARTBEAT_SECONDS)

    def beat(self) -> None:
        doing = self.doing()
        if doing is None:
            return
        self.of.doing = doing
        self.attempt(self.show)

    def show(self) -> None:
        self.of.seen_at = Now()
        WorkerBeat.objects.bulk_create(
            [self.of],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["kind", "started_at", "seen_at", "doing"],
        )
        WorkerBeat.objects.forget_old()

    def forget(self) -> None:
        WorkerBeat.objects.filter(pk=self.of.pk).delete()

    def attempt(self, write: Callable[[], None]) -> None:
        """A database that is away is told once; the next beat tries again."""
        try:
            write()
        except Error:
            if not self.in_trouble:
                logger.warning("The heartbeat could not be written.", exc_info=True)
            self.in_trouble = True
        else:
            self.in_trouble = False
        finally:
            connection.close()
