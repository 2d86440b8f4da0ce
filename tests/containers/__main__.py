"""make containers: see all of docker-compose.yml serve, and one move of each type."""

import fcntl
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from migrations_portal.supervisor.ports import free_port
from migrations_portal.supervisor.state import state_folder, token_key
from tests.containers import images
from tests.containers.abuse import try_the_proxy
from tests.containers.compose import Compose
from tests.containers.engine import Engine, Failed, install
from tests.containers.handbook import save_and_restore
from tests.containers.people import (
    NotAsExpected,
    Person,
    Wish,
    approve_move,
    file_move,
    see_completed,
)
from tests.containers.portal import Portal
from tests.containers.tls import make_certificate

HOST = "portal.example"
SECRETS = (
    "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD",
    "PORTAL_METRICS_TOKEN",
)  # fmt: skip
PEOPLE = {
    "beheerder": "ADMINISTRATOR",
    "medewerker": "SUPPORT_AGENT",
    "teamleider": "TEAM_LEAD",
}
DOCUMENTS = 25
SOUTH = {"to_environment": "vkz221", "to_connection": "vkz221-u4-1"}
WISHES = (
    Wish("MOVE_ENVIRONMENT", "a045", SOUTH),
    Wish("CHANGE_CODE", "a067", {"to_code": "MVL00929"}),
    Wish("RELINK_CONNECTION", "a002", {"to_connection": "vkn104-u4-2"}),
    Wish("MOVE_ENVIRONMENT_AND_CHANGE_CODE", "a054", {**SOUTH, "to_code": "MVL77838"}),
    Wish(
        "RELINK_CONNECTION_AND_CHANGE_CODE",
        "a076",
        {"to_connection": "vkn104-u4-1", "to_code": "MVL77992"},
    ),
)
PLACE = """
import json
from adminmoves.models import Administration
found = Administration.objects.with_place().get(public_id={public_id!r})
keys = list(found.archive.values_list("storage_key", flat=True))
print(json.dumps({{"code": found.code, "connection": found.connection.public_id,
                   "office": found.environment.office_code, "keys": keys}}))
"""


def say(words: str) -> None:
    sys.stdout.write(f"  {words}\n")
    sys.stdout.flush()


@contextmanager
def phase(name: str, seconds: dict[str, float]) -> Iterator[None]:
    sys.stdout.write(f"{name}\n")
    begun = time.monotonic()
    yield
    seconds[name] = time.monotonic() - begun
    say(f"{seconds[name]:.0f} s")


def settings(folder: Path) -> dict[str, str]:
    """What the handbook has in .env."""
    return {
        **{name: secrets.token_urlsafe(24) for name in SECRETS},
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_TOKEN_KEYS": token_key(secrets.token_urlsafe(32)),
        "PORTAL_HOST": HOST,
        "PORTAL_TLS_DIR": str(folder / "tls"),
        "PORTAL_HTTPS_PORT": f"127.0.0.1:{free_port()}",
        "PORTAL_HTTP_PORT": f"127.0.0.1:{free_port()}",
        "PORTAL_WEB_PORT": str(free_port()),
    }


def appoint_people(portal: Portal) -> dict[str, str]:
    """The handbook's command for the first administrator, and for the others."""
    passwords = {name: secrets.token_urlsafe(12) for name in PEOPLE}
    for name, role in PEOPLE.items():
        twice = f"{passwords[name]}\n{passwords[name]}\n"
        say(portal.manage("web", "appoint", name, role, stdin=twice).strip())
    return passwords


def load_estate(portal: Portal) -> None:
    files = [
        f"samples/{n}.csv" for n in ("environments", "connections", "administrations")
    ]
    say(portal.manage("web", "import_estate", *files, "--as", "beheerder").strip())
    for wish in WISHES:
        if "ENVIRONMENT" in wish.kind:
            fill = ("env", "PORTAL_DEMO=yes", "python", "manage.py", "make_archive")
            portal.engine("exec", "worker", *fill, wish.administration, str(DOCUMENTS))


