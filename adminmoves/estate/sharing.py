"""Administrations that seem to be one: two of a connection with one id."""

from collections.abc import Collection, Iterator, Sequence

from django.utils.translation import gettext as _

from adminmoves.estate.matching import Change, Source
from adminmoves.estate.rows import Fault
from adminmoves.models import Administration


def shared_ids(source: Source, changes: Sequence[Change]) -> Iterator[Fault]:
    """A warning for each line with an id of the package that another one has."""
    fresh = [
        (change, change.subject)
        for change in changes
        if change.after.get("external_id")
        and isinstance(change.subject, Administration)
    ]
    owners = {
        (other.connection_id, other.external_id): str(other)
        for other in sharing([subject for _change, subject in fresh])
    }
    for change, subject in fresh:
        key = (subject.connection_id, subject.external_id)
        if key in owners:
            what = told_sharing(owners[key], subject.external_id)
            remedy = _("Look in the package which one is right.")
            yield source.fault(change.line, "external_id", what, remedy)
        owners.setdefault(key, f"{subject.name} ({subject.code})")


def sharing(subjects: Collection[Administration]) -> list[Administration]:
    """The others of the record with an id and a connection of one of these."""
    ids = {subject.external_id for subject in subjects if subject.external_id}
    places = {(subject.connection_id, subject.external_id) for subject in subjects}
    known = [subject.pk for subject in subjects if subject.pk]
    found = Administration.objects.in_use().with_place().filter(external_id__in=ids)
    others = found.exclude(pk__in=known) if known else found
    return [one for one in others if (one.connection_id, one.external_id) in places]


def told_sharing(owner: str, external_id: str) -> str:
    return _("%(owner)s has the id %(id)s at this connection too.") % {
        "owner": owner,
        "id": external_id,
    }
