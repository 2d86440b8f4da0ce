"""python -m migrations_portal.supervisor PART

The parts: run, manage, test, test-slow, schema, with-settings.
"""

import signal
import sys
from collections.abc import Callable, Mapping

from migrations_portal.supervisor.checks import check_schema, with_settings
from migrations_portal.supervisor.manage import manage
from migrations_portal.supervisor.portal import run_portal
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.testing import run_slow_tests, run_tests

PARTS: Mapping[str, Callable[[list[str]], int]] = {
    "run": run_portal,
    "manage": manage,
    "test": run_tests,
    "test-slow": run_slow_tests,
    "schema": check_schema,
    "with-settings": with_settings,
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in PARTS:
        print(__doc__, file=sys.stderr)
        return 2
    # So that whatever was started for this run is ended with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return PARTS[arguments[0]](arguments[1:])
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