def place_of(portal: Portal, public_id: str) -> dict[str, object]:
    code = PLACE.format(public_id=public_id)
    output = portal.manage("web", "shell", "--no-imports", "-c", code)
    return dict(json.loads(output.splitlines()[-1]))


def move_all(
    portal: Portal, values: Mapping[str, str], passwords: Mapping[str, str]
) -> None:
    port = int(values["PORTAL_HTTPS_PORT"].rpartition(":")[2])
    authority = Path(values["PORTAL_TLS_DIR"]) / "fullchain.pem"
    agent, lead = (Person(port, HOST, authority) for _ in range(2))
    agent.log_in("medewerker", passwords["medewerker"])
    lead.log_in("teamleider", passwords["teamleider"])
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for wish in WISHES:
        number = file_move(agent, wish, yesterday)
        approve_move(lead, number)
        see_completed(agent, number)
        say(f"{number} {wish.kind}: {arrived(portal, wish)}")


def arrived(portal: Portal, wish: Wish) -> str:
    """Where the administration is now; Failed where that is not what was asked."""
    place = place_of(portal, wish.administration)
    arguments = {
        "connection": wish.answers.get("to_connection", place["connection"]),
        "code": wish.answers.get("to_code", place["code"]),
    }
    keys = place["keys"]
    assert isinstance(keys, list)
    count = DOCUMENTS if "ENVIRONMENT" in wish.kind else 0
    if place | arguments != place or len(keys) != count:
        raise Failed(f"{wish.kind} ended elsewhere: {place}")
    if keys:
        portal.engine(
            "exec",
            "worker",
            "sh",
            "-c",
            f"cd $PORTAL_STATE_DIR/archive && ls {' '.join(keys)}",
        )
    return f"{place['office']} {place['connection']} {place['code']}, {count} documents"


def rehearse(engine: Engine, seconds: dict[str, float]) -> None:
    with phase("Packages of this machine", seconds):
        say(f"installed {', '.join(install()) or 'nothing'}")
        engine.prepare()
        engine.remove_all()
        values = settings(engine.folder)
        make_certificate(Path(values["PORTAL_TLS_DIR"]), HOST)
        compose = Compose.read(values)
        portal = Portal(engine, compose, say)
    with phase("Stand-ins for the base images", seconds):
        images.make_base(engine)
        say(", ".join(images.make_stand_ins(engine, compose)))
    with phase("The image of our Dockerfile", seconds):
        images.build_ours(engine, compose)
    with phase("Start of all services", seconds):
        portal.start()
        portal.wait_until_all_are_healthy()
    with phase("People and estate", seconds):
        passwords = appoint_people(portal)
        load_estate(portal)
    with phase("One move of each type, through the proxy", seconds):
        move_all(portal, values, passwords)
    with phase("Back-up, loss of everything, restore", seconds):
        places = [place_of(portal, wish.administration) for wish in WISHES]
        save_and_restore(portal, engine.folder)
        if places != [place_of(portal, wish.administration) for wish in WISHES]:
            raise Failed("what was restored differs from what was saved")
    with phase("What the proxy refuses", seconds):
        try_the_proxy(portal, values, HOST)
    with phase("Restart of each service", seconds):
        for name in portal.lasting():
            portal.restart(name)
        say(portal.manage("web", "verify_audit").strip())
    with phase("Stop", seconds):
        portal.stop()


def main() -> int:
    if os.geteuid():
        sys.stderr.write(
            "make containers runs as root: it makes images and networks.\n"
        )
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with (state_folder() / "containers.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write("make containers runs already in this checkout.\n")
            return 1
        return rehearse_and_clean_up(Engine(state_folder() / "containers"))


def rehearse_and_clean_up(engine: Engine) -> int:
    seconds: dict[str, float] = {}
    try:
        rehearse(engine, seconds)
    except (Failed, NotAsExpected) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    finally:
        engine.remove_all()
        if os.environ.get("KEEP") != "yes":
            engine.remove_storage()
    sys.stdout.write(f"All of it works: {sum(seconds.values()):.0f} s.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
