"""Seal the packages' tokens with the newest key, so that an older one can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F

from adminmoves.bookkeeping.vault import SealBroken, reseal
from adminmoves.models import ConnectionGrant


class Command(BaseCommand):
    help = "Seal all tokens with the first key of PORTAL_TOKEN_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        numbers = ConnectionGrant.objects.filter(lost_at=None).order_by("pk")
        closed = [pk for pk in numbers.values_list("pk", flat=True) if not rotated(pk)]
        self.stdout.write(f"Sealed anew: {numbers.count() - len(closed)}.")
        if closed:
            named = ConnectionGrant.objects.filter(pk__in=closed)
            names = ", ".join(str(grant.connection) for grant in named)
            raise CommandError(f"No key that is given opens the tokens of: {names}.")


@transaction.atomic
def rotated(pk: int) -> bool:
    """Reseal one consent while nobody refreshes it; False where no key opens it."""
    grant = ConnectionGrant.objects.select_for_update().get(pk=pk)
    try:
        facts = {
            name: reseal(sealed) if (sealed := getattr(grant, name)) else ""
            for name in ("sealed_access", "sealed_refresh")
        }
    except SealBroken:
        return False
    ConnectionGrant.objects.filter(pk=pk).update(version=F("version") + 1, **facts)
    return True
