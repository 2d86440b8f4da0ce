"""Administrations are retired, and brought back, by two people."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("adminmoves", "0033_unseen_signs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Retirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RETIRE", "take out of use"),
                            ("BRING_BACK", "bring back into use"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                (
                    "requested_at",
                    models.DateTimeField(default=django.utils.timezone.now),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("", "waits for a team lead"),
                            ("APPROVED", "approved"),
                            ("DECLINED", "declined"),
                            ("WITHDRAWN", "withdrawn"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="administration",
            name="administration_place_once",
        ),
        migrations.RemoveConstraint(
            model_name="administration",
            name="administration_code_and_name_once",
        ),
        migrations.AlterField(
            model_name="administration",
            name="mail_address",
            field=models.CharField(max_length=320, verbose_name="e-mail address"),
        ),
        migrations.AlterField(
            model_name="event",
            name="code",
            field=models.CharField(
                choices=[
                    ("MOVE_DRAFTED", "Draft started"),
                    ("MOVE_EDITED", "Draft edited"),
                    ("MOVE_TAKEN_OVER", "Draft taken over"),
                    ("MOVE_SUBMITTED", "Request submitted"),
                    ("MOVE_PROVED", "Proof accepted"),
                    ("MOVE_APPROVED", "Approved"),
                    ("MOVE_STARTED", "Run started"),
                    ("MOVE_COMPLETED", "Migration completed"),
                    ("MOVE_REOPENED", "Reopened for editing"),
                    ("MOVE_SENT_BACK", "Sent back with a question"),
                    ("MOVE_REJECTED", "Rejected"),
                    ("MOVE_PROOF_EXPIRED", "Proof lapsed"),
                    ("MOVE_REAPPROVAL_ASKED", "Plan changed, approval asked again"),
                    ("MOVE_RESCHEDULED", "Rescheduled"),
                    ("MOVE_FAILED", "Failed, rolled back"),
                    ("MOVE_STOPPED", "Stopped, rolled back"),
                    ("MOVE_IN_DOUBT", "Outcome uncertain, a person is asked"),
                    ("MOVE_SETTLED", "Settled by a person"),
                    ("MOVE_RETRIED", "Queued again"),
                    ("MOVE_WITHDRAWN", "Withdrawn"),
                    ("EVIDENCE_DIFFERS", "Evidence missing or changed"),
                    ("RUN_TAKEN_OVER", "Run taken over by another worker"),
                    ("RUN_STEPS_DONE", "Steps carried out"),
                    ("RUN_STOP_ASKED", "Stop asked for"),
                    ("ARCHIVE_CLEANED", "Old files removed"),
                    ("PROOF_STORED", "Answer of the package stored"),
                    ("PROOF_ATTESTED", "Attestation recorded"),
                    ("COMMENTED", "Comment written"),
                    ("AFTERCARE_TICKED", "After-care ticked off"),
                    ("DOCUMENTS_RECOUNTED", "Documents counted again"),
                    ("ADMINISTRATION_MOVED", "Administration moved"),
                    ("ADMINISTRATION_CHANGED", "Administration changed"),
                    ("RETIREMENT_ASKED", "Retirement asked for"),
                    ("BRINGING_BACK_ASKED", "Bringing back asked for"),
                    ("ADMINISTRATION_RETIRED", "Administration retired"),
                    ("ADMINISTRATION_BACK", "Administration brought back"),
                    ("RETIREMENT_DECLINED", "Retirement declined"),
                    ("BRINGING_BACK_DECLINED", "Bringing back declined"),
                    ("RETIREMENT_WITHDRAWN", "Retirement withdrawn"),
                    ("BRINGING_BACK_WITHDRAWN", "Bringing back withdrawn"),
                    ("ENVIRONMENT_CHANGED", "Office changed"),
                    ("CONNECTION_CHANGED", "Connection changed"),
                    ("CONNECTION_CONSENTED", "Consent given"),
                    ("CONNECTION_DISCONNECTED", "Disconnected"),
                    ("CONSENT_LOST", "Consent refused by the package"),
                    ("ESTATE_IMPORTED", "Estate imported"),
                    ("HISTORY_EXPORTED", "History exported"),
                    ("AUDIT_VERIFIED", "Audit trail verified"),
                    ("APPROVAL_LENT", "Right to approve lent"),
                    ("LOAN_ENDED", "Right to approve taken back"),
                    ("SIGNED_IN", "Signed in"),
                    ("SIGN_IN_FAILED", "Sign-in refused"),
                    ("SIGNED_OUT", "Signed out"),
                    ("PERSON_CHANGED", "Person changed"),
                    ("SETTING_CHANGED", "Setting changed"),
                    ("QUEUE_PAUSED", "Queue paused"),
                    ("QUEUE_RESUMED", "Queue resumed"),
                ],
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="retirement",
            name="administration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retirements",
                to="adminmoves.administration",
            ),
        ),
        migrations.AddField(
            model_name="retirement",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="retirement",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="administration",
            name="retired_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="adminmoves.retirement",
            ),
        ),
        migrations.AddConstraint(
            model_name="administration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_by__isnull", True)),
                fields=("connection", "code_key"),
                name="administration_place_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="administration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_by__isnull", True)),
                fields=("environment", "code_key", "name"),
                name="administration_code_and_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="administration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_by__isnull", True)),
                fields=("mail_address",),
                name="administration_address_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="retirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["RETIRE", "BRING_BACK"])),
                name="retirement_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="retirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__regex", "\\S")), name="retirement_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="retirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None), ("decided_by", None), ("outcome", "")
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("outcome__in", ["APPROVED", "DECLINED", "WITHDRAWN"]),
                    ),
                    _connector="OR",
                ),
                name="retirement_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="retirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["APPROVED", "DECLINED"]), _negated=True),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="retirement_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="retirement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")),
                fields=("administration",),
                name="one_waiting_retirement",
            ),
        ),
        migrations.RunSQL(read_sql("retirement")),
        migrations.RunSQL(read_sql("hold_calendar")),
    ]
