"""What an answer of a package is worth for one move, by our own record."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.rules.checks.identity import same_kvk, same_name
from adminmoves.rules.preflight import key_of
from adminmoves.vocabulary import Verdict

OLD_PLACE_AGE = timedelta(minutes=10)
"""So old a list of the old place may be to say something of it."""
SHOWS_OLD = {True: "still_shown", False: "not_shown"}


def weigh(move: Move, answer: Evidence) -> dict[str, Any]:
    """What is kept of an answer about the place that a move wants.

    Beside what the package said: whether it counts for this administration, and what
    the old place or the old code shows, where a kept list can tell.
    """
    verdict, raw = answer.verdict, dict(answer.raw_status)
    old = _old_place(move)
    if old is not None and _keeps_connection(move):
        # The old code is advice no more: two rows may be two administrations.
        if old and verdict == Verdict.FOUND_ACTIVE:
            verdict = Verdict.OLD_CODE_STILL_SHOWN
    elif old is not None:
        raw["old_place"] = SHOWS_OLD[old]
    return {
        "verdict": verdict,
        "counts": _is_this_one(move, answer),
        "checked_at": answer.checked_at or timezone.now(),
        "retry_at": answer.retry_at,
        "observed_environment": answer.observed_environment,
        "observed_external_id": answer.external_id,
        "observed_code": answer.code,
        "observed_name": answer.name,
        "observed_kvk_number": answer.kvk_number,
        "seen_as": answer.seen_as,
        "endpoint": answer.endpoint,
        "request_id": answer.request_id,
        "list_size": answer.list_size,
        "raw_status": raw,
    }


def _keeps_connection(move: Move) -> bool:
    ours = move.administration
    return ours is not None and ours.connection_id == move.to_connection_id


def _old_place(move: Move) -> bool | None:
    """Whether the old place is still shown; None where nothing can be told of it.

    Never asked for this: only a kept list tells. After a change of code within one
    connection the old code may be another administration's by our own record.
    """
    ours = move.administration
    if ours is None:
        return None
    if _keeps_connection(move):
        unchanged = ours.code_key == key_of(move)
        if unchanged or _old_code_is_anothers(ours):
            return None
    elif not gateway.can_ask(ours.connection):
        return None
    return gateway.cached_list_has(ours.connection, ours.code, age=OLD_PLACE_AGE)


def _old_code_is_anothers(ours: Administration) -> bool:
    wanting = Move.objects.wanting(ours.connection_id, ours.code_key)
    same_office = Administration.objects.filter(
        environment=ours.environment_id, package=ours.package, code_key=ours.code_key
    )
    return (
        wanting.exclude(administration=ours).exists()
        or same_office.exclude(pk=ours.pk).exists()
    )


def _is_this_one(move: Move, answer: Evidence) -> bool:
    """Where our record knows another one at that place, a hit must be recognised."""
    ours = move.administration
    if ours is None:
        return False
    place = {
        "connection_id": move.to_connection_id,
        "code_key": key_of(move),
    }
    others = Administration.objects.filter(**place).exclude(pk=ours.pk).exists()
    formerly = FormerPlace.objects.filter(**place).exclude(administration=ours).exists()
    if not (others or formerly):
        return True
    seen = answer.external_id
    return (
        bool(seen and seen.casefold() == ours.external_id.casefold())
        or same_kvk(answer.kvk_number, ours.kvk_number)
        or same_name(answer.name, ours.name)
    )
