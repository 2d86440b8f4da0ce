"""Rows of administrations held against the record. Never a way to another place."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from adminmoves.cleaning import COUNT_AGE
from adminmoves.estate.addresses import (
    Coded,
    code_keys,
    following,
    given_away,
    is_long_address,
)
from adminmoves.estate.matching import Change, Clean, Match, Source, take, unknown
from adminmoves.estate.rows import Fault
from adminmoves.estate.sharing import shared_ids
from adminmoves.estate.sheets import COUNTS, unfit_code
from adminmoves.models import Administration, BookkeepingConnection, PackageProfile
from adminmoves.models.refusals import (
    BY_REQUEST,
    CLOSED,
    FORMER_ADDRESS,
    LONG_ADDRESS,
    RETIRED,
)

Known = Mapping[str, Administration]
Links = Mapping[str, BookkeepingConnection]


def match_administrations(
    source: Source,
    rows: Sequence[Clean],
    known: Known,
    connections: Links,
    faulty: Container[str],
) -> Match:
    result = Match()
    keys = _keys_of_spellings(rows, known)
    profiles = {profile.package: profile for profile in PackageProfile.objects.all()}
    now = timezone.now()
    for row in rows:
        connection = connections.get(row.values["connection"])
        if connection is None:
            result.faults.extend(unknown(source, row, "connection", faulty))
            continue
        held = known.get(row.public_id)
        profile = profiles.get(connection.package)
        if wrong := _uncounted(source, row) or _unfit(source, row, held, profile):
            result.faults.append(wrong)
        elif held is None:
            _take_new(result, row, connection, now)
        elif held.retired_by_id is not None:
            result.faults.append(source.refusal(row.line, RETIRED))
        elif wrong := _elsewhere(source, row, held, connection, keys):
            result.faults.append(wrong)
        else:
            _take_known(source, result, row, held, connection)
    result.faults.extend(_former_addresses(source, result.changes))
    result.faults.extend(_long_addresses(source, result.changes))
    result.warnings.extend(shared_ids(source, result.changes))
    result.warnings.extend(_old_counts(source, result.changes, now - COUNT_AGE))
    return result


def _old_counts(
    source: Source, changes: Iterable[Change], oldest: datetime
) -> Iterator[Fault]:
    """A warning for each count from so long ago that its year may be mistyped."""
    for change in changes:
        is_new = change.after.get("documents_counted_at")
        counted_at = getattr(change.subject, "documents_counted_at", None)
        if is_new and counted_at and counted_at < oldest:
            what = _("This was counted in %(year)s.") % {"year": counted_at.year}
            remedy = _("Check the year. If it is right, have it counted again.")
            yield source.fault(change.line, "documents_counted_at", what, remedy)


def _keys_of_spellings(rows: Iterable[Clean], known: Known) -> dict[Coded, str]:
    """Keys of the codes that are written otherwise than in the record."""
    return code_keys(
        (held.package, row.values["code"])
        for row in rows
        if (held := known.get(row.public_id)) and held.code != row.values["code"]
    )


def _uncounted(source: Source, row: Clean) -> Fault | None:
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
    row: Clean,
    held: Administration | None,
    profile: PackageProfile | None,
) -> Fault | None:
    """A new code that the package does not have. One of the record stays as it is."""
    code = row.values["code"]
    if profile is None or (held and held.code == code) or profile.fits(code):
        return None
    refused = unfit_code(profile)
    return source.fault(row.line, "code", str(refused.what), str(refused.remedy))


def _elsewhere(
    source: Source,
    row: Clean,
    held: Administration,
    connection: BookkeepingConnection,
    keys: Mapping[Coded, str],
) -> Fault | None:
    """A fault where the row wants another place than the administration has."""
    code = row.values["code"]
    same_code = held.code == code or keys[held.package, code] == held.code_key
    if same_code and held.connection_id == connection.pk:
        return None
    what = _("The administration is at another place, with code %(code)s.") % {
        "code": held.code
    }
    column = "connection" if same_code else "code"
    return source.fault(row.line, column, what, str(BY_REQUEST.remedy))


def _take_new(
    result: Match, row: Clean, connection: BookkeepingConnection, now: datetime
) -> None:
    values = row.values
    address = connection.environment.address_for(
        values.get("mail_code") or values["code"]
    )
    made = Administration(public_id=row.public_id, at_place_since=now)
    made.package, made.environment = connection.package, connection.environment
    asked = values.get("mail_address") or address
    take(
        result,
        row.line,
        made,
        {**values, "connection": connection, "mail_address": asked},
    )


def _take_known(
    source: Source,
    result: Match,
    row: Clean,
    held: Administration,
    connection: BookkeepingConnection,
) -> None:
    values = {name: row.values[name] for name in row.values if name != "connection"}
    held.environment, held.connection = connection.environment, connection
    values |= _address(values, held)
    counted = values.get("documents_counted_at")
    if held.documents_counted_at and (
        counted is None or counted < held.documents_counted_at
    ):
        values = {name: values[name] for name in values if name not in COUNTS}
    before = len(result.changes)
    take(result, row.line, held, values)
    if held.closed_by_id and len(result.changes) > before:
        result.changes.pop()
        result.faults.append(source.refusal(row.line, CLOSED))


def _address(values: Mapping[str, Any], held: Administration) -> dict[str, str]:
    """The asked address; else an address that followed the code goes on to do so."""
    own = values.get("mail_code", held.mail_code)
    asked = values.get("mail_address")
    return {"mail_address": asked or following(held, own=own, code=values["code"])}


def _former_addresses(source: Source, changes: Sequence[Change]) -> list[Fault]:
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
    return [
        source.refusal(fresh[address].line, FORMER_ADDRESS)
        for address in given_away(wanted)
    ]


def _long_addresses(source: Source, changes: Sequence[Change]) -> list[Fault]:
    return [
        source.refusal(change.line, LONG_ADDRESS)
        for change in changes
        if is_long_address(change.after.get("mail_address", ""))
    ]
