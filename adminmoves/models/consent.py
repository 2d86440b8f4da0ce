"""Consents, and the requests to packages that they allow: one row per connection.

Tokens are sealed (``bookkeeping/vault.py``) and never leave this table otherwise.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from adminmoves.models.estate import BookkeepingConnection
from adminmoves.models.words import WordField
from adminmoves.vocabulary import LostGrant, Verdict


class ConnectionGrant(models.Model):
    """A consent that somebody gave on the package's own page, with its tokens."""

    connection = models.OneToOneField(
        BookkeepingConnection,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="grant",
    )
    sealed_access = models.TextField(blank=True)
    sealed_refresh = models.TextField(blank=True)
    access_until = models.DateTimeField()
    # Exact refuses a refresh within 570 seconds after this (its own rule).
    refreshed_at = models.DateTimeField()
    refresh_until = models.DateTimeField(null=True)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    consented_at = models.DateTimeField(default=timezone.now)
    redirect_uri = models.URLField(max_length=300)
    lost_at = models.DateTimeField(null=True)
    lost_why = WordField(max_length=20, choices=LostGrant.choices, blank=True)
    # Of two who store at once, the second one sees that it was too late.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = (
            # A consent that was lost keeps no tokens.
            models.CheckConstraint(
                condition=models.Q(lost_at=None)
                | models.Q(sealed_access="", sealed_refresh=""),
                name="grant_lost_is_empty",
            ),
        )

    def __str__(self) -> str:
        return f"Consent of connection {self.connection_id}"


class ConnectionLine(models.Model):
    """One request in flight per connection, and silence after trouble.

    ``lease_until`` belongs to whoever asks now; ``quiet_until`` keeps everybody from
    asking a package that limits us or does not answer.
    """

    connection = models.OneToOneField(
        BookkeepingConnection,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="line",
    )
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True)
    quiet_why = WordField(max_length=30, choices=Verdict.choices, blank=True)
    limits = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    # What went wrong last, until an answer comes again; ``trouble`` has the words.
    trouble = WordField(max_length=30, choices=Verdict.choices, blank=True)
    trouble_why = models.CharField(max_length=60, blank=True)
    troubled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Line of connection {self.connection_id}"


class ConnectionList(models.Model):
    """The newest list of a package, cached for minutes."""

    connection = models.OneToOneField(
        BookkeepingConnection,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="shown",
    )
    rows = models.JSONField(default=list)
    observed_environment = models.CharField(max_length=200, blank=True)
    seen_as = models.CharField(max_length=200, blank=True)
    # Of the user at the package, where one user cannot serve two connections.
    user_id = models.CharField(max_length=100, blank=True)
    endpoint = models.CharField(max_length=60)
    request_id = models.CharField(max_length=100, blank=True)
    fetched_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"List of connection {self.connection_id}"


class ConnectionCall(models.Model):
    """One request to a package and its outcome. Older ones are deleted."""

    connection = models.ForeignKey(
        BookkeepingConnection, on_delete=models.PROTECT, related_name="calls"
    )
    at = models.DateTimeField()
    endpoint = models.CharField(max_length=60)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    outcome = WordField(max_length=30, choices=Verdict.choices, blank=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["connection", "-at"], name="call_of_connection"),
        )

    def __str__(self) -> str:
        return f"{self.endpoint} {self.status}"
