"""The documents of an administration, and what a move makes of them."""

import uuid

from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

from adminmoves.migrations._tables import ID, create_table


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0004_trail")]
    operations = [
        create_table(
            "Document",
            {
                "id": ID,
                "administration": models.ForeignKey(
                    "adminmoves.administration",
                    models.PROTECT,
                    db_index=False,
                    related_name="archive",
                ),
                "storage_key": models.CharField(max_length=300, unique=True),
                "size": models.PositiveBigIntegerField(help_text="bytes"),
                "sha256": models.CharField(max_length=64),
                "workflow_state": models.CharField(
                    max_length=30, default="UNPROCESSED"
                ),
                "received_at": models.DateTimeField(default=timezone.now),
            },
            ordering=("id",),
            constraints=[
                models.CheckConstraint(
                    condition=Q(sha256__regex="^[0-9a-f]{64}$"),
                    name="document_checksum",
                )
            ],
            indexes=[
                models.Index(fields=["administration", "id"], name="document_archive")
            ],
        ),
        create_table(
            "DocumentCopy",
            {
                "id": ID,
                "move": models.ForeignKey(
                    "adminmoves.move",
                    models.PROTECT,
                    db_index=False,
                    related_name="document_copies",
                ),
                "document": models.ForeignKey(
                    "adminmoves.document",
                    models.PROTECT,
                    db_index=False,
                    related_name="copies",
                ),
                "storage_key": models.CharField(max_length=300),
                "size": models.PositiveBigIntegerField(help_text="bytes"),
                "sha256": models.CharField(max_length=64),
            },
            constraints=[
                models.UniqueConstraint(
                    fields=("move", "document"), name="document_copied_once"
                )
            ],
        ),
        create_table(
            "CleanUp",
            {
                "id": ID,
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, related_name="clean_ups"
                ),
                "due_at": models.DateTimeField(),
                "token": models.UUIDField(default=uuid.uuid4),
                "lease_until": models.DateTimeField(null=True),
                "files": models.PositiveIntegerField(default=0),
                "removed": models.PositiveIntegerField(default=0),
                "problem": models.CharField(max_length=100, blank=True),
                "done_at": models.DateTimeField(null=True),
            },
            indexes=[
                models.Index(
                    fields=["due_at"], condition=Q(done_at=None), name="clean_up_due"
                )
            ],
        ),
        create_table(
            "Leftover",
            {
                "id": ID,
                "clean_up": models.ForeignKey(
                    "adminmoves.cleanup", models.PROTECT, related_name="leftovers"
                ),
                "storage_key": models.CharField(max_length=300),
            },
        ),
    ]
