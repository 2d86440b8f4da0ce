import os
import socket

from celery import shared_task
from django.conf import settings

from adminmoves import doorbell
from adminmoves.archive import cleaning
from adminmoves.evidence.schedule import connections_to_ask
from adminmoves.execution import runner
from adminmoves.execution.dispatch import due_now, unclaimed_runs

MOST_RINGS = 8
"""As many packages as are asked at once; each worker takes another connection."""


def worker_name() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


@shared_task(name=doorbell.RUN)
def drain() -> None:
    runner.drain(worker_name(), settings.PORTAL_DRAIN_SECONDS)


@shared_task(name=doorbell.CLEAN)
def clean() -> None:
    cleaning.clean(settings.PORTAL_DRAIN_SECONDS)


@shared_task(name="adminmoves.execution.sweep")
def sweep() -> None:
    """Ring for what is due and was not taken, or was left behind."""
    if unclaimed_runs().exists() or due_now():
        doorbell.ring(doorbell.RUN)
    if cleaning.due().exists():
        doorbell.ring(doorbell.CLEAN)
    for _connection in connections_to_ask()[:MOST_RINGS]:
        if not doorbell.ring(doorbell.ASK):
            break
