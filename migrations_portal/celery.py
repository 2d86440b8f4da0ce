"""The Celery application: a doorbell on Redis, never the record of anything."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrations_portal.settings")

app = Celery("migrations_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "adminmoves.execution",
        "adminmoves.proof",
        "adminmoves.operations",
        "adminmoves.overview",
    ]
)


@signals.setup_logging.connect
def log_as_the_portal(loglevel: int, **_told: Any) -> None:
    """Workers and beat log as the web does; Celery only chooses its own level."""
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel)
