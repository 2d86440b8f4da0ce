"""Finds administrations of one connection with the same id in the package.

Upper and lower case are the same, because a GUID is written in both.
"""

from collections.abc import Collection, Iterator, Sequence

from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from adminmoves.estate.matching import Change, Source
from adminmoves.estate.rows import Fault
from adminmoves.models import Administration


def shared_ids(source: Source, changes: Sequence[Change]) -> Iterator[Fault]:
    """Warn about each line whose id in the package another administration has."""
    fresh = [
        (change, change.subject)
        for change in changes
        if change.after.get("external_id")
        and isinstance(change.subject, Administration)
    ]
    owners = {
        _key(other): str(other)
        for other in sharing([subject for _change, subject in fresh])
    }
    for change, subject in fresh:
        key = _key(subject)
        if key in owners:
            what = sharing_message(owners[key], subject.external_id)
            remedy = _("Look in the package which one is right.")
            yield source.fault(change.line, "external_id", what, remedy)
        owners.setdefault(key, f"{subject.name} ({subject.code})")


def sharing(subjects: Collection[Administration]) -> list[Administration]:
    """Find other administrations with an id and a connection of one of these."""
    keys = {_key(subject) for subject in subjects if subject.external_id}
    pks = [subject.pk for subject in subjects if subject.pk]
    in_use = Administration.objects.in_use().with_place()
    found = in_use.annotate(id_key=Upper("external_id")).filter(
        id_key__in={external_id for _connection, external_id in keys}
    )
    others = found.exclude(pk__in=pks) if pks else found
    return [other for other in others if _key(other) in keys]


def _key(subject: Administration) -> tuple[int, str]:
    return subject.connection_id, subject.external_id.upper()


def sharing_message(owner: str, external_id: str) -> str:
    return _("%(owner)s has the id %(id)s at this connection too.") % {
        "owner": owner,
        "id": external_id,
    }
