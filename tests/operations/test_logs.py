"""A line of the log: what it carries, and what it never says."""

import json
import logging
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client

from adminmoves import celery_tasks
from adminmoves.vocabulary import MoveState
from adminmoves.web.log_context import about
from migrations_portal.logs import JsonFormatter, LineFormatter
from tests.cast import MakeMove
from tests.execution.standstill import until
from tests.overview.people import logged_in
from tests.servers import Process, Workers

WEB = "migrations_portal.access_log"


def record(message: str, *args: Any, error: Exception | None = None) -> Any:
    level = logging.ERROR if error else logging.INFO
    info = traced(error) if error else None
    return logging.LogRecord("a.logger", level, __file__, 1, message, args, info)


def traced(error: Exception) -> Any:
    """What a logger gets to know of an exception that was raised."""
    with pytest.raises(type(error)) as raised:
        throw(error)
    return raised.type, raised.value, raised.tb


def throw(error: Exception) -> None:
    raise error


def formatted(line: logging.LogRecord) -> dict[str, Any]:
    return dict(json.loads(JsonFormatter().format(line)))


def test_a_line_is_one_object_with_the_numbers_at_hand() -> None:
    with about(request="ab12-cd34"), about(move="M-2026-00418"):
        line = formatted(record("Nobody heard %s.\nSorry.", "it"))
    after = formatted(record("later"))

    assert line["says"] == "Nobody heard it.\nSorry."
    assert (line["request"], line["move"]) == ("ab12-cd34", "M-2026-00418")
    assert {"at", "level", "logger", "process"} < line.keys()
    assert after.keys().isdisjoint({"request", "move"})


def test_a_line_for_a_terminal_carries_them_too() -> None:
    with about(move="M-2026-00418"):
        line = LineFormatter().format(record("went on"))

    assert line.endswith("INFO a.logger move=M-2026-00418 went on")


@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter()])
def test_what_an_exception_quotes_is_left_out(formatter: logging.Formatter) -> None:
    line = formatter.format(
        record("It broke.", error=ValidationError("geheim@voorbeeld.nl is wrong"))
    )

    assert "geheim" not in line
    assert "django.core.exceptions.ValidationError" in line
    assert "test_logs.py" in line


def test_trouble_with_a_server_keeps_its_first_line() -> None:
    error = OperationalError("connection refused\nDETAIL: Key (name)=(geheim)")

    line = formatted(record("It broke.", error=error))

    assert line["error"] == "django.db.utils.OperationalError: connection refused"
    assert "geheim" not in json.dumps(line)


def test_what_celery_quotes_of_an_exception_is_left_out() -> None:
    facts = {"name": "a.task", "id": "1", "exc": "KeyError('geheim')"}
    words = "Task %(name)s[%(id)s] raised: %(exc)s"

    line = formatted(record(words, facts, error=KeyError("geheim")))

    assert line["says"] == "Task a.task[1] raised: KeyError"
    assert "geheim" not in json.dumps(line)


@pytest.mark.django_db
def test_each_request_leaves_a_line_with_its_number_and_no_search_words(
    agent: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.INFO, logger=WEB):
        answer = logged_in(agent).get("/zoeken/?q=geheim")

    [line] = [json.loads(text) for text in caplog.text.splitlines()]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/zoeken/", 200)
    assert line["request"] == answer["X-Request-Id"]
    assert "geheim" not in caplog.text
    assert agent.username not in caplog.text


@pytest.mark.django_db
def test_what_django_says_of_a_refused_request_carries_its_number_too(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.WARNING, logger="django.request"):
        answer = client.get("/bestaat-niet/")

    lines = [json.loads(text) for text in caplog.text.splitlines()]
    assert {line["request"] for line in lines} == {answer["X-Request-Id"]}
    assert "Not Found: /bestaat-niet/" in {line["says"] for line in lines}


@pytest.mark.django_db
def test_a_health_check_leaves_no_line(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger=WEB):
        client.get("/healthz")

    assert caplog.text == ""


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_worker_and_beat_log_objects_and_name_nobody(
    workers: Workers, beat: Process, a_move: MakeMove
) -> None:
    move = a_move(MoveState.APPROVED)
    (worker,) = workers(1)
    celery_tasks.send()
    until(lambda: f"{celery_tasks.DRAIN}[" in worker.text())
    worker.wait_until("succeeded")

    for process in (worker, beat):
        lines = objects(process)
        assert {"celery.beat", "celery.apps.worker"} & {
            entry["logger"] for entry in lines
        }
        assert move.requested_by.username not in process.text()


def objects(process: Process) -> list[dict[str, Any]]:
    """The lines that are objects; Celery's banner before them is not."""
    return [json.loads(line) for line in process.text().splitlines() if line[:1] == "{"]


def test_nobody_who_chooses_an_address_writes_a_line_of_the_log() -> None:
    path = "/x\r\n2026-11-30 INFO forged\x1b[2J\u2028\x85\u202e"

    line = LineFormatter().format(record("%s", path, error=OSError(path)))

    assert "/x\\r\\n2026-11-30 INFO forged\\x1b[2J\\u2028\\x85\\u202e" in line
    assert not [
        part for part in line.splitlines() if part.startswith("2026-11-30 INFO forged")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter()])
def test_a_refusal_is_one_line(
    formatter: logging.Formatter,
    client: Client,
    agent: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client.force_login(agent)

    client.get("/beheer/werking/")

    refusal = next(
        record for record in caplog.records if record.name == "django.request"
    )
    assert refusal.exc_info
    assert len(formatter.format(refusal).splitlines()) == 1
    assert "Traceback" not in formatter.format(refusal)
    assert '"trace"' not in formatter.format(refusal)
