"""Names in a refusal the row that has the value already."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model, QuerySet, Value
from django.utils.translation import gettext as _

from adminmoves.models import Administration, BookkeepingConnection, Environment
from adminmoves.models.keys import CodeKey
from adminmoves.models.refusals import REFUSALS, Refusal

Owners = QuerySet[Any]


def _office_code(subject: Any) -> Owners:
    return Environment.objects.filter(office_code__iexact=subject.office_code)


def _connection(subject: Any) -> Owners:
    return BookkeepingConnection.objects.filter(
        environment_id=subject.environment_id,
        package=subject.package,
        package_environment__iexact=subject.package_environment,
        country=subject.country,
        base_url=subject.base_url,
    )


def _place(subject: Any) -> Owners:
    return (
        Administration.objects.in_use()
        .with_place()
        .filter(
            connection_id=subject.connection_id,
            code_key=CodeKey(Value(subject.package), Value(subject.code)),
        )
    )


def _code_and_name(subject: Any) -> Owners:
    return (
        Administration.objects.in_use()
        .with_place()
        .filter(
            environment_id=subject.environment_id,
            code_key=CodeKey(Value(subject.package), Value(subject.code)),
            name=subject.name,
        )
    )


OWNERS: Mapping[str, Callable[[Any], Owners]] = {
    "office_code_once": _office_code,
    "connection_once_per_environment": _connection,
    "administration_place_once": _place,
    "administration_code_and_name_once": _code_and_name,
}
"""By the constraint that refuses: the rows that have the value."""


def taken_place(subject: Administration) -> Refusal | None:
    """Return a refusal that names the administration at the same place."""
    refusal = REFUSALS["administration_place_once"]
    named = with_owner(refusal, subject)
    return None if named == refusal else named


def with_owner(refused: Refusal, subject: Model) -> Refusal:
    """Add to the refusal the row of the record that is in the way."""
    for rule, owners in OWNERS.items():
        if REFUSALS[rule] == refused:
            other = owners(subject).exclude(pk=subject.pk).first()
            if other is not None:
                sentence = _("That is %(owner)s, id %(id)s.")
                named = sentence % {"owner": other, "id": other.public_id}
                return replace(refused, what=f"{refused.what} {named}")
    return refused
