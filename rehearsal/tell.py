"""python -m rehearsal tell COMMAND --state DIR [name=value ...]

Tells the running world what to do, or asks it: estate, log and fault without values.
"""

import argparse
import http.client
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

LOOPBACK = "127.0.0.1"
QUERIES = ("estate", "log", "fault")
PATIENCE = 30  # seconds


def tell(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m rehearsal tell")
    parser.add_argument("command")
    parser.add_argument("values", nargs="*", metavar="name=value")
    parser.add_argument("--state", type=Path, required=True)
    options = parser.parse_intermixed_args(arguments)
    ports = json.loads((options.state / "ports.json").read_text())
    values = dict(_value(each) for each in options.values)
    status, answer = send(ports["pages"], options.command, values)
    print(answer, file=sys.stdout if status == http.client.OK else sys.stderr)
    return int(status != http.client.OK)


def send(port: int, command: str, values: dict[str, Any]) -> tuple[int, str]:
    """Send a query as GET, and anything else as a command by POST."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
    path = f"/control/{command}"
    try:
        if command in QUERIES and "fault" not in values:
            connection.request("GET", f"{path}?{urlencode(values)}")
        else:
            kind = {"Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(values), kind)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def _value(pair: str) -> tuple[str, Any]:
    """A name and its value; true, false and null as JSON means them.

    Digits stay text, so that a code keeps its zeros.
    """
    name, _, text = pair.partition("=")
    return name, {"true": True, "false": False, "null": None}.get(text, text)
