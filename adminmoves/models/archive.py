"""The archive: an administration's documents, and what a move makes of them.

The rows are ours; the files lie in the store under the key of the row
(architecture.md par. 4).
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.models.administration import Administration
from adminmoves.models.move import Move
from adminmoves.models.words import WordField


class WorkflowState(models.TextChoices):
    """How far a document came in the office's own work."""

    UNPROCESSED = "UNPROCESSED", _("not processed")
    AWAITING_AUTHORISATION = "AWAITING_AUTHORISATION", _("waiting for authorisation")
    PROCESSED = "PROCESSED", _("processed")


class Document(models.Model):
    """One file of an archive. Its key changes only by a running move; what it is,
    never (a trigger)."""

    # The index below begins with it. One of its own would be taken for as good, and
    # an archive be gone through once for each of its documents.
    administration = models.ForeignKey(
        Administration,
        on_delete=models.PROTECT,
        related_name="archive",
        db_index=False,
    )
    storage_key = models.CharField(max_length=300, unique=True)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    workflow_state = WordField(
        max_length=30, choices=WorkflowState.choices, default=WorkflowState.UNPROCESSED
    )
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_checksum"
            ),
        )
        indexes = (
            models.Index(fields=["administration", "id"], name="document_archive"),
        )

    def __str__(self) -> str:
        return self.storage_key


class DocumentCopy(models.Model):
    """A document's file at its new key, read back and found the same.

    Unreferenced until the switch; kept for a retry until the clean-up.
    """

    # Nor has this an index of its own, for the same reason.
    move = models.ForeignKey(
        Move,
        on_delete=models.PROTECT,
        related_name="document_copies",
        db_index=False,
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="copies", db_index=False
    )
    storage_key = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["move", "document"], name="document_copied_once"
            ),
        )

    def __str__(self) -> str:
        return self.storage_key


class CleanUp(models.Model):
    """The removal of the files that a move left behind: a leased job of its own."""

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="clean_ups")
    due_at = models.DateTimeField()
    token = models.UUIDField(default=uuid.uuid4)
    lease_until = models.DateTimeField(null=True)
    files = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=100, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(done_at=None), name="clean_up_due"
            ),
        )

    def __str__(self) -> str:
        return f"Clean-up after move {self.move_id}"


class Leftover(models.Model):
    """A file that nothing refers to any more; gone when its file is."""

    clean_up = models.ForeignKey(
        CleanUp, on_delete=models.PROTECT, related_name="leftovers"
    )
    storage_key = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.storage_key
