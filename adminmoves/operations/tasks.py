"""Starts and stops the heartbeats of workers and beat, on the signals of Celery."""

import atexit
import math
import socket
import time
from typing import Any

from celery import signals
from celery.worker import state
from django.conf import settings

from adminmoves.operations.guards import GuardsDown, require_guards
from adminmoves.operations.heartbeat import Heartbeat
from adminmoves.vocabulary import BeatKind

SWEEP = "adminmoves.execution.sweep"
KINDS = {
    frozenset({"celery"}): BeatKind.WORKER,
    frozenset({"asks"}): BeatKind.ASKS,
}
heartbeats: list[Heartbeat] = []
"""Those of this process: none, or one."""


@signals.worker_init.connect
@signals.beat_init.connect
def check_guards(**_signal: object) -> None:
    """End the process if a guard is down: Celery only logs what a receiver raises."""
    try:
        require_guards()
    except GuardsDown as down:
        raise SystemExit(str(down)) from down


@signals.worker_ready.connect
def begin_worker(sender: Any, **_signal: Any) -> None:
    queues = frozenset(sender.app.amqp.queues.consume_from)
    kind = KINDS.get(queues, BeatKind.BOTH)
    begin(Heartbeat(sender.hostname, kind, busy_names))


@signals.beat_init.connect
def begin_beat(**_signal: object) -> None:
    """Count beat as alive only as long as its sweep comes through."""
    # One heartbeat more, so that a sweep just after a heartbeat still counts.
    max_seconds = settings.PORTAL_SWEEP_SECONDS + settings.PORTAL_HEARTBEAT_SECONDS
    rung_at = -math.inf

    def rang(**_signal: object) -> None:
        nonlocal rung_at
        rung_at = time.monotonic()

    def has_rung() -> list[str] | None:
        return [] if time.monotonic() - rung_at < max_seconds else None

    signals.after_task_publish.connect(rang, sender=SWEEP, weak=False)
    begin(Heartbeat(f"beat@{socket.gethostname()}", BeatKind.BEAT, has_rung))
    # Celery has no signal for the end of beat.
    atexit.register(end)


def begin(heartbeat: Heartbeat) -> None:
    heartbeats.append(heartbeat)
    heartbeat.start()


@signals.worker_shutdown.connect
def end(**_signal: object) -> None:
    while heartbeats:
        heartbeats.pop().stop()


def busy_names() -> list[str]:
    """The names of busy pool processes, as their runs carry them in ``worker``."""
    host = socket.gethostname()
    pids = [request.worker_pid for request in list(state.requests.values())]
    return [f"{host}/{pid}" for pid in pids if pid]
