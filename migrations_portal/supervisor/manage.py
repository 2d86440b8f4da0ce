"""`make manage`: manage.py on the servers of the running portal."""

import json
import os
from pathlib import Path
from typing import NoReturn

from migrations_portal.supervisor.account import child_account
from migrations_portal.supervisor.portal import RUN_FILE
from migrations_portal.supervisor.refusals import CannotStart
from migrations_portal.supervisor.state import is_supervised, state_folder

LANGUAGE = ("LC_ALL", "LC_MESSAGES", "LANG")


def manage(arguments: list[str]) -> NoReturn:
    """Replace this process by manage.py on the running portal's servers."""
    state = state_folder()
    file = state / RUN_FILE
    if not file.exists() or not is_supervised(state):
        raise CannotStart("The portal does not run; start it first: make run.")
    facts = json.loads(file.read_text())
    env = facts["env"]
    if arguments[:1] == ["--owner"]:
        arguments = arguments[1:]
        env["DATABASE_URL"] = facts["owner_url"]
    account = child_account()
    # The copy runs in another folder, where a relative path would lead elsewhere.
    arguments = [*arguments[:1], *map(_whole_path, arguments[1:])]
    env |= {name: os.environ[name] for name in LANGUAGE if name in os.environ}
    os.chdir(facts["folder"])
    if account.is_other:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    os.execve(facts["python"], [facts["python"], "manage.py", *arguments], env)  # noqa: S606 - no shell wanted


def _whole_path(argument: str) -> str:
    """The whole path of a file; any other argument as it is."""
    return str(Path(argument).absolute()) if Path(argument).is_file() else argument
