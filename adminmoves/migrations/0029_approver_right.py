from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """Nobody approves without the right to at that moment."""

    dependencies = [("adminmoves", "0028_start_gates")]
    operations = [migrations.RunSQL(read_sql("approver_right"))]
