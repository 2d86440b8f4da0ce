"""An index of the addresses that open requests want."""

from django.db import migrations, models
from django.db.models import Q

OPEN_STATES = (
    "AWAITING_BOOKKEEPING",
    "AWAITING_APPROVAL",
    "APPROVED",
    "RUNNING",
    "IN_DOUBT",
    "FAILED",
    "STOPPED",
)


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0018_moves_completed")]

    operations = [
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                fields=["to_address"],
                condition=Q(state__in=OPEN_STATES),
                name="move_open_address",
            ),
        ),
    ]
