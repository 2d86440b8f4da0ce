"""No guard can be blinded by a name: each function says where its names are looked up."""

from django.db import migrations

from adminmoves.models.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("adminmoves", "0022_state_since")]

    operations = [
        migrations.RunSQL(
            read_sql("fixed_search_path"), reverse_sql=migrations.RunSQL.noop
        )
    ]
