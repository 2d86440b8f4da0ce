"""`make schema` and `make types`, which need the settings or a database."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from migrations_portal.supervisor.state import CHECKOUT, state_folder
from migrations_portal.supervisor.throwaway import (
    prepare,
    run_python,
    settings_env,
    throw_away_settings,
)

PRODUCTION: Mapping[str, str] = {
    "PORTAL_HTTPS": "yes",
    "PORTAL_HOSTS": "portal.example",
    "PORTAL_CSRF_ORIGINS": "https://portal.example",
}


def check_schema(_arguments: list[str]) -> int:
    """Run Django's checks with both kinds of settings; return 0 if all pass."""
    with throw_away_settings() as env:
        prepare(env)
        production = {**env, **PRODUCTION}
        commands = (
            (["makemigrations", "--check", "--dry-run"], env),
            (["check", "--fail-level=WARNING"], env),
            (["check", "--deploy", "--fail-level=WARNING"], production),
            (["build_messages", "--check"], env),
        )
        return max(run_python(["manage.py", *line], given) for line, given in commands)


def with_settings(command: Sequence[str]) -> int:
    """Run a tool that reads the settings and needs no server."""
    env = settings_env(Path(state_folder()))
    return subprocess.run(command, cwd=CHECKOUT, env=env, check=False).returncode
