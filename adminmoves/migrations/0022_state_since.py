"""The index of what is in a state tells which moves these are, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0021_queue_resumed")]

    operations = [
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                fields=["state", "state_since", "id"], name="move_state_since"
            ),
        ),
        migrations.RemoveIndex(model_name="move", name="move_state_wait"),
    ]
