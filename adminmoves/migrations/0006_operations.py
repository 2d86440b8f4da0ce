"""What is beside the record: packages, windows, the queue, people's settings."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dates import WEEKDAYS

from adminmoves.cleaning import require_calendar, require_seen
from adminmoves.migrations._tables import ID, create_table


class Migration(migrations.Migration):
    dependencies = [
        ("adminmoves", "0005_archive"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        create_table(
            "ConnectionGrant",
            {
                "connection": models.OneToOneField(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="grant",
                ),
                "sealed_access": models.TextField(blank=True),
                "sealed_refresh": models.TextField(blank=True),
                "access_until": models.DateTimeField(),
                "refreshed_at": models.DateTimeField(),
                "refresh_until": models.DateTimeField(null=True),
                "consented_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "consented_at": models.DateTimeField(default=timezone.now),
                "redirect_uri": models.URLField(max_length=300),
                "lost_at": models.DateTimeField(null=True),
                "lost_why": models.CharField(max_length=20, blank=True),
                "version": models.PositiveIntegerField(default=1),
            },
            verbose_name="consent",
            verbose_name_plural="consents",
            constraints=[
                models.CheckConstraint(
                    condition=Q(lost_at=None) | Q(sealed_access="", sealed_refresh=""),
                    name="grant_lost_is_empty",
                )
            ],
        ),
        create_table(
            "ConnectionLine",
            {
                "connection": models.OneToOneField(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="line",
                ),
                "lease_token": models.UUIDField(null=True),
                "lease_until": models.DateTimeField(null=True),
                "failures": models.PositiveSmallIntegerField(default=0),
                "quiet_until": models.DateTimeField(null=True),
                "quiet_why": models.CharField(max_length=30, blank=True),
                "limits": models.JSONField(default=dict),
                "answered_at": models.DateTimeField(null=True),
                "trouble": models.CharField(max_length=30, blank=True),
                "trouble_why": models.CharField(max_length=60, blank=True),
                "troubled_at": models.DateTimeField(null=True),
            },
        ),
        create_table(
            "ConnectionList",
            {
                "connection": models.OneToOneField(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="shown",
                ),
                "rows": models.JSONField(default=list),
                "observed_environment": models.CharField(max_length=200, blank=True),
                "seen_as": models.CharField(max_length=200, blank=True),
                "user_id": models.CharField(max_length=100, blank=True),
                "endpoint": models.CharField(max_length=60),
                "request_id": models.CharField(max_length=100, blank=True),
                "fetched_at": models.DateTimeField(default=timezone.now),
            },
        ),
        create_table(
            "ConnectionCall",
            {
                "id": ID,
                "connection": models.ForeignKey(
                    "adminmoves.bookkeepingconnection",
                    models.PROTECT,
                    related_name="calls",
                ),
                "at": models.DateTimeField(),
                "endpoint": models.CharField(max_length=60),
                "status": models.PositiveSmallIntegerField(null=True),
                "milliseconds": models.PositiveIntegerField(),
                "outcome": models.CharField(max_length=30, blank=True),
                "reason": models.CharField(max_length=60, blank=True),
            },
            ordering=("-at", "-pk"),
            indexes=[
                models.Index(fields=["connection", "-at"], name="call_of_connection")
            ],
        ),
        create_table(
            "ExecutionWindow",
            {
                "id": ID,
                "environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    null=True,
                    blank=True,
                    related_name="windows",
                    verbose_name="office",
                    help_text="Empty: all offices that have no windows of their own.",
                ),
                "weekdays": ArrayField(
                    verbose_name="days",
                    base_field=models.PositiveSmallIntegerField(
                        choices=WEEKDAYS.items()
                    ),
                    size=None,
                ),
                "opens": models.TimeField("from"),
                "closes": models.TimeField(
                    "until",
                    help_text="The next day where it is not after the beginning.",
                ),
            },
            verbose_name="execution window",
            verbose_name_plural="execution windows",
            ordering=("environment__office_code", "opens", "pk"),
            constraints=[
                models.CheckConstraint(
                    condition=Q(weekdays__len__gt=0)
                    & Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                    name="window_has_days",
                )
            ],
        ),
        create_table(
            "Freeze",
            {
                "id": ID,
                "name": models.CharField(
                    "name", max_length=100, validators=[require_seen]
                ),
                "environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    null=True,
                    blank=True,
                    related_name="freezes",
                    verbose_name="office",
                    help_text="Empty: all offices.",
                ),
                "starts_at": models.DateTimeField(
                    "from", validators=[require_calendar]
                ),
                "ends_at": models.DateTimeField(
                    "until",
                    null=True,
                    blank=True,
                    validators=[require_calendar],
                    help_text="Empty: until further notice.",
                ),
            },
            verbose_name="freeze",
            verbose_name_plural="freezes",
            ordering=("-ends_at", "pk"),
            constraints=[
                models.CheckConstraint(
                    condition=Q(ends_at__gt=F("starts_at")),
                    name="freeze_ends_after_start",
                ),
                models.CheckConstraint(condition=~Q(name=""), name="freeze_has_a_name"),
            ],
            indexes=[models.Index(fields=["ends_at"], name="freeze_ends")],
        ),
        create_table(
            "QueueSwitch",
            {
                "id": models.PositiveSmallIntegerField(
                    primary_key=True, serialize=False, default=1
                ),
                "paused_at": models.DateTimeField(null=True),
                "paused_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "reason": models.CharField(max_length=500, blank=True),
                "draining": models.BooleanField(default=False),
                "resumed_at": models.DateTimeField(null=True),
            },
            constraints=[
                models.CheckConstraint(condition=Q(id=1), name="queue_switch_once"),
                models.CheckConstraint(
                    condition=Q(
                        draining=False, paused_at=None, paused_by=None, reason=""
                    )
                    | (
                        Q(paused_at__isnull=False, paused_by__isnull=False)
                        & ~Q(reason="")
                    ),
                    name="queue_paused_by_somebody",
                ),
            ],
        ),
        create_table(
            "WorkerBeat",
            {
                "name": models.CharField(
                    primary_key=True, serialize=False, max_length=200
                ),
                "kind": models.CharField(max_length=10),
                "started_at": models.DateTimeField(),
                "seen_at": models.DateTimeField(db_default=Now()),
                "doing": models.JSONField(default=list),
            },
            ordering=("kind", "name"),
        ),
        create_table(
            "StoreMark",
            {
                "name": models.CharField(
                    primary_key=True, serialize=False, max_length=20
                ),
                "mark": models.UUIDField(default=uuid.uuid4),
                "made_at": models.DateTimeField(default=timezone.now),
            },
        ),
        create_table(
            "ApprovalLoan",
            {
                "id": ID,
                "lender": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "borrower": models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.PROTECT,
                    related_name="approval_loans",
                ),
                "starts_at": models.DateTimeField(default=timezone.now),
                "ends_at": models.DateTimeField(validators=[require_calendar]),
            },
            constraints=[
                models.CheckConstraint(
                    condition=Q(ends_at__gt=F("starts_at")),
                    name="loan_ends_after_start",
                ),
                models.CheckConstraint(
                    condition=~Q(lender=F("borrower")), name="loan_between_two"
                ),
            ],
            indexes=[models.Index(fields=["borrower", "ends_at"], name="loan_running")],
        ),
        create_table(
            "LoanEnd",
            {
                "loan": models.OneToOneField(
                    "adminmoves.approvalloan",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="taken_back",
                ),
                "ended_by": models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
                ),
                "ended_at": models.DateTimeField(default=timezone.now),
            },
        ),
        create_table(
            "CheckSeverity",
            {
                "id": ID,
                "check_code": models.CharField(max_length=60),
                "move_type": models.CharField(max_length=40),
                "severity": models.CharField(max_length=20),
            },
            verbose_name="severity of a check",
            verbose_name_plural="severities of checks",
            constraints=[
                models.UniqueConstraint(
                    fields=("check_code", "move_type"), name="check_severity_once"
                )
            ],
        ),
        create_table(
            "Preferences",
            {
                "user": models.OneToOneField(
                    settings.AUTH_USER_MODEL,
                    models.CASCADE,
                    primary_key=True,
                    serialize=False,
                    related_name="preferences",
                ),
                "language": models.CharField(max_length=2, default="nl"),
                "theme": models.CharField(max_length=10, default="system"),
                "single_letter_keys": models.BooleanField(default=True),
            },
        ),
    ]
