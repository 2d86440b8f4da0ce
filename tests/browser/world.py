"""A small portal in which every page has something to show."""

from collections.abc import Mapping
from itertools import cycle

from django.contrib.auth.models import User

from adminmoves.vocabulary import MoveState, MoveType
from tests.builders import make_draft, make_move


def slug(word: str) -> str:
    return word.lower().replace("_", "-")


def make_pages(agent: User, lead: User) -> Mapping[str, str]:
    """A move in each state, and the path of each page by the name of its picture."""
    kinds = cycle(MoveType)
    moves = {
        slug(state): make_move(state, agent=agent, lead=lead, move_type=next(kinds))
        for state in MoveState
    }
    books = moves["completed"].administration
    assert books is not None
    drafts = {slug(kind): make_draft(lead, kind) for kind in MoveType}
    draft, waiting = drafts["change-code"], moves["awaiting-bookkeeping"]
    return {
        "list": "/",
        "list-empty": "/?q=bestaat-niet-zo",
        "queue": "/akkoord/",
        "administrations": "/administraties/",
        "administration": f"/administraties/{books.public_id}/",
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
