"""(d) and (e) Pages at two sizes of the estate, and the home list under gunicorn."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from django.contrib.auth.models import Group, User

from adminmoves.demo.large.making import make_estate
from adminmoves.models import Event, FormerPlace, Move
from adminmoves.vocabulary import MoveState, Role
from benchmarks.asking import HOME, ask, session_of
from benchmarks.databases import APP, as_owner, copied, database, use
from benchmarks.load import home_list
from benchmarks.multiply import keep_few_events, multiply
from benchmarks.people import People, make_people
from benchmarks.world import make_waiting

WARM_UP = 3
SMALL, LARGE = "bench_small", "bench_large"
WAITING_MOVES = 100


@dataclass(frozen=True, slots=True)
class Reader:
    """A session and the address that it requests."""

    session: str
    address: str


def measure(sizes: dict[str, int]) -> dict[str, list[float]]:
    """Milliseconds and queries per page, per round; requests per second per round."""
    began = time.monotonic()
    with database(SMALL) as small:
        with as_owner(small):
            make_estate(sizes["administrations"], sizes["small"], _quiet)
            people = make_people()
            readers = make_readers(people)
        keep_few_events(small)
        with copied(SMALL, LARGE) as large:
            multiply(large, sizes["times"])
            # The number of waiting moves does not grow with the number of ended ones.
            for name in (small, large):
                with as_owner(name):
                    make_waiting(WAITING_MOVES, people, MoveState.AWAITING_APPROVAL)
            filled = time.monotonic() - began
            raw = _rounds(readers, sizes["rounds"]) | {"filling_s": [filled]}
            raw |= home_list(large, readers["lead"], sizes)
    return raw


def _quiet(_line: str) -> None:
    """Ignore the progress of making the estate."""


def make_readers(people: People) -> dict[str, str]:
    """Sessions of the agent, the lead and an auditor."""
    auditor = User.objects.create(username="auditor", password="!")  # noqa: S106 - nobody can log in with it
    auditor.groups.add(Group.objects.get(name=Role.AUDITOR))
    users = {"auditor": auditor} | {
        name: User.objects.get(pk=actor.person)
        for name, actor in (("agent", people.agent), ("lead", people.lead))
    }
    return {name: session_of(user) for name, user in users.items()}


def addresses(readers: Mapping[str, str]) -> dict[str, Reader]:
    """The pages of the current database; the deep ones are in its middle."""
    lead, auditor = readers["lead"], readers["auditor"]
    event = Event.objects.order_by("-id").values_list("id", flat=True)[0]
    move = Move.objects.filter(state=MoveState.COMPLETED).order_by("id")[100]
    left = FormerPlace.objects.order_by("id")[100]
    deep_move = Move.objects.order_by("-id").values_list("id", flat=True)[0] // 2
    middle = Move.objects.get(pk=deep_move)
    micros = int(middle.state_since.timestamp() * 1_000_000)
    return {
        "home_first": Reader(lead, HOME),
        "home_deep": Reader(lead, f"{HOME}&na={deep_move}~{micros}"),
        "home_own": Reader(readers["agent"], "/?status=lopend&wie=ik"),
        "history_first": Reader(auditor, "/historie/"),
        "history_deep": Reader(auditor, f"/historie/?na={event // 2}~"),
        "search_code": Reader(lead, f"/zoeken/?q={left.code}"),
        "search_text": Reader(lead, "/zoeken/?q=Voorbeeld+3777"),
        "move": Reader(lead, f"/migraties/{move.number}/"),
    }


def _rounds(readers: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Measure small and large in turn, so that other load affects both."""
    raw: dict[str, list[float]] = {}
    for number in range(rounds):
        for size, name in (("small", SMALL), ("large", LARGE)):
            use(APP, name)
            for page, reader in addresses(readers).items():
                times = 5 if number else 5 + WARM_UP
                answers = [ask(reader.address, reader.session) for _ in range(times)]
                key = f"{page}_{size}"
                took = median(answer.ms for answer in answers[-5:])
                raw.setdefault(f"{key}_ms", []).append(took)
                raw[f"{key}_queries"] = [float(answers[-1].queries)]
    return raw
