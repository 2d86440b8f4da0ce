"""Seals the tokens of the packages with the newest key, so that an older one can go."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from adminmoves.bookkeeping.vault import SealBroken, reseal
from adminmoves.models import ConnectionGrant

GRANTS_PER_TRANSACTION = 50
SEALED = ("sealed_access", "sealed_refresh")


class Command(BaseCommand):
    help = (
        "Seal all tokens with the first key of PORTAL_TOKEN_KEYS. Exit code 1 where no "
        "given key opens some; their connections are named."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        grants = ConnectionGrant.objects.filter(lost_at=None).order_by("pk")
        numbers = list(grants.values_list("pk", flat=True))
        closed: list[ConnectionGrant] = []
        for first in range(0, len(numbers), GRANTS_PER_TRANSACTION):
            closed += rotate(numbers[first : first + GRANTS_PER_TRANSACTION])
        self.stdout.write(f"Sealed anew: {len(numbers) - len(closed)}.")
        if closed:
            names = ", ".join(named(grant) for grant in closed)
            raise CommandError(f"No key that is given opens the tokens of: {names}.")


@transaction.atomic
def rotate(numbers: Sequence[int]) -> list[ConnectionGrant]:
    """Reseal these consents; return those that no key opens.

    The version stays, because the tokens do: a process that refreshes a token meanwhile
    can still store the new one.
    """
    locked = ConnectionGrant.objects.select_for_update(of=("self",)).select_related(
        "connection__environment"
    )
    closed: list[ConnectionGrant] = []
    opened: list[ConnectionGrant] = []
    for grant in locked.filter(pk__in=numbers, lost_at=None).order_by("pk"):
        try:
            for name in SEALED:
                setattr(grant, name, reseal(getattr(grant, name)))
        except SealBroken:
            closed.append(grant)
        else:
            opened.append(grant)
    ConnectionGrant.objects.bulk_update(opened, SEALED)
    return closed


def named(grant: ConnectionGrant) -> str:
    connection = grant.connection
    return f"{connection.environment.office_code} {connection} ({connection.public_id})"
