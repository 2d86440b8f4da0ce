"""People behind a move: those outside, and colleagues who worked on it."""

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat, Upper
from django.utils import timezone

from adminmoves.cleaning import require_calendar, require_seen
from adminmoves.models.keys import Words
from adminmoves.models.move import Move
from adminmoves.models.words import WordField
from adminmoves.vocabulary import Part


class Parties(models.Model):
    """People outside and what they said: kept apart, so that it can be emptied."""

    move = models.OneToOneField(
        Move, on_delete=models.PROTECT, related_name="parties", primary_key=True
    )
    requester_name = models.CharField(
        max_length=200, blank=True, validators=[require_seen]
    )
    requester_email = models.EmailField(blank=True)
    requester_ticket = models.CharField(
        max_length=100, blank=True, validators=[require_seen]
    )
    search_key = models.GeneratedField(
        expression=Words(Concat("requester_name", Value(" "), "requester_ticket")),
        output_field=models.TextField(),
        db_persist=True,
    )
    consent_name = models.CharField(
        max_length=200, blank=True, validators=[require_seen]
    )
    consent_email = models.EmailField(blank=True)
    consent_on = models.DateField(null=True, blank=True, validators=[require_calendar])
    consent_ticket = models.CharField(
        max_length=100, blank=True, validators=[require_seen]
    )
    consent_accepts_costs = models.BooleanField(default=False)
    client_informed = models.BooleanField(default=False)
    note = models.TextField(blank=True, max_length=2000)
    # A statement about the package in a draft becomes a proof at the submit.
    moved_said_by = models.CharField(
        max_length=200, blank=True, validators=[require_seen]
    )
    moved_on = models.DateField(null=True, blank=True, validators=[require_calendar])
    moved_ticket = models.CharField(
        max_length=100, blank=True, validators=[require_seen]
    )
    moved_evidence = models.ForeignKey(
        "EvidenceFile",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        indexes = (models.Index(Upper("requester_email"), name="parties_email_search"),)

    def __str__(self) -> str:
        return f"Parties of move {self.move_id}"


class Contributor(models.Model):
    """Somebody who worked on a revision, and so does not approve. Append-only."""

    move = models.ForeignKey(
        Move, on_delete=models.PROTECT, related_name="contributors"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveIntegerField()
    part = WordField(max_length=20, choices=[(part.value, part.value) for part in Part])
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["move", "user", "revision", "part"], name="contributor_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.part} move {self.move_id}"
