from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """No start before its moment, in a paused queue or in a freeze."""

    dependencies = [("adminmoves", "0027_trouble_of_a_connection")]
    operations = [migrations.RunSQL(read_sql("start_gates"))]
