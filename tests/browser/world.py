"""A small portal in which every page has something to show."""

from collections.abc import Mapping
from itertools import cycle

from django.contrib.auth.models import User

from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_move


def make_pages(agent: User, lead: User) -> Mapping[str, str]:
    """A move in each state, and the path of each page by the name of its picture."""
    kinds = cycle(MoveType)
    moves = {
        state.value.lower().replace("_", "-"): make_move(
            state, agent=agent, lead=lead, move_type=next(kinds)
        )
        for state in MoveState
    }
    books = moves["completed"].administration
    assert books is not None
    return {
        "list": "/",
        "list-empty": "/?q=bestaat-niet-zo",
        "queue": "/akkoord/",
        "administrations": "/administraties/",
        "administration": f"/administraties/{books.public_id}/",
        "search": "/zoeken/?q=voorbeeld",
        "help": "/hulp/",
        "preferences": "/voorkeuren/",
        **{f"move-{name}": f"/migraties/{move}/" for name, move in moves.items()},
    }
