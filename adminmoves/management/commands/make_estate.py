"""Makes a large estate with finished moves, to measure and to rehearse with."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from adminmoves.demo.archive import fill
from adminmoves.demo.large.cast import is_made
from adminmoves.demo.large.making import make_estate
from adminmoves.models import Administration, postgres

MAX_MOVES_EACH = 100


class Command(BaseCommand):
    help = "Make a large estate in a demo database. Run it as the owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--administrations", type=int, required=True)
        parser.add_argument("--moves", type=int, required=True)
        parser.add_argument(
            "--archives",
            type=int,
            default=0,
            help="so many administrations get the documents that they count, as files",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        administrations, moves = options["administrations"], options["moves"]
        require_empty_demo()
        if administrations < 1 or not 0 <= moves <= administrations * MAX_MOVES_EACH:
            raise CommandError(
                "Ask for at least one administration, and for at most "
                f"{MAX_MOVES_EACH} moves of each."
            )
        make_estate(administrations, moves, self.stdout.write)
        for administration in Administration.objects.with_place()[
            : options["archives"]
        ]:
            fill(administration, administration.documents)
        self.stdout.write("Made. Check it with: manage.py verify_audit")


def require_empty_demo() -> None:
    """Raise CommandError if this is no demo database, or has the estate already."""
    if not settings.PORTAL_DEMO:
        raise CommandError(
            "This is no demo database: PORTAL_DEMO is not yes. Nothing was made."
        )
    if not postgres.is_owner("adminmoves_event"):
        raise CommandError(
            "Run this as the owner: set DATABASE_URL to the owner's URL."
        )
    if is_made():
        raise CommandError("The large estate was made already. Nothing was made.")
