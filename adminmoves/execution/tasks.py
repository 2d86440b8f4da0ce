import os
import socket

from celery import shared_task
from django.conf import settings

from adminmoves import celery_tasks
from adminmoves.archive import cleaning
from adminmoves.evidence.schedule import connections_to_ask
from adminmoves.execution import runner
from adminmoves.execution.dispatch import due_now
from adminmoves.models import Attempt

MAX_ASK_TASKS = 8
"""Packages asked at once; each worker takes another connection."""


@shared_task(name=celery_tasks.DRAIN)
def drain() -> None:
    worker = f"{socket.gethostname()}/{os.getpid()}"
    runner.drain(worker, settings.PORTAL_DRAIN_SECONDS)


@shared_task(name=celery_tasks.CLEAN)
def clean() -> None:
    cleaning.clean(settings.PORTAL_DRAIN_SECONDS)


@shared_task(name="adminmoves.execution.sweep")
def sweep() -> None:
    """Send a task for what is due or expired: an earlier one may have been lost."""
    if Attempt.objects.unclaimed().exists() or due_now():
        celery_tasks.send(celery_tasks.DRAIN)
    if cleaning.due().exists():
        celery_tasks.send(celery_tasks.CLEAN)
    for _connection in connections_to_ask()[:MAX_ASK_TASKS]:
        if not celery_tasks.send(celery_tasks.ASK):
            break
