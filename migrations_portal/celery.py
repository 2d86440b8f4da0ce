"""The Celery application: it wakes workers, and is never the record of anything."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from migrations_portal.orphans import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrations_portal.settings")

app = Celery("migrations_portal")
main_process = os.getpid()
"""In a worker, the process that forks its pool."""
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
def end_with_worker(**_signal: Any) -> None:
    """End a child of the pool with its worker; alone it would keep its run."""
    end_with_parent(main_process)


@signals.setup_logging.connect
def log_as_the_portal(loglevel: int, **_signal: Any) -> None:
    """Let workers and beat log as the web does; Celery only sets its own level."""
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel)
