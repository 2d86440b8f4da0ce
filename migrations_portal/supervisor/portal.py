"""`make run`: starts all that a portal needs, in order, until it is stopped."""

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from migrations_portal.supervisor import ports, postgres, servers
from migrations_portal.supervisor.account import Account, child_account
from migrations_portal.supervisor.children import Child, Program
from migrations_portal.supervisor.installation import Installation, find_installation
from migrations_portal.supervisor.programs import (
    asks_arguments,
    beat_arguments,
    web_arguments,
    worker_arguments,
)
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.rehearsal import RehearsalWorld, rehearsal_for
from migrations_portal.supervisor.state import (
    load_secrets,
    only_supervisor,
    state_folder,
    token_key,
    write_private,
)

WATCH_SECONDS = 0.2
MAX_START_SECONDS = 90
RUN_FILE = "run.json"
"""Under the state folder: what `make manage` needs, for nobody else to read."""


class Stopped(Exception):
    """The supervisor must stop: Ctrl-C, SIGTERM, or a closed terminal."""


@dataclass(slots=True)
class Portal:
    """A running portal, with its children in the order of their start."""

    state: Path
    port: int
    account: Account
    secrets: dict[str, str]
    rehearsal: RehearsalWorld | None = None
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> None:
        """Start everything, watch it, and stop it in the opposite order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._serve()
            self._watch()
        except Stopped:
            print("Stopping.", flush=True)
        finally:
            for child in reversed(self.children):
                child.stop()
            (self.state / RUN_FILE).unlink(missing_ok=True)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _serve(self) -> None:
        urls = self._start_servers()
        self.rehearsal = rehearsal_for(self.state / "rehearsal", self._given_settings())
        installation = find_installation(self.account, self.state)
        env = self._env(installation, urls)
        owner = {**env, "DATABASE_URL": urls.owner}
        self._run_to_end(self._prepare(installation, owner, "owner", urls.app_role))
        self._run_to_end(self._prepare(installation, env, "app"))
        self._start_rehearsal(installation, env)
        web, *workers = self._programs(installation, env)
        self._start(web)
        # Pages first, because workers that start at the same time would delay them.
        self._wait_until_served()
        for program in workers:
            self._start(program)
        self._write_run_file(installation, urls)
        self._announce()

    def _start_rehearsal(
        self, installation: Installation, env: Mapping[str, str]
    ) -> None:
        if self.rehearsal is None:
            return
        self.account.folder(self.rehearsal.folder)
        arguments = self.rehearsal.arguments
        self._start(self._program(installation, env, "rehearsal", *arguments, grace=5))
        if not ports.wait_for(self.rehearsal.pages_port, MAX_START_SECONDS):
            raise CannotStart(
                f"The rehearsal world did not start; {self._log('rehearsal')} says why."
            )

    def _start_servers(self) -> servers.Urls:
        given = servers.given_urls(os.environ)
        app, owner = given or self._start_postgres()
        if given:
            servers.refuse_unreachable_database(app, "DATABASE_URL")
            servers.refuse_unreachable_database(owner, "DATABASE_OWNER_URL")
        broker = os.environ.get("REDIS_URL")
        if broker:
            servers.refuse_unreachable_broker(broker)
        return servers.Urls(app, owner, broker or self._start_valkey())

    def _start_postgres(self) -> tuple[str, str]:
        server = servers.own_postgres(self.account, self.state, self.secrets)
        child = self._start(server.program(self._log("postgresql")))
        servers.wait_for_postgres(server, child)
        return (
            server.url(postgres.APP, servers.DATABASE),
            server.url(postgres.OWNER, servers.DATABASE),
        )

    def _start_valkey(self) -> str:
        server = servers.own_valkey(self.account, self.state, self.secrets)
        self._start(server.program(self._log("valkey")))
        servers.wait_for_valkey(server)
        return server.url

    def _given_settings(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if k.startswith("PORTAL_")}

    def _env(self, installation: Installation, urls: servers.Urls) -> dict[str, str]:
        """The environment of every child, without the owner's URL."""
        return {
            "PORTAL_DEMO": "yes",
            "PORTAL_LOG_FORMAT": "line",
            **(self.rehearsal.env if self.rehearsal else {}),
            **self._given_settings(),
            **installation.env,
            "DJANGO_SETTINGS_MODULE": "migrations_portal.settings",
            "DATABASE_URL": urls.app,
            "REDIS_URL": urls.broker,
            "SECRET_KEY": self.secrets["secret_key"],
            "PORTAL_TOKEN_KEYS": token_key(self.secrets["token_key"]),
            "PORTAL_STATE_DIR": str(self.account.folder(self.state / "files")),
            "PORTAL_HTTPS": "no",
        }

    def _prepare(
        self, installation: Installation, env: Mapping[str, str], *part: str
    ) -> Program:
        command = [str(installation.python), "-m", "migrations_portal.prepare", *part]
        return Program("set-up", command, env, self.account, installation.folder)

    def _programs(
        self, installation: Installation, env: Mapping[str, str]
    ) -> tuple[Program, ...]:
        program = partial(self._program, installation, env)
        return (
            program("web", *web_arguments(self.port), grace=10),
            program("worker", *worker_arguments("worker1"), grace=15),
            program("asks", *asks_arguments("asks1"), grace=5),
            program("beat", *beat_arguments(), grace=5),
        )

    def _program(
        self,
        installation: Installation,
        env: Mapping[str, str],
        name: str,
        *arguments: str,
        grace: float,
    ) -> Program:
        return Program(
            name=name,
            command=[str(installation.python), "-m", *arguments],
            env=env,
            account=self.account,
            folder=installation.folder,
            grace=grace,
            log=self._log(name),
        )

    def _log(self, name: str) -> Path:
        folder = self.state / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"{name}.log"

    def _start(self, program: Program) -> Child:
        if self.stopping:
            raise Stopped
        child = Child(program)
        self.children.append(child)
        child.start()
        return child

    def _run_to_end(self, program: Program) -> None:
        """Run a program to its end, or stop it if the supervisor must stop."""
        child = self._start(program)
        while (code := child.ended()) is None:
            self._pause()
        child.stop()
        self.children.remove(child)
        if code:
            raise CannotStart("The set-up failed; the lines above say why.")

    def _wait_until_served(self) -> None:
        deadline = time.monotonic() + MAX_START_SECONDS
        while not healthy(self.port):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"No page was served within {MAX_START_SECONDS} seconds; "
                    f"{self._log('web')} says why."
                )
            self._pause()
            for child in self.children:
                child.watch()

    def _watch(self) -> None:
        while True:
            self._pause()
            for child in self.children:
                child.watch()

    def _pause(self) -> None:
        time.sleep(WATCH_SECONDS)
        if self.stopping:
            raise Stopped

    def _write_run_file(self, installation: Installation, urls: servers.Urls) -> None:
        facts = {
            "python": str(installation.python),
            "folder": str(installation.folder),
            "env": self._env(installation, urls),
            "owner_url": urls.owner,
        }
        write_private(self.state / RUN_FILE, json.dumps(facts, indent=2))

    def _announce(self) -> None:
        print(f"The portal is at http://{ports.LOOPBACK}:{self.port}/", flush=True)
        if self.rehearsal:
            print(f"The packages are rehearsed at {self.rehearsal.address}/")
        print("Ctrl-C stops it; the data stays. Logs:", self.state / "logs", flush=True)


def healthy(port: int, path: str = "healthz") -> bool:
    try:
        with urlopen(f"http://{ports.LOOPBACK}:{port}/{path}", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


def run_portal(_arguments: list[str]) -> int:
    state = state_folder()
    with only_supervisor(state):
        port = ports.chosen_port(os.environ.get("PORT", ""))
        Portal(state, port, child_account(), load_secrets(state)).run()
    return 0
