"""Assess what an answer of a package proves for one move."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.utils import timezone

from adminmoves.bookkeeping import gateway
from adminmoves.bookkeeping.gateway import Evidence
from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.rules.checks.identity import same_kvk, same_name
from adminmoves.rules.preflight import key_of
from adminmoves.vocabulary import Verdict

OLD_PLACE_AGE = timedelta(minutes=10)
"""An older list says nothing about the old place."""
OLD_PLACE_CODES = {True: "still_shown", False: "not_shown"}


class AnswerColumns(TypedDict):
    """The columns of a proof that come from an answer of a package."""

    verdict: Verdict
    counts: bool
    checked_at: datetime
    retry_at: datetime | None
    observed_environment: str
    observed_external_id: str
    observed_code: str
    observed_name: str
    observed_kvk_number: str
    seen_as: str
    endpoint: str
    request_id: str
    list_size: int | None
    raw_status: Mapping[str, Any]


def assess(move: Move, answer: Evidence) -> AnswerColumns:
    """Add to an answer whether it counts for this administration, and its old place."""
    verdict, raw_status = answer.verdict, dict(answer.raw_status)
    old_place_shown = _old_place(move)
    if old_place_shown is not None and _keeps_connection(move):
        # Both codes in one list may be two administrations, so this is no proof.
        if old_place_shown and verdict == Verdict.FOUND_ACTIVE:
            verdict = Verdict.OLD_CODE_STILL_SHOWN
    elif old_place_shown is not None:
        raw_status["old_place"] = OLD_PLACE_CODES[old_place_shown]
    return {
        "verdict": verdict,
        "counts": _is_recognised(move, answer),
        # A cached list is as old as it is: the moment of the answer counts.
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
        "raw_status": raw_status,
    }


def _keeps_connection(move: Move) -> bool:
    administration = move.administration
    return (
        administration is not None
        and administration.connection_id == move.to_connection_id
    )


def _old_place(move: Move) -> bool | None:
    """Whether the cached list shows the old place; None where that is not known.

    The package is never asked for this.
    """
    administration = move.administration
    if administration is None:
        return None
    if _keeps_connection(move):
        # After a change of code another administration may use the old one.
        unchanged = administration.code_key == key_of(move)
        if unchanged or _old_code_is_reused(administration):
            return None
    elif not gateway.can_ask(administration.connection):
        return None
    return gateway.cached_list_has(
        administration.connection, administration.code, age=OLD_PLACE_AGE
    )


def _old_code_is_reused(administration: Administration) -> bool:
    code_key = administration.code_key
    moves = Move.objects.wanting(administration.connection_id, code_key)
    same_office = Administration.objects.filter(
        environment=administration.environment_id,
        package=administration.package,
        code_key=code_key,
    )
    return (
        moves.exclude(administration=administration).exists()
        or same_office.exclude(pk=administration.pk).exists()
    )


def _is_recognised(move: Move, answer: Evidence) -> bool:
    """Whether a hit is this administration.

    Its id, KvK number or name must match where another one is or was at that place.
    """
    administration = move.administration
    if administration is None:
        return False
    place = {"connection_id": move.to_connection_id, "code_key": key_of(move)}
    there = Administration.objects.filter(**place).exclude(pk=administration.pk)
    former = FormerPlace.objects.filter(**place).exclude(administration=administration)
    # Nobody else is or was there, so the code alone says which one it is.
    if not (there.exists() or former.exists()):
        return True
    seen_id = answer.external_id
    return (
        bool(seen_id and seen_id.casefold() == administration.external_id.casefold())
        or same_kvk(answer.kvk_number, administration.kvk_number)
        or same_name(answer.name, administration.name)
    )
