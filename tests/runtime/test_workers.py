"""The test's own Celery processes are real."""

import pytest

from migrations_portal.celery import app
from tests.servers import Broker, Process


@pytest.mark.workers
def test_a_worker_answers_on_the_tests_broker(worker: Process, broker: Broker) -> None:
    with app.connection_for_read(broker.url) as connection:
        answer = app.control.ping(timeout=20, limit=1, connection=connection)

    assert answer == [{"worker1@localhost": {"ok": "pong"}}]
