from django.db import migrations

from adminmoves.models.move import declared_jumps
from adminmoves.models.sql import jump_guard, read_sql


class Migration(migrations.Migration):
    """The rules that no page, import, shell or statement gets around."""

    dependencies = [("adminmoves", "0002_tables")]
    operations = [
        migrations.RunSQL(read_sql("append_only")),
        migrations.RunSQL(read_sql("estate_guards")),
        migrations.RunSQL(read_sql("move_guards")),
        migrations.RunSQL(jump_guard(declared_jumps())),
        migrations.RunSQL(read_sql("trail")),
    ]
