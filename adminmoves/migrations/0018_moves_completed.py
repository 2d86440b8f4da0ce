"""The index of what ended holds only what was completed, and how long that took."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0017_search_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                fields=["-ended_at"],
                include=["submitted_at"],
                condition=Q(state="COMPLETED"),
                name="move_completed",
            ),
        ),
        migrations.RemoveIndex(model_name="move", name="move_ended"),
    ]
