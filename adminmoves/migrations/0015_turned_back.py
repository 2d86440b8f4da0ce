import django.db.models.deletion
from django.db import migrations, models

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """A move may turn back a completed one of the same administration."""

    dependencies = [("adminmoves", "0014_operation")]
    operations = [
        migrations.AddField(
            model_name="move",
            name="reverses",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="adminmoves.move",
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("reverses__isnull", False),
                    (
                        "state__in",
                        [
                            "DRAFT",
                            "AWAITING_BOOKKEEPING",
                            "AWAITING_APPROVAL",
                            "APPROVED",
                            "RUNNING",
                            "IN_DOUBT",
                            "FAILED",
                            "STOPPED",
                        ],
                    ),
                ),
                fields=("reverses",),
                name="one_open_reverse_per_move",
            ),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                condition=models.Q(("reverses__isnull", False)),
                fields=["reverses"],
                name="move_reverses",
            ),
        ),
        migrations.RunSQL(read_sql("move_reverses")),
    ]
