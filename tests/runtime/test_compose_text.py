"""The text of docker-compose.yml and the Dockerfile against the settings.

An image is not built here; what can be held is that every name in these two files
exists in the code.
"""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from migrations_portal.prepare import PARTS
from migrations_portal.supervisor.installation import APPLICATION
from migrations_portal.supervisor.programs import (
    asks_arguments,
    web_arguments,
    worker_arguments,
)
from migrations_portal.supervisor.state import CHECKOUT, token_key
from tests.runtime.test_settings_table import variables_read

COMPOSE: dict[str, Any] = yaml.safe_load(
    (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "asks", "beat")
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")


def filled(value: str) -> str:
    """The value as compose would fill it in."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda m: m[1].lower().replace("_", "-"), value)


def test_every_variable_is_one_that_the_settings_read() -> None:
    given = {name for service in OURS for name in SERVICES[service]["environment"]}

    assert given - variables_read() == set()


def test_only_the_schema_step_holds_the_owners_password() -> None:
    roles = {
        name: re.findall(r"//(\w+):", SERVICES[name]["environment"]["DATABASE_URL"])
        for name in OURS
    }

    assert roles == {
        "migrate": ["portal_owner"],
        "web": ["portal_app"],
        "worker": ["portal_app"],
        "asks": ["portal_app"],
        "beat": ["portal_app"],
    }


def test_the_schema_step_is_a_part_of_the_set_up() -> None:
    command = SERVICES["migrate"]["command"]

    assert command[:3] == ["python", "-m", "migrations_portal.prepare"]
    assert command[3] in PARTS
    assert re.findall(r"migrations_portal\.prepare (\w+)", DOCKERFILE) == ["static"]
    assert "static" in PARTS


def test_web_and_worker_start_as_under_our_own_supervisor() -> None:
    in_image = json.loads(DOCKERFILE.rpartition("CMD ")[2])
    ours = [part for part in web_arguments(8000) if not part.startswith("--bind")]
    worker = [part.replace("worker1", "worker") for part in worker_arguments("worker1")]
    asks = [part.replace("asks1", "asks") for part in asks_arguments("asks1")]

    assert [part for part in in_image if not part.startswith("--bind")] == ours
    assert SERVICES["worker"]["command"] == worker
    assert SERVICES["asks"]["command"] == asks


def test_the_health_check_asks_an_address_that_exists_of_an_allowed_host() -> None:
    (script,) = [
        part for part in SERVICES["web"]["healthcheck"]["test"] if "http" in part
    ]
    hosts = SERVICES["web"]["environment"]["PORTAL_HOSTS"].split(",")

    assert f"http://localhost:8000{reverse('healthz')}" in script
    assert "localhost" in hosts


def test_a_health_check_counts_on_no_variable_that_a_shell_may_lack() -> None:
    checks = {
        name: " ".join(service["healthcheck"]["test"])
        for name, service in SERVICES.items()
        if "healthcheck" in service
    }
    variables = [re.findall(r"\$\$(\w+)", check) for check in checks.values()]

    assert variables == [[] for _ in checks]
    assert "--destination worker@$$(hostname)" in checks["worker"]
    assert "--destination asks@$$(hostname)" in checks["asks"]


def test_the_image_holds_the_application_without_the_rehearsal() -> None:
    copied = {
        part
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for part in line.split()
    }

    # Production asks no rehearsal.
    assert copied == set(APPLICATION) - {"rehearsal"}


def test_every_task_has_a_worker_that_listens_to_its_queue() -> None:
    queues = {
        command[command.index("-Q") + 1]
        for service in SERVICES.values()
        if "-Q" in (command := service.get("command", []))
    }
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}

    assert queues == {"celery"} | routed


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert 0 < service["pids_limit"] <= 256
    assert service.get("user") or "USER 10001" in DOCKERFILE
    assert all(":size=" in folder for folder in service["tmpfs"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_our_own_or_an_exact_version(name: str) -> None:
    service = SERVICES[name]
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    for image in bases if "build" in service else [service["image"]]:
        assert re.search(r":\d+\.\d+\.?\d*(-\w+)*$|@sha256:[0-9a-f]{64}$", image)


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_on_a_command_line(name: str) -> None:
    service = SERVICES[name]
    check = service.get("healthcheck", {}).get("test", [])
    words = [*service.get("command", []), *service.get("entrypoint", []), *check]

    assert [word for word in words if "PASSWORD" in word or "SECRET" in word] == []


def test_every_service_but_the_one_that_ends_has_a_health_check() -> None:
    checked = {name for name, service in SERVICES.items() if "healthcheck" in service}

    assert set(SERVICES) - checked == {"migrate"}
    assert SERVICES["migrate"]["restart"] == "no"


def test_only_who_writes_a_volume_may_write_it() -> None:
    writable = {
        name: {
            volume.partition(":")[0]
            for volume in service.get("volumes", [])
            if not volume.endswith(":ro")
        }
        for name, service in SERVICES.items()
    }

    assert writable == {
        "postgres": {"database"},
        "redis": {"bell"},
        "migrate": set(),
        "web": {"evidence"},
        "worker": {"archive"},
        "asks": set(),
        "beat": set(),
        "proxy": set(),
    }


def test_what_is_mounted_from_the_checkout_is_there_and_scripts_run() -> None:
    """An engine puts no text of a config into a container whose root is read-only."""
    mounted = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }
    scripts = [CHECKOUT / path for path in mounted if path.endswith(".sh")]

    assert mounted == {
        f"./deploy/{name}"
        for name in ("roles.sh", "redis.sh", "proxy.sh", "nginx.conf")
    }
    assert "configs" not in COMPOSE
    assert all(script.stat().st_mode & 0o555 == 0o555 for script in scripts)


def test_the_deployment_checks_are_clean_with_these_settings() -> None:
    env = {k: filled(v) for k, v in SERVICES["web"]["environment"].items()}
    env["PORTAL_TOKEN_KEYS"] = token_key("k" * 43)
    env["SECRET_KEY"] = "a-long-one-" + "".join(map(chr, range(48, 120)))
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
