"""A small portal in which every page has something to show."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from itertools import cycle

from django.contrib.auth.models import User
from django.utils import timezone

from adminmoves.bookkeeping.answers import ListedAdministration
from adminmoves.models import (
    BookkeepingConnection,
    ConnectionCall,
    ConnectionGrant,
    ConnectionLine,
    ConnectionList,
    WorkerBeat,
)
from adminmoves.vocabulary import BeatKind, MoveState, MoveType, Verdict
from tests.builders import make_connection, make_draft, make_move


def slug(word: str) -> str:
    return word.lower().replace("_", "-")


def make_connected(person: User) -> BookkeepingConnection:
    """A connection with a consent, a list, and a package that is left alone now."""
    now, later = timezone.now(), timezone.now() + timedelta(minutes=10)
    connection = make_connection(demand=BookkeepingConnection.Demand.API)
    ConnectionGrant.objects.create(
        connection=connection,
        access_until=later,
        refreshed_at=now,
        refresh_until=now + timedelta(days=30),
        consented_by=person,
    )
    ConnectionLine.objects.create(
        connection=connection,
        answered_at=now,
        quiet_until=later,
        quiet_why=Verdict.RATE_LIMITED,
        limits={"minute_left": 0, "day_left": 4120},
    )
    rows = [
        asdict(ListedAdministration("411", "1234567", "Bakkerij Voorbeeld"))
        for _row in range(3)
    ]
    ConnectionList.objects.create(
        connection=connection, rows=rows, endpoint="list", seen_as="SYNC01"
    )
    ConnectionCall.objects.create(
        connection=connection,
        at=now,
        endpoint="list",
        status=429,
        milliseconds=412,
        outcome=Verdict.RATE_LIMITED,
        reason="limited",
    )
    return connection


def make_processes() -> None:
    """One of each kind that is alive, and a worker that is silent."""
    now = timezone.now()
    for kind in (BeatKind.WORKER, BeatKind.ASKS, BeatKind.BEAT):
        WorkerBeat.objects.create(
            name=f"{kind.lower()}@voorbeeld",
            kind=kind,
            started_at=now,
            doing=["worker-1"] if kind == BeatKind.WORKER else [],
        )
    WorkerBeat.objects.create(
        name="worker2@voorbeeld",
        kind=BeatKind.WORKER,
        started_at=now - timedelta(days=2),
        seen_at=now - timedelta(hours=1),
    )


def make_pages(agent: User, lead: User) -> Mapping[str, str]:
    """A move in each state, and the path of each page by the name of its picture."""
    kinds = cycle(MoveType)
    moves = {
        slug(state): make_move(state, agent=agent, lead=lead, move_type=next(kinds))
        for state in MoveState
    }
    administration = moves["completed"].administration
    assert administration is not None
    drafts = {slug(kind): make_draft(lead, kind) for kind in MoveType}
    draft, waiting = drafts["change-code"], moves["awaiting-bookkeeping"]
    connection = make_connected(lead)
    make_processes()
    return {
        "operations": "/beheer/werking/",
        "connections": "/koppelingen/",
        "connection": f"/koppelingen/{connection.public_id}/",
        "list": "/",
        "list-empty": "/?q=bestaat-niet-zo",
        "queue": "/akkoord/",
        "administrations": "/administraties/",
        "administration": f"/administraties/{administration.public_id}/",
        "choose": "/aanvraag/",
        "review": f"/aanvraag/{draft}/nalezen/",
        "submitted": f"/aanvraag/{waiting}/ingediend/",
        "attest": f"/migraties/{waiting}/verklaring/",
        "lend": "/akkoord/uitlenen/",
        "history": "/historie/",
        "search": "/zoeken/?q=voorbeeld",
        "help": "/hulp/",
        "preferences": "/voorkeuren/",
        **{f"form-{name}": f"/aanvraag/{move}/" for name, move in drafts.items()},
        **{f"move-{name}": f"/migraties/{move}/" for name, move in moves.items()},
    }
