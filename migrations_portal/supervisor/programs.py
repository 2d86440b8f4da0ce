"""The commands that serve pages, carry out moves, ask packages and run beat."""

from migrations_portal.supervisor.ports import LOOPBACK


def web_arguments(port: int) -> tuple[str, ...]:
    return (
        "gunicorn", "migrations_portal.wsgi", f"--bind={LOOPBACK}:{port}",
        "--worker-class=gthread", "--workers=2", "--threads=8", "--no-control-socket",
        "--config=python:migrations_portal.gunicorn",
    )  # fmt: skip


def worker_arguments(name: str) -> tuple[str, ...]:
    return (
        "celery", "-A", "migrations_portal", "worker", "-Q", "celery",
        "--pool=prefork", "--concurrency=2", f"--hostname={name}@%h",
        "--loglevel=INFO", "--without-gossip", "--without-mingle",
    )  # fmt: skip


def asks_arguments(name: str) -> tuple[str, ...]:
    """The worker that asks packages: with threads, because it mostly waits."""
    return (
        "celery", "-A", "migrations_portal", "worker", "-Q", "asks", "--pool=threads",
        "--concurrency=8", f"--hostname={name}@%h", "--loglevel=INFO",
        "--without-gossip", "--without-mingle",
    )  # fmt: skip


def beat_arguments() -> tuple[str, ...]:
    return (
        "celery", "-A", "migrations_portal", "beat", "--loglevel=WARNING", "--pidfile=",
    )  # fmt: skip
