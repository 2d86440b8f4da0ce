"""`make test`: the suite on throw-away servers."""

import os
import shutil
from collections.abc import Sequence

from migrations_portal.supervisor.throwaway import (
    prepare,
    run_python,
    throw_away_settings,
)

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOST_PROCESSES = 4


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with what it needs; its exit code is ours."""
    with throw_away_settings() as env:
        prepare(env)
        chosen = arguments or spread_over_the_cores()
        return run_python(
            ["-m", "pytest", *browser_selection(), *chosen],
            {
                **env,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                # Playwright keeps a loop in the thread in which tests use the database.
                "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            },
        )


def spread_over_the_cores() -> list[str]:
    """The whole suite; part of it starts faster without other processes."""
    return ["-n", str(min(os.cpu_count() or 1, MOST_PROCESSES)), "--dist=worksteal"]


def browser_selection() -> list[str]:
    """Leave the browser tests out where there is no browser, unless CI wants them."""
    if os.environ.get("CI") or any(shutil.which(name) for name in CHROMIUM):
        return []
    print(
        "No Chromium: browser tests are left out. On Debian: apt-get install chromium."
    )
    return ["-m", "not browser"]
