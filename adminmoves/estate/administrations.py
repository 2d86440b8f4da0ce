"""Compares rows of administrations with the record. No row moves one elsewhere."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves.cleaning import COUNT_AGE
from adminmoves.estate.addresses import (
    following,
    given_away,
    is_long_address,
    planned_addresses,
)
from adminmoves.estate.matching import (
    Change,
    CleanRow,
    Match,
    Source,
    apply_values,
    unknown_reference,
)
from adminmoves.estate.rows import Fault
from adminmoves.estate.sharing import shared_ids
from adminmoves.estate.sheets import COUNTS, unfit_code
from adminmoves.models import Administration, BookkeepingConnection, PackageProfile
from adminmoves.models.keys import Coded, code_keys
from adminmoves.models.refusals import (
    BY_REQUEST,
    CLOSED,
    FORMER_ADDRESS,
    LONG_ADDRESS,
    RETIRED,
)

Existing = Mapping[str, Administration]
Connections = Mapping[str, BookkeepingConnection]


def match_administrations(
    source: Source,
    rows: Sequence[CleanRow],
    existing: Existing,
    connections: Connections,
    faulty: Container[str],
) -> Match:
    result = Match()
    keys = _keys_of_spellings(rows, existing)
    profiles = {profile.package: profile for profile in PackageProfile.objects.all()}
    now = timezone.now()
    for row in rows:
        connection = connections.get(row.values["connection"])
        if connection is None:
            result.faults.extend(unknown_reference(source, row, "connection", faulty))
            continue
        administration = existing.get(row.public_id)
        profile = profiles.get(connection.package)
        if wrong := _uncounted(source, row) or _unfit(
            source, row, administration, profile
        ):
            result.faults.append(wrong)
        elif administration is None:
            _take_new(result, row, connection, now)
        elif administration.retired_by_id is not None:
            result.faults.append(source.refusal(row.line, RETIRED))
        elif wrong := _elsewhere(source, row, administration, connection, keys):
            result.faults.append(wrong)
        else:
            _take_existing(source, result, row, administration, connection)
    result.faults.extend(_addresses_of_others(source, result.changes))
    result.faults.extend(_long_addresses(source, result.changes))
    result.warnings.extend(shared_ids(source, result.changes))
    result.warnings.extend(_old_counts(source, result.changes, now - COUNT_AGE))
    return result


def _old_counts(
    source: Source, changes: Iterable[Change], oldest: datetime
) -> Iterator[Fault]:
    """Warn about each count that is so old that its year may be mistyped."""
    for change in changes:
        is_new = change.after.get("documents_counted_at")
        counted_at = getattr(change.subject, "documents_counted_at", None)
        if is_new and counted_at and counted_at < oldest:
            what = _("This was counted in %(year)s.") % {"year": counted_at.year}
            remedy = _("Check the year. If it is right, have it counted again.")
            yield source.fault(change.line, "documents_counted_at", what, remedy)


def _keys_of_spellings(
    rows: Iterable[CleanRow], existing: Existing
) -> dict[Coded, str]:
    """Compute the keys of codes that are spelled otherwise than in the record."""
    return code_keys(
        (administration.package, row.values["code"])
        for row in rows
        if (administration := existing.get(row.public_id))
        and administration.code != row.values["code"]
    )


def _uncounted(source: Source, row: CleanRow) -> Fault | None:
    *counts, counted_at = COUNTS
    if row.values.get(counted_at) or not any(row.values.get(name) for name in counts):
        return None
    return source.fault(
        row.line,
        counted_at,
        _("There are counts without a moment."),
        _("Write when they were counted."),
    )


def _unfit(
    source: Source,
    row: CleanRow,
    administration: Administration | None,
    profile: PackageProfile | None,
) -> Fault | None:
    """Refuse a new code that the package cannot have; an existing code stays."""
    code = row.values["code"]
    if (
        profile is None
        or (administration and administration.code == code)
        or profile.fits(code)
    ):
        return None
    refused = unfit_code(profile)
    return source.fault(row.line, "code", str(refused.what), str(refused.remedy))


def _elsewhere(
    source: Source,
    row: CleanRow,
    administration: Administration,
    connection: BookkeepingConnection,
    keys: Mapping[Coded, str],
) -> Fault | None:
    """Refuse a row that names another place than the administration has."""
    code = row.values["code"]
    same_code = (
        administration.code == code
        or keys[administration.package, code] == administration.code_key
    )
    if same_code and administration.connection_id == connection.pk:
        return None
    what = _("The administration is at another place, with code %(code)s.") % {
        "code": administration.code
    }
    column = "connection" if same_code else "code"
    return source.fault(row.line, column, what, str(BY_REQUEST.remedy))


def _take_new(
    result: Match, row: CleanRow, connection: BookkeepingConnection, now: datetime
) -> None:
    values = row.values
    address = connection.environment.address_for(
        values.get("mail_code") or values["code"]
    )
    made = Administration(public_id=row.public_id, at_place_since=now)
    made.package, made.environment = connection.package, connection.environment
    wanted = values.get("mail_address") or address
    apply_values(
        result,
        row.line,
        made,
        {**values, "connection": connection, "mail_address": wanted},
    )


def _take_existing(
    source: Source,
    result: Match,
    row: CleanRow,
    administration: Administration,
    connection: BookkeepingConnection,
) -> None:
    values = {name: row.values[name] for name in row.values if name != "connection"}
    administration.environment, administration.connection = (
        connection.environment,
        connection,
    )
    values |= _address(values, administration)
    counted = values.get("documents_counted_at")
    if administration.documents_counted_at and (
        counted is None or counted < administration.documents_counted_at
    ):
        values = {name: values[name] for name in values if name not in COUNTS}
    before = len(result.changes)
    apply_values(result, row.line, administration, values)
    if administration.closed_by_id and len(result.changes) > before:
        result.changes.pop()
        result.faults.append(source.refusal(row.line, CLOSED))


def _address(
    values: Mapping[str, Any], administration: Administration
) -> dict[str, str]:
    """Return the wanted address, else the one that follows the code."""
    own = values.get("mail_code", administration.mail_code)
    wanted = values.get("mail_address")
    return {
        "mail_address": wanted
        or following(administration, own=own, code=values["code"])
    }


def _addresses_of_others(source: Source, changes: Sequence[Change]) -> list[Fault]:
    """Refuse addresses that were another administration's, or will be."""
    fresh = {
        change.after["mail_address"]: change
        for change in changes
        if "mail_address" in change.after
    }
    wanted = {
        address: change.subject
        for address, change in fresh.items()
        if isinstance(change.subject, Administration)
    }
    refused = dict.fromkeys(given_away(wanted), FORMER_ADDRESS)
    return [
        source.refusal(fresh[address].line, refusal)
        for address, refusal in {**planned_addresses(wanted), **refused}.items()
    ]


def _long_addresses(source: Source, changes: Sequence[Change]) -> list[Fault]:
    return [
        source.refusal(change.line, LONG_ADDRESS)
        for change in changes
        if is_long_address(change.after.get("mail_address", ""))
    ]
