"""Store what an agent counted again."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves import access, lifecycle
from adminmoves.access import Actor
from adminmoves.audit import trail
from adminmoves.errors import ChangedMeanwhile, DomainError
from adminmoves.models import Administration, Event, Move
from adminmoves.vocabulary import ENDED_STATES, EventCode, Part, Right, Stream

COUNT_FIELDS = (
    "documents",
    "documents_unprocessed",
    "documents_awaiting_authorisation",
)


@transaction.atomic
def recount_documents(
    administration_id: int,
    counts: Mapping[str, int],
    *,
    actor: Actor,
    ticket: str,
    version: str | None = None,
) -> Administration:
    """Store new counts, by the names of COUNT_FIELDS.

    The actor becomes a contributor of every request for it that is under way, from
    whichever page they counted. ``version`` is the ``counts_version`` that was read.
    Raises NotAllowed, DomainError, ChangedMeanwhile.
    """
    access.require(actor, Right.RECOUNT)
    # The moves first, as everywhere: two orders would be a deadlock.
    about = Move.objects.filter(administration_id=administration_id)
    under_way = about.exclude(state__in=ENDED_STATES).order_by("pk")
    moves = list(under_way.select_for_update(of=("self",)))
    administration = Administration.objects.select_for_update(of=("self",)).get(
        pk=administration_id
    )
    _require_countable(administration, version)

    before = _counts(administration)
    for name in COUNT_FIELDS:
        setattr(administration, name, counts[name])
    counted_at = timezone.now()
    administration.documents_counted_at = counted_at
    administration.save()
    # The approver relies on these counts, so nobody approves their own.
    for move in moves:
        lifecycle.add_contributor(move, actor, Part.COUNTED)
    after = {
        **_counts(administration),
        "documents_counted_at": counted_at.isoformat(),
    }
    entry = trail.about_administration(
        administration,
        EventCode.DOCUMENTS_RECOUNTED,
        params={
            "before": before,
            "after": after,
            "moves": [move.pk for move in moves],
        },
        words={"ticket": ticket},
    )
    trail.record(actor, [entry])
    return administration


def _require_countable(administration: Administration, version: str | None) -> None:
    if administration.closed_by_id:
        raise DomainError(_("The administration is closed while it is migrated."))
    if administration.retired_by_id is not None:
        raise DomainError(_("The administration is retired, so nothing is counted."))
    if version is not None and version != administration.counts_version:
        raise ChangedMeanwhile(_changed_counts_message(administration))


def _counts(administration: Administration) -> dict[str, int | None]:
    """None before the first count: unknown, not zero."""
    is_counted = administration.is_counted
    return {
        name: getattr(administration, name) if is_counted else None
        for name in COUNT_FIELDS
    }


def _changed_counts_message(administration: Administration) -> str:
    last = (
        Event.objects.filter(
            stream=Stream.ADMINISTRATION,
            stream_id=administration.public_id,
            code=EventCode.DOCUMENTS_RECOUNTED,
        )
        .order_by("-id")
        .first()
    )
    # An import changes the counts too, and then no person did.
    at = administration.documents_counted_at
    counted_at = last and last.params["after"].get("documents_counted_at")
    by_person = last and at and counted_at == at.isoformat()
    return _(
        "%(who)s changed the counts meanwhile, so nothing was kept. Above stands what "
        "is counted now, below what you typed. Keep it once more if yours is right."
    ) % {"who": last.actor_name if last and by_person else _("Somebody")}
