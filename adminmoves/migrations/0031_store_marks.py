"""Which folder or bucket is ours, and what a run waits for."""

import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0030_one_address")]

    operations = [
        migrations.CreateModel(
            name="StoreMark",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[("ARCHIVE", "archive"), ("EVIDENCE", "evidence")],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("mark", models.UUIDField(default=uuid.uuid4)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="attempt",
            name="waits_for",
            field=models.JSONField(default=dict),
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
    ]
