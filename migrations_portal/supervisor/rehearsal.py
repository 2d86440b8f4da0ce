"""The rehearsal world of a demonstration: its arguments and its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrations_portal.env import CLIENT_NAMES
from migrations_portal.supervisor.ports import LOOPBACK, free_port

# The only registration that the rehearsal world accepts.
CLIENT_ID, CLIENT_SECRET = "portal-rehearsal", "portal-rehearsal-secret"


@dataclass(frozen=True, slots=True)
class RehearsalWorld:
    """``folder`` has its certificates and its estate, from one start to the next."""

    folder: Path
    tls_port: int
    pages_port: int

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.pages_port}"

    @property
    def arguments(self) -> tuple[str, ...]:
        return (
            "rehearsal", "--state", str(self.folder), "--tls-port", str(self.tls_port),
            "--pages-port", str(self.pages_port), "--samples", "samples",
        )  # fmt: skip

    @property
    def env(self) -> dict[str, str]:
        """The variables that make a portal ask this world instead of the packages."""
        clients = {
            f"PORTAL_{name}_CLIENT_{part}": value
            for name in CLIENT_NAMES
            for part, value in (("ID", CLIENT_ID), ("SECRET", CLIENT_SECRET))
        }
        return {
            "PORTAL_ENDPOINT_PROFILE": "rehearsal",
            "PORTAL_REHEARSAL": f"{LOOPBACK}:{self.tls_port}",
            "PORTAL_REHEARSAL_CA": str(self.folder / "ca.pem"),
            "PORTAL_REHEARSAL_PAGES": self.address,
            # The host of Multivers in the samples.
            "PORTAL_MULTIVERS_HOSTS": "multivers.voorbeeld.example",
            **clients,
        }


def rehearsal_for(folder: Path, chosen: Mapping[str, str]) -> RehearsalWorld | None:
    """Return a world for a demonstration, or None if the settings name another one."""
    elsewhere = chosen.keys() & {"PORTAL_ENDPOINT_PROFILE", "PORTAL_REHEARSAL"}
    if chosen.get("PORTAL_DEMO", "yes") != "yes" or elsewhere:
        return None
    return RehearsalWorld(folder, free_port(), free_port())
