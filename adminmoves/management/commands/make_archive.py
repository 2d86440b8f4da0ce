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
        in_use = Administration.objects.in_use().with_place()
        administration = in_use.filter(public_id=options["administration"]).first()
        if administration is None or administration.closed_by_id:
            raise CommandError("No open administration has that id. Nothing was made.")
        before = facts_of(administration)
        fill(administration, options["documents"])
        administration.documents = administration.archive.count()
        administration.documents_counted_at = timezone.now()
        administration.save(update_fields=["documents", "documents_counted_at"])
        # The event of an import with other counts, so that the record agrees with it.
        params = differences(before, facts_of(administration))
        line = line_about(administration, params)
        trail.record(SYSTEM, [line])
        self.stdout.write(f"{administration} has {administration.documents} documents.")
