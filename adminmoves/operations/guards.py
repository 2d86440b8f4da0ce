"""Whether the database's guards stand: the role's rights, the functions, the schema.

Asked before anything serves: who could get round a guard, or serves a schema that the
code does not know, does not start.
"""

import logging
from collections.abc import Iterator
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from adminmoves.models.rights_check import check_rights

logger = logging.getLogger(__name__)
OURS = "adminmoves"
REMEDY = (
    "Nothing is served until this is mended; docs/operators.md says how, under The"
    " guards"
)


class GuardsDown(Exception):
    """Serving now would go round a guard, or write to a schema that is not ours."""


def problems() -> list[str]:
    """A sentence for each thing that is not as it should be; empty when all stands."""
    role = _current_role()
    found = [str(finding) for finding in check_rights(role)]
    return [*found, *_schema_problems()]


def refuse_blinded_guards() -> None:
    """Raise GuardsDown, after telling why in the log.

    A database that is away is no reason: without it nothing can be done, and /readyz
    asks again.
    """
    try:
        found = problems()
    except OperationalError:
        logger.warning("The guards could not be looked at: no database.", exc_info=True)
        return
    finally:
        # Whoever forks afterwards hands no open connection on.
        connection.close()
    if found:
        for sentence in found:
            logger.critical("The guards do not stand: %s.", sentence)
        logger.critical(REMEDY)
        raise GuardsDown(f"{'; '.join(found)}. {REMEDY}")


def _current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role: str = cursor.fetchone()[0]
        return role


def _schema_problems() -> list[str]:
    """Schema migrations that only the code has, or only the database."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    known = set(_known_migrations())
    missing = sorted(known - applied)
    newer = sorted(name for name in applied - known if name[0] == OURS)
    return [
        *(f"the schema lacks {app}.{name}: run migrate" for app, name in missing),
        *(
            f"the schema is newer than this code, it has {app}.{name}: start the"
            " newer code, or restore the back-up that fits this one"
            for app, name in newer
        ),
    ]


def _known_migrations() -> Iterator[tuple[str, str]]:
    """By the names of their files: to import them all would make every start slower."""
    for config in apps.get_app_configs():
        package = config.module and find_spec(f"{config.name}.migrations")
        folders = package.submodule_search_locations if package else None
        for module in iter_modules(folders or []):
            if not module.name.startswith(("_", "~")):
                yield config.label, module.name
