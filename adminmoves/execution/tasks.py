import os
import socket

from celery import shared_task
from django.conf import settings

from adminmoves import doorbell
from adminmoves.archive import cleaning
from adminmoves.evidence.schedule import connections_to_ask
from adminmoves.execution import runner
from adminmoves.execution.dispatch import due_now
from adminmoves.models import Attempt

MAX_RINGS = 8
"""Packages asked at once; each worker takes another connection."""


@shared_task(name=doorbell.RUN)
def drain() -> None:
    worker = f"{socket.gethostname()}/{os.getpid()}"
    runner.drain(worker, settings.PORTAL_DRAIN_SECONDS)


@shared_task(name=doorbell.CLEAN)
def clean() -> None:
    cleaning.clean(settings.PORTAL_DRAIN_SECONDS)


@shared_task(name="adminmoves.execution.sweep")
def sweep() -> None:
    """Ring for what is due or was left behind: a ring may have been lost."""
    if Attempt.objects.unclaimed().exists() or due_now():
        doorbell.ring(doorbell.RUN)
    if cleaning.due().exists():
        doorbell.ring(doorbell.CLEAN)
    for _connection in connections_to_ask()[:MAX_RINGS]:
        if not doorbell.ring(doorbell.ASK):
            break
