"""Formats a log line: as one JSON object, or as one line for a terminal.

The message of an exception may quote what a person typed, so it is left out: the class
and the frames are logged, and the message only of errors of servers and files.
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
CONTROL_SIGNS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
QUOTED_ERRORS = (OSError, OperationalError)


class CarefulFormatter(logging.Formatter):
    """The base of both formats: the message without quotations, and the error."""

    def words(self, record: logging.LogRecord) -> str:
        """The message; without that of an exception, which Celery puts into its own."""
        if isinstance(record.args, Mapping) and "exc" in record.args:
            given = {**record.args, "exc": _called(record), "traceback": ""}
            return (str(record.msg) % given).strip()
        return record.getMessage()

    def trouble(self, record: logging.LogRecord) -> dict[str, str]:
        """The class of the exception and its frames, as ``error`` and ``trace``."""
        kind, error, frames = record.exc_info or (None, None, None)
        # A refusal is an ordinary answer: its status is enough.
        if kind is None or getattr(record, "status_code", FAULT) < FAULT:
            return {}
        name = f"{kind.__module__}.{kind.__qualname__}"
        message = str(error).partition("\n")[0] if _may_be_quoted(error) else ""
        trace = "".join(traceback.format_tb(frames))
        return {"error": f"{name}: {message}" if message else name, "trace": trace}


def numbers(record: logging.LogRecord) -> dict[str, str]:
    """What the line is about, such as the number of the request.

    Django logs a refusal after the request, so its record carries the request.
    """
    request_id = getattr(getattr(record, "request", None), "request_id", None)
    return {**({"request": request_id} if request_id else {}), **log_context.at_hand()}


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
        about = "".join(f" {name}={value}" for name, value in numbers(record).items())
        head = f"{self.formatTime(record)} {record.levelname} {record.name}{about}"
        line = escaped(f"{head} {self.words(record)}")
        trouble = self.trouble(record)
        if not trouble:
            return line
        return f"{line}\n{trouble['trace']}\n{escaped(trouble['error'])}"


def escaped(text: str) -> str:
    """Escape signs that end a line or control a terminal.

    So nobody can write a log line of their own by an address that they request.
    """
    return CONTROL_SIGNS.sub(
        lambda sign: sign[0].encode("unicode_escape").decode(), text
    )


def _called(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__qualname__ if kind else "…"


def _may_be_quoted(error: BaseException | None) -> bool:
    return isinstance(error, QUOTED_ERRORS)
