"""Rings for workers when there is something to do. The rows are the queue, not this.

Call it after commit. That nobody hears it is no error: ``sweep`` rings again.
"""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

RUN = "adminmoves.execution.drain"
CLEAN = "adminmoves.execution.clean"
ASK = "adminmoves.proof.ask"
SECONDS_TO_CONNECT = 0.5


def ring(task: str = RUN) -> bool:
    """Send a task by name; return False if the broker is away."""
    # A request of a person waits for this: better no ring than a page that hangs.
    timeouts = {
        "socket_connect_timeout": SECONDS_TO_CONNECT,
        "socket_timeout": SECONDS_TO_CONNECT,
        "max_retries": 0,
    }
    options = {**current_app.conf.broker_transport_options, **timeouts}
    try:
        with current_app.connection_for_write(transport_options=options) as broker:
            current_app.send_task(task, connection=broker, retry=False, expires=300)
    except (OperationalError, OSError):
        logger.warning("Nobody heard the doorbell for %s; sweep will ring again.", task)
        return False
    return True
