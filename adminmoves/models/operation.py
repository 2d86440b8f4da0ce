"""State of the installation: processes, the pause of the queue, the marks of stores.

No part of the record.
"""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, Q
from django.db.models.functions import Now
from django.utils import timezone

from adminmoves.models.words import WordField
from adminmoves.vocabulary import BeatKind, StoreName

MAX_MISSED_HEARTBEATS = 3
"""A process that misses more counts as gone."""
UNHEARD = timedelta(minutes=2)
"""Pages say that there is no worker when none was heard for this time."""
FORGOTTEN_AFTER = timedelta(days=1)


class WorkerBeatQuerySet(models.QuerySet["WorkerBeat"]):
    """Moments are the database's own: the clocks of hosts differ."""

    def alive(self) -> Self:
        return self.seen_within(silence())

    def runs(self) -> Self:
        return self.filter(kind__in=(BeatKind.WORKER, BeatKind.BOTH))

    def asks(self) -> Self:
        return self.filter(kind__in=(BeatKind.ASKS, BeatKind.BOTH))

    def beats(self) -> Self:
        return self.filter(kind=BeatKind.BEAT)

    def with_silence(self) -> Self:
        """Each with ``silent``: whether it missed too many heartbeats."""
        silent = Q(seen_at__lt=Now() - silence())
        return self.annotate(silent=ExpressionWrapper(silent, models.BooleanField()))

    def seen_within(self, time: timedelta) -> Self:
        return self.filter(seen_at__gte=Now() - time)

    def forget_old(self) -> None:
        self.filter(seen_at__lt=Now() - FORGOTTEN_AFTER).delete()


class WorkerBeat(models.Model):
    """A process that says it is alive, every PORTAL_HEARTBEAT_SECONDS.

    ``doing``: the names (host/process) under which its children or threads work at
    this moment, one per task. What stops in order takes its row away.
    """

    name = models.CharField(max_length=200, primary_key=True)
    kind = WordField(max_length=10, choices=BeatKind.choices)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_default=Now())
    doing = models.JSONField(default=list)
    # An annotation: only rows of with_silence have it.
    silent: bool

    objects = WorkerBeatQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name


def silence() -> timedelta:
    """How long a process may say nothing before it counts as gone."""
    return timedelta(seconds=MAX_MISSED_HEARTBEATS * settings.PORTAL_HEARTBEAT_SECONDS)


class StoreMark(models.Model):
    """The mark of a folder or bucket that is ours; also in its file ``.portal-mark``.

    Written once, when the place is first used; a place without it is not ours, or it
    is another one's while ours is away.
    """

    name = WordField(max_length=20, primary_key=True, choices=StoreName.choices)
    mark = models.UUIDField(default=uuid.uuid4)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.mark}"

    @staticmethod
    def mark_in(content: bytes) -> uuid.UUID | None:
        """The mark in that file; None if it has none."""
        try:
            return uuid.UUID(content.decode(errors="replace").strip())
        except ValueError:
            return None


class QueueSwitchQuerySet(models.QuerySet["QueueSwitch"]):
    def is_paused(self) -> bool:
        """Whether no move may be started; what runs goes on, also by takeover."""
        return self.filter(paused_at__isnull=False).exists()

    def with_worker(self) -> Self:
        """The row with ``worker_seen``: whether anybody could carry out a move now."""
        workers = WorkerBeat.objects.runs().seen_within(UNHEARD)
        return self.select_related("paused_by").annotate(worker_seen=Exists(workers))


class QueueSwitch(models.Model):
    """The only row: whether the queue is paused, by whom, since when and why.

    The history is in the trail.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    # Somebody waits until nothing runs, to stop the workers.
    draining = models.BooleanField(default=False)
    # What was held by a pause waits since then.
    resumed_at = models.DateTimeField(null=True)
    # An annotation: only the row of with_worker has it.
    worker_seen: bool

    objects = QueueSwitchQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="queue_switch_once"),
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_by=None, reason="", draining=False)
                | (Q(paused_at__isnull=False, paused_by__isnull=False) & ~Q(reason="")),
                name="queue_paused_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return "queue paused" if self.paused_at else "queue open"
