"""How far the copies of a run were read again before the switch."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0023_fixed_search_path")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="compared",
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
