"""What we ask of a package, in our words (domain.md par. 5).

One question: is the administration with this code active in this licence or
organisation? Adapters speak the packages' own protocols; none is connected yet,
and a package without an adapter says so instead of guessing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from adminmoves.models import BookkeepingConnection
from adminmoves.vocabulary import Package, Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer: the verdict and what was seen. Never tokens, never lists of users."""

    verdict: Verdict
    retry_at: datetime | None = None
    observed_environment: str = ""
    external_id: str = ""
    code: str = ""
    name: str = ""
    kvk_number: str = ""
    raw_status: Mapping[str, Any] = field(default_factory=dict)


class Adapter(Protocol):
    def check(self, connection: BookkeepingConnection, code: str) -> Evidence:
        """Ask whether ``code`` is active in ``connection.package_environment``."""


ADAPTERS: dict[Package, Adapter] = {}


def can_ask(connection: BookkeepingConnection) -> bool:
    return (
        connection.demand == BookkeepingConnection.Demand.API
        and Package(connection.package) in ADAPTERS
    )


def check(connection: BookkeepingConnection, code: str) -> Evidence:
    """The package's answer; CONFIG_ERROR where it cannot be asked."""
    adapter = ADAPTERS.get(Package(connection.package))
    if adapter is None:
        return Evidence(Verdict.CONFIG_ERROR)
    return adapter.check(connection, code)
