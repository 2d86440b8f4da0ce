"""A process that is nobody's child any more ends, whoever started it.

What a killed parent leaves would go on: a child of gunicorn holds the port, one of a
worker its run.
"""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
SECONDS_BETWEEN_LOOKS = 0.5


def end_with_parent(parent: int) -> None:
    """Be killed as soon as ``parent`` is gone; at once on Linux, else within a second.

    Called by a child right after it was forked, from the parent's main thread.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        _end_if_alone(parent)
    else:
        watch(parent)


def watch(parent: int) -> None:
    """Look for the parent every so often, where the system does not tell."""
    threading.Thread(target=_look, args=(parent,), name="parent", daemon=True).start()


def _look(parent: int) -> None:
    while True:
        _end_if_alone(parent)
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _end_if_alone(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(1)
