"""Workers and beat show that they are alive; Celery tells when they start and stop."""

import atexit
import math
import socket
import time
from typing import Any

from celery import signals
from celery.worker import state
from django.conf import settings

from adminmoves.operations.guards import GuardsDown, refuse_blinded_guards
from adminmoves.operations.heartbeat import Heartbeat
from adminmoves.vocabulary import BeatKind

SWEEP = "adminmoves.execution.sweep"
KINDS = {
    frozenset({"celery"}): BeatKind.WORKER,
    frozenset({"asks"}): BeatKind.ASKS,
}
hearts: list[Heartbeat] = []
"""Of this process: none, or one."""


@signals.worker_init.connect
@signals.beat_init.connect
def look_at_guards(**_told: Any) -> None:
    """Celery logs what a receiver raises and goes on; only this ends the process."""
    try:
        refuse_blinded_guards()
    except GuardsDown as down:
        raise SystemExit(str(down)) from down


@signals.worker_ready.connect
def begin_worker(sender: Any, **_told: Any) -> None:
    queues = frozenset(sender.app.amqp.queues.consume_from)
    kind = KINDS.get(queues, BeatKind.BOTH)
    begin(Heartbeat(sender.hostname, kind, worked_on))


@signals.beat_init.connect
def begin_beat(**_told: Any) -> None:
    """Beat is alive as long as it rings the sweep, not as long as it is there."""
    # Room for one heartbeat, so that a ring just before or after one counts.
    often = settings.PORTAL_SWEEP_SECONDS + settings.PORTAL_HEARTBEAT_SECONDS
    rung_at = -math.inf

    def rang(**_told: Any) -> None:
        nonlocal rung_at
        rung_at = time.monotonic()

    def has_rung() -> list[str] | None:
        return [] if time.monotonic() - rung_at < often else None

    signals.after_task_publish.connect(rang, sender=SWEEP, weak=False)
    begin(Heartbeat(f"beat@{socket.gethostname()}", BeatKind.BEAT, has_rung))
    # Celery does not tell when beat stops.
    atexit.register(end)


def begin(heart: Heartbeat) -> None:
    hearts.append(heart)
    heart.start()


@signals.worker_shutdown.connect
def end(**_told: Any) -> None:
    while hearts:
        hearts.pop().stop()


def worked_on() -> list[str]:
    """Who of this worker is busy: the names that stand at their runs as well."""
    host = socket.gethostname()
    pids = [request.worker_pid for request in list(state.requests.values())]
    return [f"{host}/{pid}" for pid in pids if pid]
