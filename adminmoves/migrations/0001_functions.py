"""Functions that columns, guards and searches call."""

from django.core.management import CommandError
from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

from adminmoves.models.sql import read_sql

FILES = ("code_key", "search_words", "states", "refuse")


def refuse_older_schema(_apps, schema_editor):
    """No upgrade leads here from the schemas of before the first release."""
    recorder = MigrationRecorder(schema_editor.connection)
    if recorder.migration_qs.filter(app="adminmoves").exists():
        raise CommandError(
            "The schema in this database is from before version 0.1.0, from which no"
            " upgrade leads here. Make a new, empty database (docs/operators.md, under"
            " Update). Nothing was changed."
        )


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.RunPython(refuse_older_schema, migrations.RunPython.noop),
        *(migrations.RunSQL(read_sql(name)) for name in FILES),
    ]
