"""python -m rehearsal --state DIR [--tls-port N] [--pages-port M] [--samples DIR]

Serves the made-up world on loopback until it is stopped. With `tell` before all
that, it tells a running world what to do.
"""

import argparse
import signal
import sys
from pathlib import Path
from threading import Event

from rehearsal.samples import read_estate
from rehearsal.server import Rehearsal
from rehearsal.tell import tell


def serve(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m rehearsal")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--tls-port", type=int, default=0)
    parser.add_argument("--pages-port", type=int, default=0)
    parser.add_argument("--samples", type=Path, default=Path("samples"))
    options = parser.parse_args(arguments)
    rehearsal = Rehearsal(
        options.state,
        read_estate(options.samples),
        tls_port=options.tls_port,
        pages_port=options.pages_port,
    )
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    rehearsal.start()
    # Whoever started it waits for this line.
    sys.stdout.write(
        f"The rehearsal world is at http://127.0.0.1:{rehearsal.pages_port}/ "
        f"and for the portal at 127.0.0.1:{rehearsal.tls_port}.\n"
    )
    sys.stdout.flush()
    stopped.wait()
    rehearsal.stop()
    return 0


def main(arguments: list[str]) -> int:
    return tell(arguments[1:]) if arguments[:1] == ["tell"] else serve(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
