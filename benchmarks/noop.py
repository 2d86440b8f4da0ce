"""The portal's own Celery application with one more task, which does nothing."""

from migrations_portal.celery import app

QUEUE = "noop"


@app.task(name="benchmarks.noop")
def noop() -> None:
    """As little as a task can be."""
