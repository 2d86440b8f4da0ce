"""The Celery application: a doorbell on Redis, never the record of anything."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from migrations_portal.orphans import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrations_portal.settings")

app = Celery("migrations_portal")
main_process = os.getpid()
"""Of a worker: the process that forks its pool."""
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "adminmoves.execution",
        "adminmoves.proof",
        "adminmoves.operations",
        "adminmoves.overview",
    ]
)


@signals.worker_process_init.connect
def end_with_worker(**_told: Any) -> None:
    """A child of a pool whose worker was killed holds its run, and takes no other."""
    end_with_parent(main_process)


@signals.setup_logging.connect
def log_as_the_portal(loglevel: int, **_told: Any) -> None:
    """Workers and beat log as the web does; Celery only chooses its own level."""
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel)
