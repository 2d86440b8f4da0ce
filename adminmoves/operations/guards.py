"""Checks the guards of the database: the role's rights, the functions, the schema.

Each process does so before it serves. It does not start if its role could get round a
guard, or if the schema is not the one that the code expects.
"""

import logging
from collections.abc import Iterator
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from adminmoves.models.app_role_check import check_rights
from adminmoves.models.postgres import current_role

logger = logging.getLogger(__name__)
OURS = "adminmoves"
REMEDY = (
    "Nothing is served until this is mended; docs/operators.md says how, under The"
    " guards"
)


class GuardsDown(Exception):
    """The process must not serve: a guard is down, or the schema is another one."""


def problems() -> list[str]:
    """Return a sentence for each thing to mend; empty if all is well."""
    role = current_role()
    found = [str(finding) for finding in check_rights(role)]
    return [*found, *_schema_problems()]


def require_guards() -> None:
    """Log each problem and raise GuardsDown.

    A database that is away is no reason to raise: without it nothing is written, and
    /readyz checks again.
    """
    try:
        found = problems()
    except OperationalError:
        logger.warning("The guards could not be looked at: no database.", exc_info=True)
        return
    finally:
        # A process that forks afterwards must not share an open connection.
        connection.close()
    if found:
        for sentence in found:
            logger.critical("The guards do not stand: %s.", sentence)
        logger.critical(REMEDY)
        raise GuardsDown(f"{'; '.join(found)}. {REMEDY}")


def _schema_problems() -> list[str]:
    """Name the schema migrations that only the code has, or only the database."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    in_code = set(_migrations_in_code())
    missing = sorted(in_code - applied)
    newer = sorted(name for name in applied - in_code if name[0] == OURS)
    return [
        *(f"the schema lacks {app}.{name}: run migrate" for app, name in missing),
        *(
            f"the schema is newer than this code, it has {app}.{name}: start the"
            " newer code, or restore the back-up that fits this one"
            for app, name in newer
        ),
    ]


def _migrations_in_code() -> Iterator[tuple[str, str]]:
    """Read the names of the files: importing them would slow down every start."""
    for config in apps.get_app_configs():
        package = config.module and find_spec(f"{config.name}.migrations")
        folders = package.submodule_search_locations if package else None
        for module in iter_modules(folders or []):
            if not module.name.startswith(("_", "~")):
                yield config.label, module.name
