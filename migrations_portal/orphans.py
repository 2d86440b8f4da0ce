"""Ends a process whose parent was killed.

Without that, an orphan of gunicorn would keep the port, and one of a worker its run.
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
    """End this process when ``parent`` ends: at once on Linux, else within a second.

    Call it in a child that was just forked from the main thread of its parent.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        _end_if_alone(parent)
    else:
        watch(parent)


def watch(parent: int) -> None:
    """Look for the parent in a thread, on a system that does not signal its end."""
    threading.Thread(target=_look, args=(parent,), name="parent", daemon=True).start()


def _look(parent: int) -> None:
    while True:
        _end_if_alone(parent)
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _end_if_alone(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(1)
