from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    """The generated columns of the tables call this function, so it comes first."""

    dependencies = []
    operations = [
        migrations.RunSQL(
            read_sql("code_key"),
            "DROP FUNCTION adminmoves_code_key(text, text)",
        )
    ]
