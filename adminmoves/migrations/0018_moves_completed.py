"""An index of what was completed alone, and how long that took."""

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
    ]
