"""The e-mail addresses that an administration may have (domain.md par. 1)."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from adminmoves.cleaning import MAX_ADDRESS_CHARS
from adminmoves.models import Administration, FormerPlace, Move
from adminmoves.models.keys import Coded, code_keys
from adminmoves.models.refusals import PLANNED_ADDRESS, TAKEN_ADDRESS, Refusal


def following(administration: Administration, *, own: str, code: str) -> str:
    """Return the address for these codes; an address that a person chose stays."""
    if administration.mail_address != administration.expected_address:
        return administration.mail_address
    return administration.environment.address_for(own or code)


def given_away(wanted: Mapping[str, Administration]) -> set[str]:
    """Return the addresses that belonged to another administration at another place."""
    former = list(
        FormerPlace.objects.filter(mail_address__in=list(wanted)).values_list(
            "mail_address", "administration_id", "environment_id", "code_key"
        )
    )
    keys = code_keys(
        (wanted[address].package, wanted[address].code) for address, *_rest in former
    )
    of_the_same = {
        address for address, owner, *_rest in former if owner == wanted[address].pk
    }
    at_other_places = {
        address
        for address, _owner, office, key in former
        if (office, key) != _place(wanted[address], keys)
    }
    return at_other_places - of_the_same


def planned_addresses(wanted: Mapping[str, Administration]) -> dict[str, Refusal]:
    """By address: a refusal that names the open move of another administration to
    another place that wants it."""
    moves = list(Move.objects.open().filter(to_address__in=list(wanted)))
    keys = code_keys(
        (wanted[move.to_address].package, wanted[move.to_address].code)
        for move in moves
    )
    return {
        move.to_address: _planned(move)
        for move in moves
        if move.administration_id != wanted[move.to_address].pk
        and (move.to_environment_id, move.to_code_key)
        != _place(wanted[move.to_address], keys)
    }


def _planned(move: Move) -> Refusal:
    what = _("%(number)s wants the e-mail address %(address)s.") % {
        "number": move.number,
        "address": move.to_address,
    }
    return replace(PLANNED_ADDRESS, what=what)


def _place(
    administration: Administration, keys: Mapping[Coded, str]
) -> tuple[int, str]:
    return administration.environment_id, keys[
        administration.package, administration.code
    ]


def is_long_address(address: str) -> bool:
    return len(address) > MAX_ADDRESS_CHARS


def taken_address(subject: Administration) -> Refusal | None:
    """Return a refusal that names the other administration with this address."""
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
