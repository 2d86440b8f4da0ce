"""Nothing in schema public stands in for what the search table is written by."""

from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0035_draft_version")]

    operations = [
        migrations.RunSQL(read_sql("search_definers"), migrations.RunSQL.noop),
    ]
