from django.db import migrations, models


class Migration(migrations.Migration):
    """A draft keeps the answers that another type asks."""

    dependencies = [("adminmoves", "0039_requester_email")]
    operations = [
        migrations.AddField(
            model_name="move",
            name="laid_aside",
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
    ]
