"""The only door to a move's state: right, lock, guard, change, trail.

A step and its line in the trail are saved together or not at all
(architecture.md par. 3).
"""

from collections.abc import Callable, Collection, Mapping

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from adminmoves import access
from adminmoves.access import Actor
from adminmoves.archive import copying
from adminmoves.audit import trail
from adminmoves.errors import ChangedMeanwhile, FourEyes, RuleHeld, StepRefused
from adminmoves.models import Contributor, Event, Move, cached_sql
from adminmoves.models.refusals import constraint_name, refusal_of
from adminmoves.vocabulary import ACTION_EVENTS, REFUSED_STATES, Action, MoveState, Part

STEPS: Mapping[Action, Callable[..., None]] = {
    Action.SUBMIT: Move.submit,
    Action.PROVE: Move.prove,
    Action.APPROVE: Move.approve,
    Action.START: Move.start,
    Action.FINISH: Move.finish,
    Action.REOPEN: Move.reopen,
    Action.SEND_BACK: Move.send_back,
    Action.REJECT: Move.reject,
    Action.EXPIRE_PROOF: Move.expire_proof,
    Action.REAPPROVE: Move.reapprove,
    Action.RESCHEDULE: Move.reschedule,
    Action.FAIL: Move.fail,
    Action.STOP: Move.stop,
    Action.DOUBT: Move.doubt,
    Action.SETTLE: Move.settle,
    Action.RETRY: Move.retry,
    Action.WITHDRAW: Move.withdraw,
}


NO_RETRY = REFUSED_STATES | {MoveState.DRAFT}
"""In these no retry can follow, so what an earlier attempt copied is abandoned."""


def lock_move(move_id: int) -> Move:
    """Lock a move until the transaction ends; with its relations, as they are now."""
    return Move.objects.with_related().select_for_update(of=("self",)).get(pk=move_id)


def lock_moves(move_ids: Collection[int]) -> dict[int, Move]:
    """Lock many moves, by id, with the contributors of each."""
    moves = Move.objects.with_related().filter(pk__in=move_ids)
    # In one order: two transactions that lock some of the same make no deadlock.
    ordered = moves.select_for_update(of=("self",)).order_by("pk")
    locked = {move.pk: move for move in ordered.prefetch_related("contributors")}
    if missing := set(move_ids) - locked.keys():
        raise Move.DoesNotExist(f"no moves {sorted(missing)}")
    return locked


@transaction.atomic
def advance(
    move_id: int,
    action: Action,
    *,
    actor: Actor,
    version: str | None = None,
    facts: tuple[object, ...] = (),
    params: Mapping[str, object] | None = None,
    words: Mapping[str, str] | None = None,
) -> Move:
    """Take one step and record it in the trail, or do neither.

    ``version`` is the one that was read (``require_version``). ``facts`` go to the
    transition; ``params`` and ``words`` to the trail (codes and parameters; free text).
    Raises NotAllowed, FourEyes, StepRefused, DomainError.
    """
    access.require(actor, action)
    move = lock_move(move_id)
    require_version(move, version)
    line = apply_transition(
        move, action, actor=actor, facts=facts, params=params, words=words
    )
    trail.record(actor, [line])
    return move


def apply_transition(
    move: Move,
    action: Action,
    *,
    actor: Actor,
    facts: tuple[object, ...] = (),
    params: Mapping[str, object] | None = None,
    words: Mapping[str, str] | None = None,
) -> trail.TrailEntry:
    """Take one step of a move that the caller locked, and save all that it changed.

    The caller records the entry in the same transaction, with any others.
    """
    # Again for those that do not come by advance, such as a run and a bulk approval.
    access.require(actor, action)
    before = move.state
    if action == Action.APPROVE:
        require_four_eyes(move, actor)
    try:
        STEPS[action](move, *facts)
    except TransitionNotAllowed as refused:
        raise StepRefused(already_changed_message(move)) from refused
    # A reschedule keeps its state, so since when it is in it stays too.
    if move.state != before:
        move.state_since = timezone.now()
    try:
        cached_sql.update(move)
    except (DataError, IntegrityError) as refused:
        raise refusal_of_database(refused) from refused
    if move.state in NO_RETRY:
        copying.abandon(move)
    return trail.about_move(
        move,
        ACTION_EVENTS[action],
        params={"revision": move.revision, **(params or {})},
        words=words,
        before=before,
        after=move.state,
    )


def require_version(move: Move, version: str | None) -> None:
    """Raise ChangedMeanwhile if a locked move has another ``Move.version`` than this.

    "" comes from a page that names no version, and is refused; None from code.
    """
    if version is not None and version != move.version:
        raise ChangedMeanwhile(_older_page_message(move))


def add_contributor(move: Move, actor: Actor, part: Part) -> None:
    """Put a person on record as a contributor; none of them approves this move."""
    contributor = Contributor(
        move=move, user_id=actor.person, revision=move.revision, part=part
    )
    # Somebody who edits a revision twice contributes once.
    try:
        Contributor.objects.bulk_create([contributor], ignore_conflicts=True)
    except (DataError, IntegrityError) as refused:
        raise refusal_of_database(refused) from refused


def require_four_eyes(move: Move, actor: Actor) -> None:
    if any(part.user_id == actor.person for part in move.contributors.all()):
        raise FourEyes(
            _("You worked on this request, so another team lead approves it.")
        )


def already_changed_message(move: Move) -> str:
    """Say who did what and when, for the second of two people who decide."""
    last = _last_step(move)
    label = MoveState(move.state).label
    if last is None or last.at is None:
        return _("That is not possible now: the status is “%(state)s”.") % {
            "state": label
        }
    return _(
        "That is not possible now: %(who)s did “%(what)s” at %(when)s. "
        "The status is “%(state)s”."
    ) % {
        "who": last.actor_name,
        "what": last.label,
        "when": formats.time_format(timezone.localtime(last.at), "H:i"),
        "state": label,
    }


def _older_page_message(move: Move) -> str:
    last = _last_step(move)
    return _(
        "This page shows an older state, so nothing was done. Last came “%(what)s” by "
        "%(who)s at %(when)s, and the status is “%(state)s”. Look at how it is now, "
        "and decide again."
    ) % {
        "who": last.actor_name if last else "",
        "what": last.label if last else "",
        "when": formats.time_format(timezone.localtime(last.at), "H:i") if last else "",
        "state": MoveState(move.state).label,
    }


def _last_step(move: Move) -> Event | None:
    return move.events.exclude(after="").order_by("-id").first()


def refusal_of_database(error: DatabaseError) -> RuleHeld:
    """The sentence for a rule of the database that refused a statement."""
    return RuleHeld(str(refusal_of(error)), rule=constraint_name(error))
