"""Small estates as files; a test changes the one cell that it is about."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User

from adminmoves.access import actor_for
from adminmoves.estate.importing import (
    Count,
    EstateRefused,
    NamedFile,
    import_estate,
)

Cells = Mapping[str, str]

OFFICE = {
    "id": "o1",
    "office_code": "VKN104",
    "name": "Voorbeeldkantoor Noord",
    "subscription": "PREMIUM",
    "active": "yes",
    "mail_domain": "",
}
LINK = {
    "id": "c1",
    "environment": "o1",
    "package": "EXACT_ONLINE",
    "package_environment": "EX-NOORD",
    "country": "NL",
    "base_url": "",
    "active": "yes",
    "proof": "ATTESTATION",
}
BAKERY = {
    "id": "a1",
    "connection": "c1",
    "code": "0411",
    "name": "Bakkerij Voorbeeld B.V.",
    "external_id": "1204411",
    "mail_code": "",
    "mail_address": "",
    "kvk_number": "90010037",
    "documents": "12",
    "documents_unprocessed": "3",
    "documents_awaiting_authorisation": "1",
    "documents_counted_at": "2026-11-16",
}


def as_csv(rows: Sequence[Cells], delimiter: str = ";") -> bytes:
    lines = [delimiter.join(rows[0]), *(delimiter.join(row.values()) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def estate(
    offices: Sequence[Cells] = (OFFICE,),
    connections: Sequence[Cells] = (LINK,),
    administrations: Sequence[Cells] = (BAKERY,),
) -> list[NamedFile]:
    return [
        NamedFile("environments.csv", as_csv(offices)),
        NamedFile("connections.csv", as_csv(connections)),
        NamedFile("administrations.csv", as_csv(administrations)),
    ]


def bring_in(
    files: Sequence[NamedFile], administrator: User
) -> dict[str, tuple[int, int, int]]:
    """Import; (new, changed, same) by file."""
    counts = import_estate(files, actor=actor_for(administrator))
    return {name: _numbers(count) for name, count in counts.items()}


def _numbers(count: Count) -> tuple[int, int, int]:
    return count.new, count.changed, count.same


def faults_of(files: Sequence[NamedFile], administrator: User) -> list[str]:
    """What is told when the import is refused; [] when it is not."""
    try:
        import_estate(files, actor=actor_for(administrator))
    except EstateRefused as refused:
        return [str(fault) for fault in refused.faults]
    return []
