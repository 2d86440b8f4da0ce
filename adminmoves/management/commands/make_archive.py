"""Gives one administration of a demo database an archive, to see a large one move."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from adminmoves.access import SYSTEM
from adminmoves.audit import trail
from adminmoves.demo.archive import fill
from adminmoves.estate.lines import differences, facts_of, line_about
from adminmoves.models import Administration


class Command(BaseCommand):
    help = "Add small documents to an administration of a demo database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("administration", help="its public id, as in its address")
        parser.add_argument("documents", type=int)

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("This is no demo database. Nothing was made.")
        known = Administration.objects.in_use().with_place()
        held = known.filter(public_id=options["administration"]).first()
        if held is None or held.closed_by_id:
            raise CommandError("No open administration has that id. Nothing was made.")
        before = facts_of(held)
        fill(held, options["documents"])
        held.documents = held.archive.count()
        held.documents_counted_at = timezone.now()
        held.save(update_fields=["documents", "documents_counted_at"])
        # As an import that brings other counts; the record agrees with its trail.
        line = line_about(held, differences(before, facts_of(held)))
        trail.record(SYSTEM, [line])
        self.stdout.write(f"{held} has {held.documents} documents.")
