"""The services of docker-compose.yml as containers: start, health, restart, stop."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.containers.compose import Compose, health_check, seconds_to_be_healthy
from tests.containers.engine import NAME, Engine, Failed

TRY_AGAIN = 1.0
KILLED = 137
NOT_FOR_ONE_COMMAND = ("--restart=", "--publish=")
"""What `docker compose run` leaves out as well."""


@dataclass
class Portal:
    engine: Engine
    compose: Compose
    say: Callable[[str], None]

    def start(self, *names: str) -> None:
        """Start each service when what it depends on is as it should be."""
        if not self.engine.ends_well("network", "exists", NAME):
            self.engine("network", "create", NAME)
        for name in names or self.compose.in_order():
            if not self.engine.ends_well("container", "exists", name):
                self._wait_for(name)
                self._run(name)

    def _wait_for(self, name: str) -> None:
        for other, wait in self.compose.services[name].get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                self.wait_until_healthy(other)
            elif self.engine("wait", other).strip() != "0":
                raise Failed(f"{other} failed: {self.log(other)}")

    def _run(self, name: str) -> None:
        options = ("--detach", f"--name={name}", f"--network-alias={name}")
        self._podman_run(name, *options, *self.compose.arguments(name))

    def run_once(self, name: str, *command: str, **files: Path | None) -> None:
        """Another container like that of the service, for one command."""
        options = ("--rm", "--interactive")
        given = [
            option
            for option in self.compose.arguments(name, *command)
            if not option.startswith(NOT_FOR_ONE_COMMAND)
        ]
        self._podman_run(name, *options, *given, **files)

    def _podman_run(self, name: str, *arguments: str, **files: Path | None) -> None:
        self.engine.secret = self.compose.environment(name)
        where = ("--pull=never", f"--network={NAME}")
        self.engine.between("run", *where, *arguments, **files)
        self.engine.secret = {}

    def lasting(self) -> list[str]:
        """All services but the one that ends by itself."""
        return [n for n, s in self.compose.services.items() if "healthcheck" in s]

    def wait_until_all_are_healthy(self) -> None:
        for name in self.lasting():
            self.wait_until_healthy(name)

    def wait_until_healthy(self, name: str) -> None:
        """Ask its own health check, as long as the file gives it."""
        begun = time.monotonic()
        check = health_check(self.compose.services[name])
        most = seconds_to_be_healthy(self.compose.services[name])
        while not self.engine.ends_well("exec", name, *check):
            is_over = self.facts(name)["State"]["Status"] == "exited"
            if is_over or time.monotonic() - begun > most:
                raise Failed(f"{name} is not healthy: {self.log(name)}")
            time.sleep(TRY_AGAIN)
        self.say(f"{name} is healthy after {time.monotonic() - begun:.0f} s")

    def restart(self, name: str) -> None:
        self.engine("restart", name)
        self.wait_until_healthy(name)

    def stop(self) -> None:
        """In the opposite order; each has to end by itself within its time."""
        for name in reversed(self.compose.in_order()):
            self.engine("stop", name)
            state = self.facts(name)["State"]
            self.say(f"{name} stopped with {state['ExitCode']}")
            if state["OOMKilled"] or state["ExitCode"] == KILLED:
                raise Failed(f"{name} was killed: {self.log(name)}")

    def facts(self, name: str) -> dict[str, Any]:
        (facts,) = json.loads(self.engine("container", "inspect", name))
        return dict(facts)

    def manage(self, service: str, *arguments: str, stdin: str | None = None) -> str:
        """A command of manage.py, as the handbook gives it."""
        command = ("python", "manage.py", *arguments)
        return self.engine("exec", "--interactive", service, *command, stdin=stdin)

    def lose_all(self) -> None:
        """As after a fire: no container, no volume."""
        self.engine.remove_all()

    def log(self, name: str) -> str:
        return self.engine("logs", "--tail", "40", name)
