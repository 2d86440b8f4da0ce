from django.db import migrations, models

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """A draft counts its changes, and a statement goes with the place it is about."""

    dependencies = [("adminmoves", "0034_retirement")]
    operations = [
        migrations.AddField(
            model_name="move",
            name="draft_version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.RunSQL(read_sql("statement_of_place")),
    ]
