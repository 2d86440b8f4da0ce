"""The rule of the calendar for the columns that came after it."""

from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0031_store_marks")]

    operations = [
        migrations.RunSQL(read_sql("hold_calendar"), migrations.RunSQL.noop),
    ]
