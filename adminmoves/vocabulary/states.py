"""The states of a move: one table, from which everything else about a state follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MoveState(TextChoices):
    DRAFT = "DRAFT", _("Draft")
    AWAITING_BOOKKEEPING = (
        "AWAITING_BOOKKEEPING",
        _("Waiting for the bookkeeping package"),
    )
    AWAITING_APPROVAL = "AWAITING_APPROVAL", _("Awaiting approval")
    APPROVED = "APPROVED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    COMPLETED = "COMPLETED", _("Completed")
    IN_DOUBT = "IN_DOUBT", _("To be checked")
    FAILED = "FAILED", _("Failed, rolled back")
    STOPPED = "STOPPED", _("Stopped, rolled back")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    @classmethod
    def get_choices(cls) -> Sequence[tuple[str, Any]]:
        """For a field whose schema migration refers to them by this name."""
        return cls.choices


class Station(TextChoices):
    """The stepper on a move's page."""

    REQUEST = "REQUEST", _("Request")
    PACKAGE = "PACKAGE", _("Bookkeeping package")
    APPROVAL = "APPROVAL", _("Approval")
    QUEUE = "QUEUE", _("Queue")
    RUN = "RUN", _("Run")
    COMPLETED = "COMPLETED", _("Completed")


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its icon and the tone of its colours."""

    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How a station looks: its class, its icon (else its number), its spoken word."""

    cls: str
    icon: str
    spoken: Promise


DONE = Mark("done", "check", _("done"))
HERE = Mark("cur", "", _("now"))
TO_COME = Mark("todo", "", _("not yet"))


@dataclass(frozen=True, slots=True)
class StateInfo:
    """All that is said of a state; its label stands in ``MoveState``.

    ``station``: where the stepper shows a move; None where the way there tells.
    ``mark``: how that station looks. ``tab``: the word for its list in an address.
    ``explanation``: the sentence of the help page.
    ``is_open``: the move holds its administration and its wanted place.
    ``is_ended``: nothing follows. ``is_checked``: the checks ask about its wanted
    place, which is no longer wanted once a run has begun to change it.
    ``needs_proof``, ``needs_approval``: the database holds that it has them.
    """

    look: Look
    station: Station | None
    mark: Mark
    tab: str
    explanation: Promise
    is_open: bool
    is_ended: bool
    is_checked: bool
    needs_proof: bool
    needs_approval: bool


