"""How gunicorn runs, named by ``--config=python:migrations_portal.gunicorn``."""

from typing import Any

from migrations_portal.orphans import end_with_parent


def post_fork(server: Any, _worker: Any) -> None:
    """Without its master a worker would serve on, and hold the port."""
    end_with_parent(server.pid)
