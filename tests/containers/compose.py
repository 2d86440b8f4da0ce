"""docker-compose.yml as arguments of podman; what is not understood is refused."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from migrations_portal.supervisor.state import CHECKOUT

Service = Mapping[str, Any]
VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\})")
ELSEWHERE = frozenset(
    {"image", "build", "command", "entrypoint", "environment", "volumes", "depends_on",
     "healthcheck"}
)  # fmt: skip
"""Keys that are read by a function of their own."""


class NotUnderstood(Exception):
    """The file says something that the rehearsal would pass over."""


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables as compose fills them in."""

    def value(found: re.Match[str]) -> str:
        dollar, name, kind, words = found.groups()
        if dollar:
            return "$"
        if values.get(name):
            return values[name]
        if kind == "-":
            return str(words)
        raise NotUnderstood(words or f"{name} has no value")

    return VARIABLE.sub(value, text)


def filled(part: Any, values: Mapping[str, str]) -> Any:
    """The same part of the file with all variables filled in."""
    if isinstance(part, str):
        return fill_in(part, values)
    if isinstance(part, list):
        return [filled(item, values) for item in part]
    if isinstance(part, dict):
        return {name: filled(item, values) for name, item in part.items()}
    return part


def _many(option: str) -> Callable[[Any], list[str]]:
    return lambda values: [f"{option}={value}" for value in values]


def _one(option: str) -> Callable[[Any], list[str]]:
    return lambda value: [f"{option}={value}"]


def _seconds(text: str) -> int:
    if not re.fullmatch(r"\d+s", text):
        raise NotUnderstood(f"{text} is not in seconds")
    return int(text[:-1])


OPTIONS: Mapping[str, Callable[[Any], list[str]]] = {
    "user": _one("--user"),
    # Podman would make /tmp and /run writable by itself, which Docker does not.
    "read_only": lambda on: ["--read-only", "--read-only-tmpfs=false"] if on else [],
    "tmpfs": _many("--tmpfs"),
    "cap_drop": _many("--cap-drop"),
    "security_opt": lambda given: [
        f"--security-opt={one.removesuffix(':true')}" for one in given
    ],
    "mem_limit": _one("--memory"),
    "shm_size": _one("--shm-size"),
    "pids_limit": _one("--pids-limit"),
    "ports": _many("--publish"),
    "restart": _one("--restart"),
    "stop_grace_period": lambda text: [f"--stop-timeout={_seconds(text)}"],
}


@dataclass(frozen=True)
class Compose:
    """The file, with the values of .env filled in."""

    services: Mapping[str, Service]

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Compose":
        text = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
        return cls(filled(yaml.safe_load(text)["services"], values))

    def foreign_images(self) -> list[str]:
        return [
            service["image"]
            for service in self.services.values()
            if "build" not in service
        ]

    def our_image(self) -> str:
        (name,) = {
            service["image"] for service in self.services.values() if "build" in service
        }
        return str(name)

    def in_order(self) -> list[str]:
        """The names, each after what it waits for."""
        done: list[str] = []
        while len(done) < len(self.services):
            done += [
                name
                for name, service in self.services.items()
                if name not in done and set(service.get("depends_on", {})) <= set(done)
            ]
        return done

    def arguments(self, name: str, *instead: str) -> list[str]:
        """What comes after `podman run`; the values of variables stay out of it.

        ``instead``: a command in place of its own.
        """
        service = self.services[name]
        unknown = set(service) - set(OPTIONS) - ELSEWHERE
        if unknown:
            raise NotUnderstood(f"{name}: {', '.join(sorted(unknown))}")
        given = [
            o
            for key, one in OPTIONS.items()
            if key in service
            for o in one(service[key])
        ]
        return [
            *given,
            *(f"--volume={volume}" for volume in self._volumes(name)),
            *(f"--env={key}" for key in service.get("environment", {})),
            *_entry(service),
            service["image"],
            *(instead or service.get("command", [])),
        ]

    def environment(self, name: str) -> dict[str, str]:
        return dict(self.services[name].get("environment", {}))

    def _volumes(self, name: str) -> Iterator[str]:
        for volume in self.services[name].get("volumes", []):
            source, rest = volume.split(":", 1)
            here = source.startswith(".")
            yield f"{CHECKOUT / source if here else source}:{rest}"


def health_check(service: Service) -> list[str]:
    """What an engine runs in the container to learn whether it is healthy."""
    kind, *command = service["healthcheck"]["test"]
    if kind not in {"CMD", "CMD-SHELL"}:
        raise NotUnderstood(f"a health check of the kind {kind}")
    return command if kind == "CMD" else ["/bin/sh", "-c", *command]


def _entry(service: Service) -> list[str]:
    if "entrypoint" not in service:
        return []
    return [f"--entrypoint={json.dumps(service['entrypoint'])}"]


def seconds_to_be_healthy(service: Service) -> int:
    """How long compose would give it: its start and all tries."""
    check = service["healthcheck"]
    start = _seconds(check.get("start_period", "0s"))
    tries = int(check.get("retries", 3))
    return start + tries * (
        _seconds(check["interval"]) + _seconds(check.get("timeout", "30s"))
    )