STATES: Mapping[MoveState, StateInfo] = {
    MoveState.DRAFT: StateInfo(
        look=Look("pencil-line", "grey"),
        station=Station.REQUEST,
        mark=HERE,
        tab="concept",
        explanation=_("Somebody is filling it in. Nobody else has to do anything."),
        is_open=False,
        is_ended=False,
        is_checked=True,
        needs_proof=False,
        needs_approval=False,
    ),
    MoveState.AWAITING_BOOKKEEPING: StateInfo(
        look=Look("book-open-check", "slate"),
        station=Station.PACKAGE,
        mark=HERE,
        tab="boekhoudpakket",
        explanation=_(
            "The administration must first be moved or renamed in the bookkeeping "
            "package. We wait until that is proven."
        ),
        is_open=True,
        is_ended=False,
        is_checked=True,
        needs_proof=False,
        needs_approval=False,
    ),
    MoveState.AWAITING_APPROVAL: StateInfo(
        look=Look("user-check", "amber"),
        station=Station.APPROVAL,
        mark=HERE,
        tab="akkoord",
        explanation=_(
            "A team lead who did not work on it decides: approve, send back or reject."
        ),
        is_open=True,
        is_ended=False,
        is_checked=True,
        needs_proof=True,
        needs_approval=False,
    ),
    MoveState.APPROVED: StateInfo(
        look=Look("list-ordered", "slate"),
        station=Station.QUEUE,
        mark=HERE,
        tab="wachtrij",
        explanation=_("It starts by itself as soon as a worker is free."),
        is_open=True,
        is_ended=False,
        is_checked=True,
        needs_proof=True,
        needs_approval=True,
    ),
    MoveState.RUNNING: StateInfo(
        look=Look("loader-circle", "blue"),
        station=Station.RUN,
        mark=HERE,
        tab="uitvoering",
        explanation=_(
            "A worker carries it out. The administration is closed meanwhile."
        ),
        is_open=True,
        is_ended=False,
        is_checked=False,
        needs_proof=True,
        needs_approval=True,
    ),
    MoveState.COMPLETED: StateInfo(
        look=Look("check", "green"),
        station=Station.COMPLETED,
        mark=DONE,
        tab="voltooid",
        explanation=_(
            "The administration is at its new place. Only the after-care is left."
        ),
        is_open=False,
        is_ended=True,
        is_checked=False,
        needs_proof=True,
        needs_approval=True,
    ),
    MoveState.IN_DOUBT: StateInfo(
        look=Look("circle-question-mark", "orange"),
        station=Station.RUN,
        mark=Mark("doubt", "circle-question-mark", _("to be checked")),
        tab="te-controleren",
        explanation=_(
            "The portal cannot tell how it ended. A team lead looks and says."
        ),
        is_open=True,
        is_ended=False,
        is_checked=False,
        needs_proof=True,
        needs_approval=True,
    ),
    MoveState.FAILED: StateInfo(
        look=Look("triangle-alert", "red"),
        station=Station.RUN,
        mark=Mark("fail", "x", _("failed")),
        tab="mislukt",
        explanation=_(
            "It went wrong and everything was rolled back. A team lead can run it "
            "again."
        ),
        is_open=True,
        is_ended=False,
        is_checked=True,
        needs_proof=False,
        needs_approval=False,
    ),
    MoveState.STOPPED: StateInfo(
        look=Look("rotate-ccw", "purple"),
        station=Station.RUN,
        mark=Mark("stop", "rotate-ccw", _("stopped")),
        tab="gestopt",
        explanation=_(
            "Somebody stopped it and everything was rolled back. It can run again."
        ),
        is_open=True,
        is_ended=False,
        is_checked=True,
        needs_proof=False,
        needs_approval=False,
    ),
    MoveState.REJECTED: StateInfo(
        look=Look("x", "grey"),
        station=Station.APPROVAL,
        mark=Mark("fail", "x", _("rejected")),
        tab="afgewezen",
        explanation=_("A team lead said no, with a reason. A new request is possible."),
        is_open=False,
        is_ended=True,
        is_checked=False,
        needs_proof=False,
        needs_approval=False,
    ),
    MoveState.WITHDRAWN: StateInfo(
        look=Look("ban", "grey"),
        station=None,
        mark=Mark("stop", "ban", _("withdrawn")),
        tab="ingetrokken",
        explanation=_("It is no longer needed. A new request is possible."),
        is_open=False,
        is_ended=True,
        is_checked=False,
        needs_proof=False,
        needs_approval=False,
    ),
}
# Constraints and indexes of a move name the sets in these orders: another order is a
# schema migration.
OPEN_STATES = tuple(state for state in MoveState if STATES[state].is_open)
ENDED_STATES = tuple(state for state in MoveState if STATES[state].is_ended)
REFUSED_STATES = frozenset(ENDED_STATES) - {MoveState.COMPLETED}
PROVEN_STATES = tuple(
    state for state in (*OPEN_STATES, *ENDED_STATES) if STATES[state].needs_proof
)
APPROVED_STATES = tuple(
    state for state in PROVEN_STATES if STATES[state].needs_approval
)
CHECKED_STATES = frozenset(state for state in MoveState if STATES[state].is_checked)

SENT_BACK_LOOK = Look("undo-2", "orange")
SCHEDULED_LOOK = Look("calendar-clock", "slate")
