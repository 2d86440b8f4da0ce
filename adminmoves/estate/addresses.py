"""Which e-mail address an administration may have (domain.md par. 1)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db import connection
from django.utils.translation import gettext as _

from adminmoves.cleaning import MAX_ADDRESS_CHARS
from adminmoves.models import Administration, FormerPlace
from adminmoves.models.refusals import TAKEN_ADDRESS, Refusal

Coded = tuple[str, str]


def code_keys(coded: Iterable[Coded]) -> dict[Coded, str]:
    """The database's own keys of many (package, code) at once."""
    asked = sorted(set(coded))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT adminmoves_code_key(package, code)"
            " FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY"
            " AS asked (package, code, position) ORDER BY position",
            [[package for package, _code in asked], [code for _package, code in asked]],
        )
        return dict(zip(asked, (key for (key,) in cursor.fetchall()), strict=True))


def following(held: Administration, *, own: str, code: str) -> str:
    """The address with that own code and code; one that was set apart stays."""
    if held.mail_address != held.expected_address:
        return held.mail_address
    return held.environment.address_for(own or code)


def given_away(wanted: Mapping[str, Administration]) -> set[str]:
    """Addresses that were another's, and whose code does not come along."""
    former = list(
        FormerPlace.objects.filter(mail_address__in=list(wanted)).values_list(
            "mail_address", "administration_id", "environment_id", "code_key"
        )
    )
    keys = code_keys(
        (wanted[address].package, wanted[address].code) for address, *_rest in former
    )
    ours = {address for address, owner, *_rest in former if owner == wanted[address].pk}
    kept = {
        address
        for address, _owner, office, key in former
        if (office, key) != _place(wanted[address], keys)
    }
    return kept - ours


def _place(held: Administration, keys: Mapping[Coded, str]) -> tuple[int, str]:
    return held.environment_id, keys[held.package, held.code]


def is_long_address(address: str) -> bool:
    return len(address) > MAX_ADDRESS_CHARS


def taken_address(subject: Administration) -> Refusal | None:
    """Who has the address of this one, in the record."""
    found = (
        Administration.objects.in_use()
        .with_place()
        .filter(mail_address=subject.mail_address)
    )
    other = found.exclude(pk=subject.pk).first()
    if other is None:
        return None
    what = _("%(owner)s has the e-mail address %(address)s.") % {
        "owner": other,
        "address": subject.mail_address,
    }
    return replace(TAKEN_ADDRESS, what=what)
