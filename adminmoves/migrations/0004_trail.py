"""The audit trail."""

from django.db import migrations, models

from adminmoves.migrations._tables import ID, create_table


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0003_moves")]
    operations = [
        create_table(
            "Event",
            {
                "id": ID,
                "stream": models.CharField(max_length=20),
                "stream_id": models.CharField(max_length=60),
                "position": models.PositiveBigIntegerField(default=0, editable=False),
                "at": models.DateTimeField(null=True, editable=False),
                "code": models.CharField(max_length=40),
                "params": models.JSONField(default=dict),
                "before": models.CharField(max_length=30, blank=True),
                "after": models.CharField(max_length=30, blank=True),
                "actor_id": models.BigIntegerField(null=True),
                "actor_name": models.CharField(max_length=150),
                "actor_role": models.CharField(max_length=20),
                "request_id": models.CharField(max_length=40, blank=True),
                "subject": models.CharField(max_length=300, blank=True),
                "move": models.ForeignKey(
                    "adminmoves.move", models.PROTECT, null=True, related_name="events"
                ),
                "move_type": models.CharField(max_length=40, blank=True),
                "administration": models.ForeignKey(
                    "adminmoves.administration",
                    models.PROTECT,
                    null=True,
                    related_name="events",
                ),
                "environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "other_environment": models.ForeignKey(
                    "adminmoves.environment",
                    models.PROTECT,
                    null=True,
                    related_name="+",
                ),
                "commitment": models.CharField(max_length=64, blank=True),
                "previous": models.CharField(max_length=64, default="", editable=False),
                "digest": models.CharField(max_length=64, default="", editable=False),
            },
            verbose_name="event",
            verbose_name_plural="events",
            ordering=("-id",),
            constraints=[
                models.UniqueConstraint(
                    fields=("stream", "stream_id", "position"),
                    name="event_position_once",
                )
            ],
            indexes=[
                models.Index(fields=["move", "id"], name="event_of_move"),
                models.Index(fields=["administration", "-id"], name="event_of_admin"),
                models.Index(fields=["environment", "-id"], name="event_of_office"),
                models.Index(
                    fields=["other_environment", "-id"], name="event_to_office"
                ),
                models.Index(fields=["actor_id", "-id"], name="event_of_person"),
                models.Index(fields=["code", "-id"], name="event_code"),
                models.Index(fields=["move_type", "-id"], name="event_move_type"),
                models.Index(fields=["-at"], name="event_at"),
            ],
        ),
        create_table(
            "EventWords",
            {
                "event": models.OneToOneField(
                    "adminmoves.event",
                    models.PROTECT,
                    primary_key=True,
                    serialize=False,
                    related_name="words",
                ),
                "salt": models.CharField(max_length=32),
                "texts": models.JSONField(),
            },
        ),
        create_table(
            "StreamHead",
            {
                "id": ID,
                "stream": models.CharField(max_length=20),
                "stream_id": models.CharField(max_length=60),
                "count": models.PositiveBigIntegerField(),
                "digest": models.CharField(max_length=64),
            },
            constraints=[
                models.UniqueConstraint(
                    fields=("stream", "stream_id"), name="stream_head_once"
                )
            ],
        ),
    ]
