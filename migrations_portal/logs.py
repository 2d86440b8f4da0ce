"""How a line of the log looks: one JSON object, or one line for a terminal.

What an exception says is left out where it may quote what somebody typed: its class
and its frames are told, and the words only of trouble with servers and files.
"""

import json
import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from django.db import OperationalError

from adminmoves.web import log_context

FAULT = 500
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
TELLS_ITS_WORDS = (OSError, OperationalError)


class CarefulFormatter(logging.Formatter):
    """What both forms share: the message without quotations, and what went wrong."""

    def words(self, record: logging.LogRecord) -> str:
        """Celery puts what an exception says into its message; that is left out."""
        if isinstance(record.args, Mapping) and "exc" in record.args:
            given = {**record.args, "exc": _called(record), "traceback": ""}
            return (str(record.msg) % given).strip()
        return record.getMessage()

    def trouble(self, record: logging.LogRecord) -> dict[str, str]:
        """The exception's class and where it came from, as ``error`` and ``trace``."""
        kind, error, frames = record.exc_info or (None, None, None)
        # A refusal is an answer like others: its status tells enough.
        if kind is None or getattr(record, "status_code", FAULT) < FAULT:
            return {}
        name = f"{kind.__module__}.{kind.__qualname__}"
        said = str(error).partition("\n")[0] if _may_be_quoted(error) else ""
        trace = "".join(traceback.format_tb(frames))
        return {"error": f"{name}: {said}" if said else name, "trace": trace}


def numbers(record: logging.LogRecord) -> dict[str, str]:
    """What it is about. Django logs a refusal when the request is over already, and
    hands the request along."""
    asked = getattr(getattr(record, "request", None), "request_id", None)
    return {**({"request": asked} if asked else {}), **log_context.at_hand()}


class JsonFormatter(CarefulFormatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            **numbers(record),
            "says": self.words(record),
            **cast("dict[str, Any]", getattr(record, "facts", {})),
            **self.trouble(record),
        }
        return json.dumps(line, ensure_ascii=False)


class LineFormatter(CarefulFormatter):
    def format(self, record: logging.LogRecord) -> str:
        about = "".join(f" {name}={is_}" for name, is_ in numbers(record).items())
        head = f"{self.formatTime(record)} {record.levelname} {record.name}{about}"
        line = one_line(f"{head} {self.words(record)}")
        trouble = self.trouble(record)
        if not trouble:
            return line
        return f"{line}\n{trouble['trace']}\n{one_line(trouble['error'])}"


def one_line(text: str) -> str:
    """Signs that end a line or steer a terminal are written out, so that nobody who
    chooses an address writes a line of their own."""
    return STEERING.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def _called(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__qualname__ if kind else "…"


def _may_be_quoted(error: BaseException | None) -> bool:
    return isinstance(error, TELLS_ITS_WORDS)
