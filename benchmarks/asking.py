"""Requests pages within this process, to measure the server alone."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

HOME = "/?status=alle"
# Not migrations_portal.wsgi, whose time limit would stop the filling of estates.
application = get_wsgi_application()
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Answer:
    ms: float
    queries: int
    body: bytes


def session_of(user: User) -> str:
    """Log a user in and return the value of the session cookie."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies["sessionid"].value


def ask(address: str, session: str) -> Answer:
    """Make one request through all middleware, without a network."""
    path, _sign, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_COOKIE": f"sessionid={session}",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    statuses: list[str] = []
    queries = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    def start(status: str, *_rest: Any) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _more: None

    with connection.execute_wrapper(counted):
        began = time.perf_counter()
        answer = application(environ, start)
        body = b"".join(answer)
        took = time.perf_counter() - began
        answer.close()
    if statuses != [f"{HTTPStatus.OK.value} OK"]:
        raise RuntimeError(f"{address}: {statuses} {body[:200]!r}")
    return Answer(took * 1000, queries, body)
