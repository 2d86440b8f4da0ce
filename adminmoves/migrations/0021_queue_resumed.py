"""When the queue was last resumed: what a pause held waits since then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0020_archive_in_bulk")]

    operations = [
        migrations.AddField(
            model_name="queueswitch",
            name="resumed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
