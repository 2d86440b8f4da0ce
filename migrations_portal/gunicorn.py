"""Configures gunicorn, by ``--config=python:migrations_portal.gunicorn``."""

from typing import Any

from migrations_portal.orphans import end_with_parent


def post_fork(server: Any, _worker: Any) -> None:
    """End a worker with its master; alone it would serve on and keep the port."""
    end_with_parent(server.pid)
