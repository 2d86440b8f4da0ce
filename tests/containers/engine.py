"""Podman on storage of its own, so that nothing else on the machine is touched."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = (
    "podman", "buildah", "runc", "netavark", "aardvark-dns", "iptables", "debootstrap",
    "uidmap",
)  # fmt: skip
NAME = "portal-rehearsal"
# runc and cgroupfs also run where a cgroup hierarchy is mixed and no systemd is; the
# limits of a shell may lie above those that a container may set.
ENGINE = """
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
"""
STORAGE = """
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
"""


class Failed(Exception):
    """A command did not do what the rehearsal needs; what it said."""


@dataclass
class Engine:
    """Podman; ``secret`` holds values that no command line may show."""

    folder: Path
    secret: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        (self.folder / "networks").mkdir(parents=True, exist_ok=True)
        for name, text in (("engine.conf", ENGINE), ("storage.conf", STORAGE)):
            (self.folder / name).write_text(text.format(folder=self.folder))

    def __call__(self, *arguments: str | Path, stdin: str | None = None) -> str:
        """What podman printed; Failed where it ended badly."""
        return run("podman", *arguments, env=self.env, stdin=stdin)

    def between(
        self, *arguments: str, source: Path | None = None, target: Path | None = None
    ) -> None:
        """Run podman with its input from one file and its output to another."""
        command = [shutil.which("podman") or "podman", *arguments]
        with (
            (source or Path(os.devnull)).open("rb") as given,
            (target or Path(os.devnull)).open("wb") as taken,
        ):
            done = subprocess.run(
                command, env={**os.environ, **self.env}, stdin=given, stdout=taken,
                stderr=subprocess.PIPE, check=False,
            )  # fmt: skip
        if done.returncode:
            words = done.stderr.decode(errors="replace")
            raise Failed(f"podman {' '.join(arguments[:3])} …: {words[-3000:]}")

    def ends_well(self, *arguments: str) -> bool:
        try:
            self(*arguments)
        except Failed:
            return False
        return True

    @property
    def env(self) -> dict[str, str]:
        return {
            **self.secret,
            "CONTAINERS_CONF": str(self.folder / "engine.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
        }

    def remove_all(self) -> None:
        """Containers, networks, volumes and images: all of them are the rehearsal's."""
        if not (self.folder / "engine.conf").exists():
            return
        self("rm", "--all", "--force", "--time", "0", "--volumes")
        self("volume", "prune", "--force")
        self("network", "prune", "--force")

    def remove_storage(self) -> None:
        self("rmi", "--all", "--force")
        remove_folder(self.folder)


def remove_folder(folder: Path) -> None:
    """What is mounted in it is let go of first: a debootstrap that was cut off leaves
    this machine's own /proc there."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        place = line.split()[1].replace("\\040", " ")
        if Path(place).is_relative_to(folder):
            run("umount", place)
    if folder.exists():
        shutil.rmtree(folder)


def run(
    program: str,
    *arguments: str | Path,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
) -> str:
    """What a program printed to its standard output; ``told`` is what it reads."""
    command = [shutil.which(program) or program, *arguments]
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, input=stdin, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        words = f"{done.stdout}\n{done.stderr}".strip()
        raise Failed(
            f"{program} {' '.join(map(str, arguments[:3]))} …: {words[-3000:]}"
        )
    return done.stdout


def install(packages: Sequence[str] = PACKAGES) -> list[str]:
    """Install what is missing of Debian's packages; which those were."""
    missing = [name for name in packages if not _is_installed(name)]
    if missing:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", env=quiet)
        options = ("install", "--yes", "--no-install-recommends")
        run("apt-get", *options, *missing, env=quiet)
    return missing


def _is_installed(package: str) -> bool:
    try:
        state = run("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    except Failed:
        return False
    return state == "installed"
