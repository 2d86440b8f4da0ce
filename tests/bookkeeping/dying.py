"""python -m tests.bookkeeping.dying before|after|never CONNECTION

A process that asks a package and is killed right before or right after it stored new
tokens, or never.
"""

import os
import signal
import sys

import django

django.setup()

from adminmoves.bookkeeping import grants  # noqa: E402 - Django first
from adminmoves.bookkeeping.gateway import FRESH, ConnectionBusy, check  # noqa: E402 - Django first
from adminmoves.bookkeeping.oauth import OAuth, Tokens  # noqa: E402 - Django first
from adminmoves.models import BookkeepingConnection, ConnectionGrant  # noqa: E402 - Django first

store = grants._store  # noqa: SLF001 - between this and the answer lies the moment


def store_and_die(grant: ConnectionGrant, oauth: OAuth, tokens: Tokens) -> bool:
    if sys.argv[1] == "after":
        store(grant, oauth, tokens)
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def ask() -> str:
    connection = BookkeepingConnection.objects.get(pk=sys.argv[2])
    try:
        return check(
            connection, "411", connection.package_environment, age=FRESH
        ).verdict
    except ConnectionBusy:
        return "BUSY"


if sys.argv[1] != "never":
    grants._store = store_and_die  # noqa: SLF001 - the moment of its death
sys.stdout.write("ready\n")
sys.stdout.flush()
sys.stdin.readline()
sys.stdout.write(f"{ask()}\n")
