"""python -m migrations_portal.supervisor run | test ... | manage [--owner] ..."""

import sys

from migrations_portal.supervisor.portal import manage, run_portal
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.testing import run_tests


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["run"]:
                return run_portal()
            case ["manage", *rest]:
                return manage(rest)
            case ["test", *rest]:
                return run_tests(rest)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
