"""Tells workers that there is something to do. The rows are the queue, not this.

Called after commit. When nobody hears it, that is no error: ``sweep`` rings again.
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
    """Send a task by name; say whether somebody could be told."""
    patience = {
        "socket_connect_timeout": SECONDS_TO_CONNECT,
        "socket_timeout": SECONDS_TO_CONNECT,
        "max_retries": 0,
    }
    options = {**current_app.conf.broker_transport_options, **patience}
    try:
        with current_app.connection_for_write(transport_options=options) as line:
            current_app.send_task(task, connection=line, retry=False, expires=300)
    except (OperationalError, OSError):
        logger.warning("Nobody heard the doorbell for %s; sweep will ring again.", task)
        return False
    return True
