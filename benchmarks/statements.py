"""Counts the statements of a move from form to completed, by the server's log."""

import os
import re
from pathlib import Path

from django.db import connections
from django.utils import timezone
from psycopg2 import sql

from adminmoves.evidence.records import Attestation, attest
from adminmoves.execution import runner
from adminmoves.intake.draft.actions import edit_draft, start_draft
from adminmoves.intake.review.actions import submit_move
from adminmoves.models import Administration, Move
from adminmoves.vocabulary import MoveState, MoveType
from benchmarks.databases import SUPERUSER, as_owner, connected, database
from benchmarks.people import People, make_people
from benchmarks.starts import approve
from benchmarks.waiting import SAID_BY
from benchmarks.world import make_administrations

FIRST_WORD = re.compile(r"LOG:  (?:statement|execute [^:]*): *(\S+)")
MAX_RUN_SECONDS = 60.0
Measured = dict[str, list[float]]
CONTROL = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"})


def measure(sizes: dict[str, int]) -> Measured:
    """Per move and stage; ``control``: how many only begin or end a transaction.

    Several moves, since a worker may take more than one at a time.
    """
    with database("bench_statements") as name:
        with as_owner(name):
            people = make_people()
            first, *others = make_administrations(1 + sizes["moves"])
        _journey(people, [first])  # a process reads some rows only once
        _log_all(name)
        return _journey(people, others)


def _log_all(name: str) -> None:
    server = connected(SUPERUSER, name)
    with server.cursor() as cursor:
        cursor.execute(
            sql.SQL("ALTER DATABASE {} SET log_statement = 'all'").format(
                sql.Identifier(name)
            )
        )
    server.close()
    connections.close_all()


def _journey(people: People, administrations: list[Administration]) -> Measured:
    log = Log(Path(os.environ["BENCH_POSTGRES_LOG"]))
    moves = [_request(people, administration) for administration in administrations]
    request = log.new_statements()
    for move in moves:
        approve(move, people)
    approval = log.new_statements()
    runner.drain("bench", MAX_RUN_SECONDS)
    execute = log.new_statements()
    if Move.objects.filter(pk__in=moves).exclude(state=MoveState.COMPLETED).exists():
        raise RuntimeError("the counted moves were not completed")
    stages = {"request": request, "approve": approval, "execute": execute}
    control = sum(word in CONTROL for words in stages.values() for word in words)
    per_move = {
        name: [len(words) / len(administrations)] for name, words in stages.items()
    }
    return {**per_move, "control": [control / len(administrations)]}


class Log:
    """The server's log, read from where the last reading ended."""

    def __init__(self, file: Path) -> None:
        self.file, self.at = file, file.stat().st_size

    def new_statements(self) -> list[str]:
        """The first word of every statement since the last reading."""
        text = self.file.read_bytes()[self.at :]
        self.at += len(text)
        return [word.upper().strip(";") for word in FIRST_WORD.findall(text.decode())]


def _request(people: People, administration: Administration) -> int:
    """Do what the pages of the form do: one save, submit and the attestation."""
    draft = start_draft(MoveType.CHANGE_CODE, actor=people.agent)
    answers = {
        "administration": administration,
        "to_environment": administration.environment,
        "to_connection": administration.connection,
        "to_code": f"{administration.code}9",
        "requester_name": SAID_BY,
        "requester_email": "super@voorbeeld.example",
        "requester_ticket": "SUP-1",
        "consent_name": SAID_BY,
        "consent_email": "super@voorbeeld.example",
        "consent_on": timezone.localdate(),
        "consent_ticket": "SUP-2",
        "consent_accepts_costs": True,
        "client_informed": True,
    }
    edit_draft(draft.pk, answers, actor=people.agent)
    submit_move(draft.pk, actor=people.agent, seen=frozenset())
    attestation = Attestation(SAID_BY, timezone.localdate(), ticket="SUP-3")
    attest(draft.pk, actor=people.agent, attestation=attestation)
    return draft.pk
