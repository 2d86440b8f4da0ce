from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """An approval stays what it was; a move comes from where it truly was."""

    dependencies = [("adminmoves", "0009_what_was_proven")]
    operations = [migrations.RunSQL(read_sql("move_freezes"))]
