"""The Celery tasks by name, and sending one to the workers.

Call it after commit. The rows are the queue, not the message: that a task is lost is no
error, since ``sweep`` sends it again.
"""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

DRAIN = "adminmoves.execution.drain"
CLEAN = "adminmoves.execution.clean"
ASK = "adminmoves.proof.ask"
SECONDS_TO_CONNECT = 0.5


def send(task: str = DRAIN) -> bool:
    """Send a task by name; return False if the broker is away."""
    # A request of a person waits for this: better no task than a page that hangs.
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
        logger.warning("The broker is away, so %s was not sent; sweep will.", task)
        return False
    return True
