"""``python -m benchmarks.part NAME FILE``: measure one part on the servers given.

It reads the sizes as JSON from standard input, and writes the measurements to the file.
"""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

import django

PARTS = ("statements", "moves", "starts", "archive", "pages")
Measure = Callable[[Mapping[str, int]], dict[str, list[float]]]


def main(name: str, file: str) -> None:
    django.setup()
    # Writing log lines about requests would be measured too.
    logging.disable(logging.INFO)
    measure = cast("Measure", import_module(f"benchmarks.{name}").measure)
    raw = measure(json.load(sys.stdin))
    Path(file).write_text(json.dumps(raw), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
