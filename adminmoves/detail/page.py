"""All that a move's page shows; each part is read when the page first shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from adminmoves.access import Actor
from adminmoves.audit.details import Fact, plan_facts
from adminmoves.detail import progress, queries
from adminmoves.detail.aftercare import AftercareItem, load_aftercare
from adminmoves.detail.allowed_actions import AllowedActions, allowed_actions
from adminmoves.detail.four_eyes import FourEyesStatus, load_four_eyes, names_of
from adminmoves.detail.reversal import Reversal, WayBack, load_reversal, way_back_of
from adminmoves.detail.timeline import order_events, until_state
from adminmoves.evidence.records import holds_until, is_stale
from adminmoves.models import Event, Move, Proof
from adminmoves.models.people import display_name
from adminmoves.rules import reasons
from adminmoves.rules.plan import Plan, make_plan, steps_of
from adminmoves.rules.preflight import Report, Result, inspect
from adminmoves.scheduling import queue
from adminmoves.scheduling.queue_status import QueueStatus, queue_status_of
from adminmoves.vocabulary import (
    CHECKED_STATES,
    REFUSED_STATES,
    EventCode,
    Moment,
    MoveState,
    MoveType,
)

S = MoveState
LIVE_STATES = frozenset({S.APPROVED, S.RUNNING})
WAITING_STATES = frozenset({S.AWAITING_BOOKKEEPING, S.AWAITING_APPROVAL})
RUN_POLL_MS, WAIT_POLL_MS = 1500, 5000
NEWEST_PROOFS = 5


@dataclass(frozen=True)
class MoveDetail:
    """What one reader sees of a move. A state that shows a part pays for it."""

    move: Move
    actor: Actor
    worked: Mapping[int, str]

    @cached_property
    def report(self) -> Report:
        checked = self.move.state in CHECKED_STATES
        return inspect(self.move) if checked else Report(())

    @cached_property
    def plan(self) -> Plan | None:
        move = self.move
        return make_plan(move) if move.move_type and move.submitted_at else None

    @property
    def reason(self) -> reasons.Reason | None:
        return reasons.tell(self.move.reason)

    @cached_property
    def proofs(self) -> tuple[Proof, ...]:
        """The newest answers for the revision that is asked for now."""
        proofs = self.move.proofs.filter(revision=self.move.revision).select_related(
            "words", "evidence", "attested_by", "connection"
        )
        return tuple(proofs[:NEWEST_PROOFS])

    @cached_property
    def four_eyes(self) -> FourEyesStatus:
        return load_four_eyes(self.move, self.actor, self.worked)

    @cached_property
    def allowed(self) -> AllowedActions:
        return allowed_actions(self.move, self.actor, may_decide=self.four_eyes.may)

    @cached_property
    def attempts(self) -> tuple[progress.AttemptView, ...]:
        return tuple(progress.load_attempts(self.move))

    @cached_property
    def timeline(self) -> tuple[Event, ...]:
        events = queries.timeline().rows(self.move.pk)
        return order_events(until_state(events, self.move.state))

    @cached_property
    def aftercare(self) -> tuple[AftercareItem, ...]:
        return load_aftercare(self.move.pk)

    @cached_property
    def in_queue(self) -> queue.QueueState:
        return queue.load_queue([self.move])

    @property
    def queue_status(self) -> QueueStatus:
        return queue_status_of(self.in_queue)

    @cached_property
    def reversal(self) -> Reversal:
        """Only of a completed move."""
        is_asked_back = vars(self.move)["is_asked_back"]
        return load_reversal(self.move, is_asked_back=is_asked_back)

    @property
    def way_back(self) -> WayBack | None:
        return way_back_of(self.move)

    @property
    def wait(self) -> queue.Wait | None:
        return self.in_queue.wait(self.move)

    @property
    def starts_at(self) -> datetime | None:
        """From when it may start; None where no moment holds it, or none is known."""
        if self.move.state != S.APPROVED:
            return None
        wait = self.wait
        if wait and (wait.until or wait.has_no_end):
            return wait.until
        return self.move.not_before if self.move.is_scheduled else None

    @property
    def would_wait(self) -> queue.Wait | None:
        """What would hold it once approved: hours of its offices, or a freeze."""
        return self.in_queue.closed(self.move)

    @property
    def has_hours(self) -> bool:
        return self.in_queue.has_hours(self.move)

    @cached_property
    def usual(self) -> queue.Usual:
        return self.in_queue.usual(self.move)

    @property
    def is_late(self) -> bool:
        """Whether it runs much longer than such moves usually do."""
        return self.in_queue.is_late(self.move)

    @property
    def evening(self) -> datetime:
        return queue.next_evening()

    @property
    def proof(self) -> Proof | None:
        """The proof it stands on, else the newest answer."""
        return self.move.proof or (self.proofs[0] if self.proofs else None)

    @property
    def proof_until(self) -> datetime | None:
        return holds_until(self.proof) if self.proof else None

    @property
    def requester(self) -> str:
        return display_name(self.move.requested_by)

    @property
    def approved_by(self) -> str:
        lead = self.move.approved_by
        return display_name(lead)

    @property
    def ended_with_proof(self) -> bool:
        """Whether it ended with a proof that nothing else on the page shows."""
        return self.move.state in REFUSED_STATES and self.move.proof is not None

    @property
    def attested_by(self) -> str:
        proof = self.move.proof
        return display_name(proof.attested_by) if proof else ""

    @property
    def present_place(self) -> str:
        """Where the administration is now, as kantoorcode.administratiecode."""
        administration = self.move.administration
        return (
            f"{administration.environment.office_code}.{administration.code}"
            if administration
            else ""
        )

    @property
    def is_stale(self) -> bool:
        """The proof was good and is too old by now: it has to be given again."""
        return bool(self.proof and is_stale(self.proof))

    @property
    def holding(self) -> tuple[Result, ...]:
        """What holds the move back from being approved now."""
        return self.report.holding(Moment.APPROVE)

    @property
    def when(self) -> str:
        """The moment that a form offers first."""
        return "wished" if self.requested_moment else "now"

    @property
    def is_tonight(self) -> bool:
        return timezone.localdate(self.evening) == timezone.localdate()

    @property
    def requested_moment(self) -> datetime | None:
        """The moment that the request asks for, while it is still to come."""
        moment = self.move.not_before
        return moment if moment and moment > timezone.now() else None

    @property
    def is_live(self) -> bool:
        return self.move.state in LIVE_STATES

    @property
    def poll_ms(self) -> int:
        """Milliseconds after which the open page looks for news; 0 for a still page.

        The form of who decides is never taken away.
        """
        if self.is_live:
            return RUN_POLL_MS
        waits = self.move.state in WAITING_STATES and not self.allowed.decide
        return WAIT_POLL_MS if waits else 0

    @property
    def cursor(self) -> int:
        return max((line.pk for line in self.timeline), default=0)

    @property
    def aftercare_done(self) -> int:
        return sum(care.at is not None for care in self.aftercare)

    @property
    def warnings_seen(self) -> tuple[str, ...]:
        return tuple(reasons.check_title(seen) for seen in self.move.warnings_seen)

    @cached_property
    def approval(self) -> Event | None:
        """The decision that the approval of now comes from, with what was checked."""
        if not self.move.approved_at:
            return None
        code = EventCode.MOVE_APPROVED
        shown = next((line for line in self.timeline if line.code == code), None)
        is_whole = len(self.timeline) < queries.NEWEST_EVENTS
        return shown or (None if is_whole else queries.find_approval(self.move.pk))

    @property
    def plan_facts(self) -> list[Fact]:
        """The plan as it was approved, in words."""
        return plan_facts(self.move.plan)

    @property
    def steps_approved(self) -> tuple[str, ...]:
        kind = self.move.plan.get("type")
        steps = steps_of(MoveType(kind)) if kind else ()
        return tuple(str(step.label) for step in steps)

    @property
    def checks_passed(self) -> tuple[str, ...]:
        """As they were when it was approved; earlier versions did not write it down."""
        found = self.approval.params.get("passed", ()) if self.approval else ()
        return tuple(reasons.check_title(check) for check in found)

    @property
    def stop_asked_by(self) -> str:
        asker = self.attempts[0].attempt.stop_asked_by if self.attempts else None
        return display_name(asker) if asker else ""

    @property
    def archive(self) -> dict[str, object]:
        """What was moved with it: counts and one digest, before and after the same."""
        newest = self.attempts[0].attempt if self.attempts else None
        found = newest.before_image.get("archive", {}) if newest else {}
        return found if found.get("documents") else {}

    @property
    def last_word(self) -> Event | None:
        """The decision that made the state, with what was written beside it."""
        state = self.move.state
        return next((line for line in self.timeline if line.after == state), None)


def load_detail(move_id: int, actor: Actor) -> MoveDetail:
    """What this reader sees of a move. Raises Move.DoesNotExist."""
    move = queries.find_move(move_id)
    return MoveDetail(move, actor, names_of(vars(move)["contributed"]))
