"""The Celery application: a doorbell on Redis, never the record of anything."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrations_portal.settings")

app = Celery("migrations_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["adminmoves.execution", "adminmoves.proof"])
