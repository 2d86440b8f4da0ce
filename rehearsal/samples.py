"""The estate files as the rehearsal reads them: its own reading, of its own world."""

import csv
from pathlib import Path

from rehearsal.world import Administration, Organisation, Package

EXACT_CODE_LENGTH = 7


def read_estate(folder: Path) -> list[Organisation]:
    """One organisation per connection, with its administrations as they are now.

    Two offices may share one organisation of a package; it is made once.
    """
    offices = {row["id"]: row["name"] for row in _rows(folder / "environments.csv")}
    organisations: dict[str, Organisation] = {}
    by_connection: dict[str, Organisation] = {}
    for row in _rows(folder / "connections.csv"):
        made = Organisation(
            package=Package(row["package"]),
            name=row["package_environment"],
            title=offices[row["environment"]],
            country=row["country"],
            base_url=row["base_url"],
        )
        organisation = organisations.setdefault(made.key, made)
        by_connection[row["id"]] = organisation
    for row in _rows(folder / "administrations.csv"):
        organisation = by_connection[row["connection"]]
        organisation.administrations.append(
            Administration(
                id=row["id"],
                code=row["code"],
                name=row["name"],
                kvk_number=row["kvk_number"],
                external_id=_external_id(organisation.package, row["external_id"]),
            )
        )
    return list(organisations.values())


def _external_id(package: Package, external_id: str) -> str:
    """The id in the file where it can be real; the world makes the others."""
    if package == Package.TWINFIELD:
        return ""
    if package == Package.EXACT_ONLINE and len(external_id) != EXACT_CODE_LENGTH:
        return ""
    return external_id


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))
